"""When is a module steady enough to be measured?

After a fill or a hatch move the amount of gas that p/T shows goes on drifting: the gas and the chip relax
towards the walls, each at its own pace. The detector looks for such a transient in all readings since the
disturbance, by fitting the decay that a leak makes plus one exponential, with time constants from seconds to
a third of a minute. What matters is not the transient now but the slope that is left of it in the coming
window. A module is restless when an exponential is certain (three standard uncertainties) and its rest in
the window is more than tolerable.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.linalg import cholesky, solve_triangular, toeplitz

from hatchwatch.methods.flow import laminar_drive
from hatchwatch.methods.noise import BMP280_X16_IIR2, block_autocovariance, flicker_autocovariance
from hatchwatch.methods.signals import block_means, cumulative, delayed

if TYPE_CHECKING:
    from hatchwatch.boards.model import SensorKnowledge
    from hatchwatch.methods.results import FloatArray
    from hatchwatch.methods.signals import Readings

__all__ = ["Transient", "find_transient", "mean_slope_of_exponential"]

TIME_CONSTANTS_S: Final = tuple(float(t) for t in np.geomspace(3.0, 20.0, 16))
_CERTAIN_FACTOR: Final = 3.0
_BLOCK_S: Final = 1.0
_MOST_BLOCKS: Final = 180  # of history that is looked at
_LEAST_BLOCKS: Final = 8
_LAGS_TO_STEP: Final = 3.0
_HARMLESS_SHARE: Final = 0.01  # of the leak itself: as little as the volume is known to


@dataclass(frozen=True, slots=True)
class Transient:
    """An exponential in a module's history."""

    rest_pa_s: float  # slope that is left of it in the coming window, as an apparent change of p
    decay_pa_s: float  # slope that the leak itself makes now
    time_constant_s: float
    certain: bool
    misfit: float  # chi squared of the whole fit

    def tolerable(self, tolerance_pa_s: float) -> bool:
        """Does it leave the coming window alone?"""
        harmless_pa_s = max(tolerance_pa_s, _HARMLESS_SHARE * abs(self.decay_pa_s))
        return not self.certain or abs(self.rest_pa_s) <= harmless_pa_s


def mean_slope_of_exponential(time_constant_s: float, duration_s: float) -> float:
    """Slope (1/s) of the straight line through exp(-t / time constant) over a window from 0 to `duration_s`.

    Least squares; negative.
    """
    u = duration_s / time_constant_s
    first_moment = time_constant_s**2 * (1.0 - math.exp(-u) * (1.0 + u))
    area = time_constant_s * -math.expm1(-u)
    return 12.0 / duration_s**3 * (first_moment - 0.5 * duration_s * area)


def find_transient(
    readings: Readings,
    chamber: int,
    window_s: tuple[float, float],
    ambient_pa: float,
    sensors: SensorKnowledge,
) -> Transient | None:
    """The worst transient of one chamber, or None while there are too few readings to tell.

    `readings` start at the disturbance, `window_s` is the coming window in board time.
    """
    record = _Record.of(readings, chamber, ambient_pa, sensors)
    if record is None:
        return None
    found = [record.fit(time_constant_s, window_s) for time_constant_s in TIME_CONSTANTS_S]
    best = min(transient.misfit for transient in found)
    likely = [transient for transient in found if transient.misfit < best + _CERTAIN_FACTOR**2]
    return max(likely, key=lambda transient: (transient.certain, abs(transient.rest_pa_s)))


@dataclass(frozen=True, slots=True, eq=False)
class _Record:
    """One chamber's history in units of its noise, ready to be fitted."""

    time_s: FloatArray  # (blocks,)
    noise: FloatArray  # (blocks, blocks) lower factor of the covariance
    amount: FloatArray  # (blocks,) whitened
    decay: FloatArray  # (blocks, 2) whitened: level, and the decay that a leak of this module makes
    decay_rate_per_s: float  # of that decay at the end, per unit of its parameter

    @classmethod
    def of(
        cls, readings: Readings, chamber: int, ambient_pa: float, sensors: SensorKnowledge
    ) -> _Record | None:
        lag_s, interval_s = sensors.temperature_lag_s, readings.interval_s
        size = max(1, round(_BLOCK_S / interval_s))
        # Until the delayed pressure and the chip are in step, p/T has a transient of the method's own making.
        in_step = int(np.searchsorted(readings.time_s, readings.time_s[0] + _LAGS_TO_STEP * lag_s))
        blocks = min((len(readings.time_s) - in_step) // size, _MOST_BLOCKS)
        if blocks < _LEAST_BLOCKS:
            return None
        rows = slice(len(readings.time_s) - blocks * size, None)
        pressure_pa, temperature_k = readings.pressure_pa[:, chamber], readings.temperature_k[:, chamber]
        mean_k = float(temperature_k[rows].mean())
        amount_pa = (delayed(readings.time_s, pressure_pa, lag_s) * mean_k / temperature_k)[rows]
        drive = laminar_drive(pressure_pa, ambient_pa)
        area = cumulative(readings.time_s, drive / np.abs(drive).max())
        decay = np.column_stack(
            [np.ones(blocks), block_means(delayed(readings.time_s, area, lag_s)[rows], size)]
        )
        lags_s = np.arange(blocks * size, dtype=np.float64) * interval_s
        noise = _noise_factor(lags_s, size, float(pressure_pa[rows].mean()) / mean_k, sensors)
        return cls(
            time_s=block_means(readings.time_s[rows], size),
            noise=noise,
            amount=solve_triangular(noise, block_means(amount_pa, size) - amount_pa[0], lower=True),
            decay=solve_triangular(noise, decay, lower=True),
            decay_rate_per_s=float((decay[-1, 1] - decay[-2, 1]) / (size * interval_s)),
        )

    def fit(self, time_constant_s: float, window_s: tuple[float, float]) -> Transient:
        """The exponential of one time constant that goes best with level and leak."""
        shape = np.exp(-(self.time_s - self.time_s[0]) / time_constant_s)
        design = np.column_stack([self.decay, solve_triangular(self.noise, shape, lower=True)])
        inverse = np.linalg.inv(design.T @ design)
        parameters = inverse @ (design.T @ self.amount)
        residual = self.amount - design @ parameters
        amplitude_pa = float(parameters[-1])
        left_pa = amplitude_pa * math.exp(-(window_s[0] - self.time_s[0]) / time_constant_s)
        return Transient(
            rest_pa_s=left_pa * mean_slope_of_exponential(time_constant_s, window_s[1] - window_s[0]),
            decay_pa_s=float(parameters[1]) * self.decay_rate_per_s,
            time_constant_s=time_constant_s,
            certain=abs(amplitude_pa) > _CERTAIN_FACTOR * math.sqrt(inverse[-1, -1]),
            misfit=float(residual @ residual),
        )


def _noise_factor(
    lags_s: FloatArray, size: int, pressure_per_kelvin: float, sensors: SensorKnowledge
) -> FloatArray:
    """Lower Cholesky factor of the covariance of block means, with the flicker that the bench file states."""
    lag_s = sensors.temperature_lag_s
    slow_pa, _ = BMP280_X16_IIR2.amount_white_pa(pressure_per_kelvin)
    white = BMP280_X16_IIR2.amount_autocovariance(lags_s, pressure_per_kelvin, lag_s)
    both = slow_pa**2 * white + sensors.flicker_pa**2 * flicker_autocovariance(lags_s, lag_s)
    return np.asarray(cholesky(toeplitz(block_autocovariance(both, size)), lower=True))
