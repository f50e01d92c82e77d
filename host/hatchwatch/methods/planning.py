"""What a pressure-decay test can decide before it starts, from what the bench file states."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.linalg import toeplitz

from hatchwatch.boards.names import pick_all
from hatchwatch.errors import UsageError
from hatchwatch.methods.budget import Conditions, budget, combined
from hatchwatch.methods.flow import DEFAULT_AT_PA
from hatchwatch.methods.model import SEAL_PRIOR_STANDARD_PA_M3_S
from hatchwatch.methods.noise import BMP280_X16_IIR2, block_autocovariance, flicker_autocovariance
from hatchwatch.methods.units import RATE_TEMPERATURE_K
from hatchwatch.methods.verdict import GUARD_FACTOR, LIMIT_OVER_GUARD

if TYPE_CHECKING:
    from collections.abc import Collection

    from hatchwatch.boards.model import BenchFile, Module

__all__ = [
    "DecayPlan",
    "plan_decay",
    "shortest_duration_s",
    "slope_standard_pa_s",
    "smallest_limit_pa_m3_s",
]

STANDARD_ATMOSPHERE_PA: Final = 101_325.0
_ROOM_K: Final = 293.15
_INTERVAL_S: Final = 0.1  # between readings
_BLOCKS: Final = (
    120  # that a window is divided into for planning; the slope's uncertainty is then good to 1e-4
)
_SHORTEST_S, _LONGEST_S = 10.0, 4 * 3600.0  # durations that a plan considers
_LEAST_AT_PA, _MOST_AT_PA = 100.0, 20_000.0  # below, hardly anything drives a leak; no bench is filled above
_SEAL_TO_WINDOW_S: Final = 60.0  # pressures drift apart from the sealing on
_DECIDABLE: Final = LIMIT_OVER_GUARD * GUARD_FACTOR


@dataclass(frozen=True, slots=True)
class DecayPlan:
    """A test that can decide its limit."""

    limit_pa_m3_s: float
    duration_s: float
    at_pa: float
    smallest_limit_pa_m3_s: float  # that this duration could decide
    standard_pa_m3_s: dict[str, float]  # per module, expected at a leak of the limit


def plan_decay(
    bench: BenchFile,
    limit_pa_m3_s: float | None,
    duration_s: float,
    at_pa: float = DEFAULT_AT_PA,
    tested: Collection[str] | None = None,
) -> DecayPlan:
    """Plan a test of the modules `tested` (all chambers when None).

    Without a limit the smallest decidable one is taken, rounded up to two digits. Raises UsageError for a
    limit that the bench can't decide in `duration_s`, with the time or the limit that would do, for unknown
    modules, and for `at_pa` outside 100 Pa to 20 kPa.
    """
    modules = _tested(bench, tested)
    if not _SHORTEST_S <= duration_s <= _LONGEST_S:
        raise UsageError(
            f"A measurement can't last {duration_s:g} s.",
            cure=f"Choose {_SHORTEST_S:g} to {_LONGEST_S:g} s with --duration.",
        )
    if not _LEAST_AT_PA <= at_pa <= _MOST_AT_PA:  # NaN and infinities too
        raise UsageError(
            f"Leaks can't be stated at {at_pa:g} Pa over ambient (--at).",
            cure=f"Choose --at from {_LEAST_AT_PA:g} to {_MOST_AT_PA:g} Pa.",
        )
    smallest = smallest_limit_pa_m3_s(bench, duration_s, at_pa, tested)
    if math.isinf(smallest):
        raise UsageError(
            f"Bench {bench.name} can decide no limit at {at_pa:g} Pa over ambient: what isn't known of "
            "volumes and of the leaks' flow law weighs too much against any leak.",
            cure=f"State leaks nearer to the pressure of the test (--at {_expected_gauge_pa(bench):.0f}), "
            "or measure the volumes better.",
        )
    limit = _rounded_up(smallest) if limit_pa_m3_s is None else limit_pa_m3_s
    if not (math.isfinite(limit) and limit > 0.0):
        raise UsageError(f"A limit can't be {limit:g} Pa·m³/s.", cure="Give a rate above 0 with --limit.")
    if limit < smallest:
        longer_s = shortest_duration_s(bench, limit, at_pa, tested)
        longer = "" if longer_s is None else f", or the duration (--duration {math.ceil(longer_s)})"
        raise UsageError(
            f"In {duration_s:g} s bench {bench.name} can't tell a leak of {limit:.2g} Pa·m³/s from none: "
            f"its smallest decidable limit is {_rounded_up(smallest):.2g} Pa·m³/s.",
            cure=f"Raise the limit (--limit {_rounded_up(smallest):.2g}){longer}.",
        )
    noise_pa_s = slope_standard_pa_s(duration_s, bench.sensors.flicker_pa)
    return DecayPlan(
        limit_pa_m3_s=limit,
        duration_s=duration_s,
        at_pa=at_pa,
        smallest_limit_pa_m3_s=smallest,
        standard_pa_m3_s={m.name: _standard(bench, m, limit, duration_s, noise_pa_s, at_pa) for m in modules},
    )


def smallest_limit_pa_m3_s(
    bench: BenchFile,
    duration_s: float,
    at_pa: float = DEFAULT_AT_PA,
    tested: Collection[str] | None = None,
) -> float:
    """The smallest limit that a window of `duration_s` can decide for all modules `tested`.

    Decidable is a limit L with 1.645 u(L) <= L/4 (`verdict`). Infinite when part of u that grows with the
    leak is already too large.
    """
    noise_pa_s = slope_standard_pa_s(duration_s, bench.sensors.flicker_pa)
    return max(
        _smallest_of_module(bench, module, duration_s, noise_pa_s, at_pa) for module in _tested(bench, tested)
    )


def shortest_duration_s(
    bench: BenchFile,
    limit_pa_m3_s: float,
    at_pa: float = DEFAULT_AT_PA,
    tested: Collection[str] | None = None,
) -> float | None:
    """The shortest window that can decide a limit, to 1 %; None when not even four hours do."""

    def enough(duration_s: float) -> bool:
        return smallest_limit_pa_m3_s(bench, duration_s, at_pa, tested) <= limit_pa_m3_s

    if not enough(_LONGEST_S):
        return None
    low_s, high_s = _SHORTEST_S, _LONGEST_S
    if enough(low_s):
        return low_s
    while high_s > 1.01 * low_s:
        middle_s = math.sqrt(low_s * high_s)
        low_s, high_s = (low_s, middle_s) if enough(middle_s) else (middle_s, high_s)
    return high_s


def slope_standard_pa_s(duration_s: float, flicker_pa: float) -> float:
    """Standard uncertainty of the slope of p/T (as Pa/s) over a window, from sensor noise alone.

    White noise as the datasheet states it, flicker noise with an Allan floor of `flicker_pa`, level unknown.
    """
    count = max(_BLOCKS, round(duration_s / _INTERVAL_S))
    lags_s = np.arange(count, dtype=np.float64) * (duration_s / count)
    size = count // _BLOCKS
    pressure_per_kelvin = (STANDARD_ATMOSPHERE_PA + DEFAULT_AT_PA) / _ROOM_K
    slow_pa, _ = BMP280_X16_IIR2.amount_white_pa(pressure_per_kelvin)
    white = block_autocovariance(BMP280_X16_IIR2.reading_autocovariance(lags_s), size)
    flicker = block_autocovariance(flicker_autocovariance(lags_s), size)
    covariance = toeplitz(slow_pa**2 * white + flicker_pa**2 * flicker)
    time_s = np.arange(len(white)) * (size * duration_s / count)
    design = np.column_stack([np.ones_like(time_s), time_s - time_s.mean()])
    information = design.T @ np.linalg.solve(covariance, design)
    return float(np.sqrt(np.linalg.inv(information)[1, 1]))


def _tested(bench: BenchFile, tested: Collection[str] | None) -> tuple[Module, ...]:
    chambers = bench.chambers
    if tested is None:
        chosen = chambers
    else:
        names = pick_all("chamber", tested, [module.name for module in chambers])
        chosen = tuple(module for module in chambers if module.name in names)
    if not chosen:
        raise UsageError(
            f"There is nothing to test on bench {bench.name}.", cure="Name modules that hold gas."
        )
    return chosen


def _expected_gauge_pa(bench: BenchFile) -> float:
    """Pressure over ambient that a filled module will have at sea level."""
    return min(bench.ambient.fill_gauge_pa, bench.ambient.ceiling_pa - STANDARD_ATMOSPHERE_PA)


def _smallest_of_module(
    bench: BenchFile, module: Module, duration_s: float, noise_pa_s: float, at_pa: float
) -> float:
    limit = 0.0
    for _ in range(
        60
    ):  # u grows by a few percent of the limit at most, so this converges at once or not at all
        needed = _DECIDABLE * _standard(bench, module, limit, duration_s, noise_pa_s, at_pa)
        if abs(needed - limit) < 1e-6 * needed:
            return needed
        limit = needed
    return math.inf


def _standard(
    bench: BenchFile, module: Module, leak_pa_m3_s: float, duration_s: float, noise_pa_s: float, at_pa: float
) -> float:
    """Expected standard uncertainty of a module's leak at the reference."""
    ambient_pa = STANDARD_ATMOSPHERE_PA
    pressure_pa = ambient_pa + _expected_gauge_pa(bench)
    reference_pa = ambient_pa + abs(at_pa)
    drive_ratio = (pressure_pa**2 - ambient_pa**2) / (reference_pa**2 - ambient_pa**2)
    conditions = Conditions(
        volume_m3=module.volume_m3,
        volume_standard_m3=module.volume_uncertainty_m3,
        pressure_pa=pressure_pa,
        temperature_k=_ROOM_K,
        temperature_slope_k_s=0.0,
        ambient_pa=ambient_pa,
        reference_pa=reference_pa,
        gauge_standard_pa=math.hypot(
            bench.ambient.ambient_uncertainty_pa,
            bench.sensors.pressure_offset_pa / math.sqrt(len(bench.chambers)),
        ),
    )
    of_slope = module.volume_m3 * RATE_TEMPERATURE_K / _ROOM_K / drive_ratio
    apart_pa = leak_pa_m3_s / module.volume_m3 * (_SEAL_TO_WINDOW_S + duration_s / 2.0)
    seals = sum(module.name in hatch.between for hatch in bench.hatches)
    regression = {
        "noise": of_slope * noise_pa_s,
        "seals": math.sqrt(seals) * SEAL_PRIOR_STANDARD_PA_M3_S * min(apart_pa / DEFAULT_AT_PA, 1.0),
    }
    return combined(budget(leak_pa_m3_s, drive_ratio, regression, conditions, bench.sensors))[0]


def _rounded_up(limit_pa_m3_s: float) -> float:
    """Two digits, never below."""
    if not math.isfinite(limit_pa_m3_s):
        return limit_pa_m3_s
    step = 10.0 ** (math.floor(math.log10(limit_pa_m3_s)) - 1)
    return float(f"{math.ceil(limit_pa_m3_s / step - 1e-9) * step:.1e}")
