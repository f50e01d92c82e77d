"""The regression of a decay test: gas amounts in all chambers against hull leaks and hatch seals at once.

The amount of gas in chamber i, told as the pressure z_i that it would have at the mean temperature of the
window, falls by its hull leak and moves through the seals of its hatches:

    z_i(t) = a_i - T_i / (293.15 K V_i) * [ q_i F_i(t) + sum over hatches (+-) h_e F_e(t) ]

F_i is the time integral of p_i² - p_a², F_e that of p_i² - p_j², both over the same at the stated pressure
difference; q_i and h_e are then the flows in Pa·m³/s that hull and seal pass there. Everything but a, q and
h is measured, so the model is linear, and it is exact for laminar leaks of any size. Where the pressures
beside a hatch are the same its seal can't be seen, nor does it matter: a wide prior on h keeps the problem
well-posed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from hatchwatch.methods.flow import DEFAULT_AT_PA, laminar_drive
from hatchwatch.methods.network import OUTSIDE, HatchSides, Network
from hatchwatch.methods.noise import (
    BMP280_X16_IIR2,
    SensorNoise,
    block_autocovariance,
    flicker_autocovariance,
)
from hatchwatch.methods.regression import Problem, Series
from hatchwatch.methods.signals import block_means, cumulative, delayed
from hatchwatch.methods.units import RATE_TEMPERATURE_K

if TYPE_CHECKING:
    from hatchwatch.methods.results import FloatArray
    from hatchwatch.methods.signals import Readings

__all__ = [
    "SEAL_PRIOR_MEAN_PA_M3_S",
    "SEAL_PRIOR_STANDARD_PA_M3_S",
    "DecayModel",
    "Reference",
    "Situation",
    "build_model",
]

SEAL_PRIOR_MEAN_PA_M3_S: Final = 5e-5  # a shut hatch at 8 kPa; with the next number this covers 0..2e-4
SEAL_PRIOR_STANDARD_PA_M3_S: Final = 5e-5
_UNSEEN_SIDE_SHARE: Final = (0.5, 0.65)  # mean and spread of seal times unknown drive, over those of the seal
_BLOCK_S: Final = 1.0
_MOST_BLOCKS: Final = 240
_LEAST_SHARE_OF_BLOCK: Final = 0.5  # of its readings that must be valid


@dataclass(frozen=True, slots=True)
class Reference:
    """The pressures at which leaks are stated."""

    ambient_pa: float
    at_pa: float  # over ambient; negative when the modules are below ambient

    @property
    def drive_pa2(self) -> float:
        """Drive of a laminar leak there; has the sign of `at_pa`."""
        return (self.ambient_pa + self.at_pa) ** 2 - self.ambient_pa**2

    @property
    def seal_scale(self) -> float:
        """The seal priors hold at 8 kPa over ambient: this brings them to the stated difference."""
        usual_pa2 = (self.ambient_pa + DEFAULT_AT_PA) ** 2 - self.ambient_pa**2
        return self.drive_pa2 / usual_pa2


@dataclass(frozen=True, slots=True, eq=False)
class Situation:
    """What was measured, of which station, under which pressures."""

    network: Network
    readings: Readings  # those before the window only bring the lag filter into step
    alive: tuple[int, ...]  # chambers with a usable sensor
    fitted: tuple[int, ...]  # those of them whose amounts are fitted; the pressures of the others are used
    window_s: tuple[float, float]  # board time, end excluded
    reference: Reference


@dataclass(frozen=True, slots=True, eq=False)
class DecayModel:
    """A regression problem, and what is needed to read its solution."""

    problem: Problem
    fitted: tuple[int, ...]  # chambers
    hatches: tuple[HatchSides, ...]  # those with a parameter, in order
    block_time_s: FloatArray
    pressure_pa: FloatArray  # (blocks, chambers)
    temperature_k: FloatArray  # (blocks, chambers)
    amount_pa: FloatArray  # (blocks, fitted)
    start_amount_pa: FloatArray  # (fitted,) was subtracted from the values of the problem
    hull_drive: FloatArray  # (fitted,) mean over the window, over that at the reference
    seal_drive: FloatArray  # (hatches,) likewise

    def hull_index(self, place: int) -> int:
        """Parameter of the hull leak of `fitted[place]`."""
        return len(self.fitted) + place

    @property
    def hull_indices(self) -> slice:
        """Parameters of the hull leaks."""
        return slice(len(self.fitted), 2 * len(self.fitted))

    @property
    def seal_indices(self) -> slice:
        """Parameters of the seals."""
        return slice(2 * len(self.fitted), 2 * len(self.fitted) + len(self.hatches))


def build_model(
    situation: Situation,
    lag_s: float,
    stated_flicker_pa: float,
    noise: SensorNoise = BMP280_X16_IIR2,
) -> DecayModel:
    """The problem for the window, with the chips `lag_s` behind the gas.

    Raises ValueError when the window holds fewer than four blocks of readings.
    """
    network, readings, fitted = situation.network, situation.readings, situation.fitted
    reference, (start_s, end_s) = situation.reference, situation.window_s
    inside = (readings.time_s >= start_s) & (readings.time_s < end_s)
    time_s = readings.time_s[inside]
    size = _block_size(time_s, readings.interval_s)
    window_k = readings.temperature_k[inside].mean(axis=0)
    chosen = list(fitted)

    behind_pa = delayed(readings.time_s, readings.pressure_pa, lag_s)
    amount_pa = (behind_pa * window_k / readings.temperature_k)[inside][:, chosen]
    hatches = tuple(h for h in network.hatches if h.first in fitted or h.second in fitted)
    hull = laminar_drive(readings.pressure_pa, reference.ambient_pa) / reference.drive_pa2
    seal, prior_share = _seal_drives(readings.pressure_pa, hatches, situation.alive, reference)

    def integrated(drive: FloatArray) -> FloatArray:
        return delayed(readings.time_s, cumulative(readings.time_s, drive), lag_s)[inside]

    weight = -window_k / (RATE_TEMPERATURE_K * network.volume_m3)
    amounts = block_means(amount_pa, size)
    valid = block_means(readings.valid[inside], size) >= _LEAST_SHARE_OF_BLOCK
    areas = block_means(integrated(hull), size), block_means(integrated(seal), size)
    designs = _designs(*areas, weight, chosen, hatches)
    series = tuple(
        Series(amounts[:, place] - amounts[0, place], designs[place], valid[:, chamber])
        for place, chamber in enumerate(fitted)
    )
    pressure_per_kelvin = float((readings.pressure_pa[inside] / window_k)[:, chosen].mean())
    mean, precision = _priors(len(fitted), prior_share, reference)
    lags_s = np.arange(len(time_s), dtype=np.float64) * readings.interval_s
    return DecayModel(
        problem=Problem(
            series,
            block_autocovariance(noise.amount_autocovariance(lags_s, pressure_per_kelvin, lag_s), size),
            block_autocovariance(flicker_autocovariance(lags_s, lag_s), size),
            mean,
            precision,
            stated_flicker_pa,
        ),
        fitted=fitted,
        hatches=hatches,
        block_time_s=block_means(time_s, size),
        pressure_pa=block_means(readings.pressure_pa[inside], size),
        temperature_k=block_means(readings.temperature_k[inside], size),
        amount_pa=amounts,
        start_amount_pa=amounts[0],
        hull_drive=hull[inside][:, chosen].mean(axis=0),
        seal_drive=seal[inside].mean(axis=0),
    )


def _block_size(time_s: FloatArray, interval_s: float) -> int:
    """Readings per block: about a second each, more for long windows."""
    size = max(1, round(_BLOCK_S / interval_s), -(-len(time_s) // _MOST_BLOCKS))
    if len(time_s) // size < 4:
        raise ValueError(f"a window of {len(time_s)} readings is too short to fit a leak")
    return size


def _seal_drives(
    pressure_pa: FloatArray, hatches: tuple[HatchSides, ...], alive: tuple[int, ...], reference: Reference
) -> tuple[FloatArray, FloatArray]:
    """Drives (n, hatches) over that at the reference, and (hatches, 2) factors of the priors.

    A chamber whose sensor is dead may hold any pressure between ambient and its neighbour's: the seal
    towards it sees an unknown share of the neighbour's own drive to ambient, which the prior of that seal
    takes over.
    """
    drives = np.empty((len(pressure_pa), len(hatches)))
    shares = np.ones((len(hatches), 2))
    for e, hatch in enumerate(hatches):
        sides = [s if s == OUTSIDE or s in alive else None for s in (hatch.first, hatch.second)]
        if None in sides:
            seen = hatch.first if sides[0] is not None else hatch.second
            sign = 1.0 if sides[0] is not None else -1.0
            drives[:, e] = sign * laminar_drive(pressure_pa[:, seen], reference.ambient_pa)
            shares[e] = _UNSEEN_SIDE_SHARE
            continue
        first, second = (
            np.full(len(pressure_pa), reference.ambient_pa) if s == OUTSIDE else pressure_pa[:, s]
            for s in (hatch.first, hatch.second)
        )
        drives[:, e] = laminar_drive(first, second)
    return drives / reference.drive_pa2, shares


def _designs(
    hull: FloatArray, seal: FloatArray, weight: FloatArray, fitted: list[int], hatches: tuple[HatchSides, ...]
) -> list[FloatArray]:
    """One (blocks, parameters) matrix per fitted chamber: level, hull leak, seals of its hatches."""
    count, blocks = len(fitted), len(hull)
    designs = []
    for place, chamber in enumerate(fitted):
        design = np.zeros((blocks, 2 * count + len(hatches)))
        design[:, place] = 1.0
        design[:, count + place] = weight[chamber] * hull[:, chamber]
        for e, hatch in enumerate(hatches):
            sign = float(hatch.first == chamber) - float(hatch.second == chamber)
            design[:, 2 * count + e] = sign * weight[chamber] * seal[:, e]
        designs.append(design)
    return designs


def _priors(fitted: int, shares: FloatArray, reference: Reference) -> tuple[FloatArray, FloatArray]:
    free = np.zeros(2 * fitted)
    scale = reference.seal_scale
    seal_mean = scale * SEAL_PRIOR_MEAN_PA_M3_S * shares[:, 0]
    seal_standard = abs(scale) * SEAL_PRIOR_STANDARD_PA_M3_S * shares[:, 1]
    return np.concatenate([free, seal_mean]), np.concatenate([free, seal_standard**-2.0])
