"""What the sensors of a leaking station show, as means of one second: quick enough for thousands of searches.

Gas at one temperature in modules that open hatches join into one volume. Leaks and the seals of shut hatches
pass gas in proportion to the difference of pressure; a second is one exact step of that linear system. Each
sensor adds an offset, a steady drift, white noise and flicker noise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
from scipy.linalg import expm

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["REFERENCE_PA", "SensorErrors", "StillGas", "flicker_noise_pa"]

FloatArray = npt.NDArray[np.float64]
REFERENCE_PA: Final = 8000.0  # difference at which a leak or a seal is stated
_FLICKER_S: Final = 16384  # longest time with flicker noise
_RATE_HZ: Final = 10


class StillGas:
    """Pressures in `pressure_pa`, one per module, which may be set at any time before a move.

    `pairs` has two modules for each hatch; `leak_pa_m3_s` per module and `seal_pa_m3_s` per hatch are flows
    at 8 kPa of difference. All hatches start open.
    """

    def __init__(
        self,
        pairs: Sequence[tuple[int, int]],
        volume_m3: FloatArray,
        leak_pa_m3_s: FloatArray,
        seal_pa_m3_s: FloatArray,
        pressure_pa: FloatArray,
        ambient_pa: float = 101_325.0,
    ) -> None:
        self.pressure_pa = pressure_pa.astype(np.float64)
        self._pairs = tuple(pairs)
        self._volume_m3 = volume_m3
        self._leak_m3_s = leak_pa_m3_s / REFERENCE_PA
        self._seal_m3_s = seal_pa_m3_s / REFERENCE_PA
        self._ambient_pa = ambient_pa
        self.set_shut(0)

    def set_shut(self, shut: int) -> None:
        """Shut the hatches of a set (bit 0 for the first one), open all others; what is joined equalises."""
        group = np.arange(len(self._volume_m3))
        for hatch, (first, second) in enumerate(self._pairs):
            if not shut >> hatch & 1:
                group[group == group[second]] = group[first]
        _, group = np.unique(group, return_inverse=True)
        volume: FloatArray = np.bincount(group, self._volume_m3).astype(np.float64)
        amount = np.bincount(group, self._volume_m3 * self.pressure_pa)
        self.pressure_pa = (amount / volume)[group]
        self._group = group
        self._weights = self._volume_m3 / volume[group]
        self._second = self._propagator(group, volume)

    def _propagator(self, group: npt.NDArray[np.intp], volume_m3: FloatArray) -> FloatArray:
        outside = len(volume_m3)
        flow = np.zeros((outside + 1, outside + 1))
        for module, leak in zip(group, self._leak_m3_s, strict=True):
            flow[module, module] -= leak
            flow[module, outside] += leak
        for (first, second), seal in zip(self._pairs, self._seal_m3_s, strict=True):
            one, other = group[first], group[second]
            if one != other:
                flow[[one, other], [one, other]] -= seal
                flow[[one, other], [other, one]] += seal
        flow[:outside] /= volume_m3[:, None]
        step: FloatArray = expm(flow)
        return step

    def run(self, seconds: int) -> FloatArray:
        """Let time pass; return the pressure at the end of each second, (seconds, modules)."""
        state = np.append(np.bincount(self._group, self._weights * self.pressure_pa), self._ambient_pa)
        rows = np.empty((seconds, len(state)))
        for second in range(seconds):
            state = self._second @ state
            rows[second] = state
        shown: FloatArray = rows[:, self._group]
        if seconds:
            self.pressure_pa = shown[-1].copy()
        return shown


@dataclass
class SensorErrors:
    """What the sensors add; arrays have one place per sensor."""

    white_pa: float  # standard deviation of a mean of 1 s
    flicker_pa: FloatArray  # Allan deviation
    drift_pa_s: FloatArray
    offset_pa: FloatArray
    rng: np.random.Generator
    _flicker: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        self._flicker = np.zeros((_FLICKER_S, len(self.flicker_pa)))
        noisy = np.flatnonzero(self.flicker_pa)
        self._flicker[:, noisy] = self.flicker_pa[noisy] * flicker_noise_pa(self.rng, _FLICKER_S, len(noisy))

    def add_to(self, pressure_pa: FloatArray, start_s: int) -> FloatArray:
        """What the sensors show, without their offsets, from `start_s` on; shapes (seconds, sensors)."""
        times = start_s + np.arange(len(pressure_pa))
        noise = self.rng.normal(0.0, self.white_pa, pressure_pa.shape)
        shown: FloatArray = pressure_pa + noise + self.drift_pa_s * times[:, None] + self._flicker[times]
        return shown


def flicker_noise_pa(rng: np.random.Generator, seconds: int, count: int) -> FloatArray:
    """Means of 1 s of noise with a one-sided spectrum h/f and an Allan deviation of 1: sqrt(2 ln 2 h).

    Shape (seconds, count).
    """
    length = _RATE_HZ * seconds
    frequency = np.fft.rfftfreq(length, 1.0 / _RATE_HZ)
    frequency[0] = np.inf
    power = 1.0 / (2.0 * np.log(2.0)) / frequency
    shape = (count, frequency.size)
    spectrum = np.sqrt(power * length * _RATE_HZ / 4.0) * (
        rng.normal(size=shape) + 1j * rng.normal(size=shape)
    )
    noise = np.fft.irfft(spectrum, length, axis=1)
    means: FloatArray = noise.reshape(count, seconds, _RATE_HZ).mean(axis=2).T
    return means
