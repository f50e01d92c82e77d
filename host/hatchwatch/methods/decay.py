"""Pressure decay: leaks of all modules from one record of readings with all hatches shut."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hatchwatch.methods.findings import COVERAGE_FACTOR, Fitted
from hatchwatch.methods.flow import DEFAULT_AT_PA
from hatchwatch.methods.gross import GROSS_STANDARD_SHARE, find_gross_leak
from hatchwatch.methods.health import sensor_defects
from hatchwatch.methods.model import Reference, Situation
from hatchwatch.methods.network import Network
from hatchwatch.methods.results import DecayResult, FloatArray, ModuleResult, Verdict
from hatchwatch.methods.signals import Readings, prepare
from hatchwatch.methods.truth import true_flows
from hatchwatch.methods.verdict import judge

if TYPE_CHECKING:
    from collections.abc import Collection

    from hatchwatch.boards.model import BenchFile, Module
    from hatchwatch.methods.protocols import ReadingsBlock

__all__ = ["DecayRecord", "analyse_decay", "without_numbers"]

_MUCH_SHARE: Final = 0.03  # of the pressure over ambient, lost within the window
_LEAST_GAUGE_PA: Final = 200.0  # with less to drive it a leak can't show


@dataclass(frozen=True, slots=True, eq=False)
class DecayRecord:
    """What a decay test brings home.

    `block` starts when the hatches are shut (some lags before the window at least) and ends with the window.
    `truths` are what an emulated plant said at both ends of the window.
    """

    block: ReadingsBlock
    window_start_s: float
    window_end_s: float
    ambient_pa: float
    ambient_standard_pa: float
    offsets_pa: FloatArray | None = None  # (chambers,) of each sensor over their mean, with hatches open
    offset_standard_pa: float | None = None  # of that mean; None: what the bench file's statement gives
    truths: tuple[dict[str, Any], dict[str, Any]] | None = None


def analyse_decay(
    bench: BenchFile,
    record: DecayRecord,
    limit_pa_m3_s: float,
    at_pa: float = DEFAULT_AT_PA,
    tested: Collection[str] | None = None,
) -> DecayResult:
    """Leaks with intervals, budgets and verdicts for the modules `tested` (all chambers when None).

    All chambers with a usable sensor enter the regression; a module without one is BLOCKED. `at_pa` takes
    the sign of the pressure over ambient: below ambient, gas enters and leaks are negative. Raises
    ValueError when the window is too short to fit (`model.build_model`).
    """
    network = Network.of(bench)
    offsets_pa = np.zeros(len(network.names)) if record.offsets_pa is None else record.offsets_pa
    readings = prepare(record.block, network.columns, offsets_pa)
    window = readings.between(record.window_start_s, record.window_end_s)
    gauges_pa = window.pressure_pa.mean(axis=0) - record.ambient_pa
    defects = sensor_defects(window)
    alive = tuple(chamber for chamber, defect in enumerate(defects) if not defect)
    side = -1.0 if alive and np.median(gauges_pa[list(alive)]) < 0.0 else 1.0
    reference = Reference(record.ambient_pa, side * abs(at_pa))
    result = DecayResult(
        bench_name=bench.name,
        limit_pa_m3_s=limit_pa_m3_s,
        at_pa=reference.at_pa,
        duration_s=record.window_end_s - record.window_start_s,
        window_start_s=record.window_start_s,
        window_end_s=record.window_end_s,
        ambient_pa=record.ambient_pa,
        ambient_standard_pa=record.ambient_standard_pa,
        modules=(),
    )
    window_s = record.window_start_s, record.window_end_s
    groups = _fit_groups(bench, record, Situation(network, readings, alive, alive, window_s, reference))
    truth = None if record.truths is None else true_flows(*record.truths, reference.at_pa)
    modules = []
    for chamber, module in enumerate(bench.chambers):
        if tested is not None and module.name not in tested:
            continue
        if defects[chamber]:
            modules.append(without_numbers(module, Verdict.BLOCKED, limit_pa_m3_s, defects[chamber]))
        elif side * gauges_pa[chamber] < _LEAST_GAUGE_PA:
            modules.append(_without_pressure(module, chamber, readings, reference, limit_pa_m3_s))
        else:
            fitted = next(group for group in groups if chamber in group.model.fitted)
            modules.append(fitted.module(chamber, limit_pa_m3_s, truth))
    hatches = {hatch.name: hatch for group in reversed(groups) for hatch in group.hatches(truth)}
    return replace(
        result,
        modules=tuple(modules),
        hatches=tuple(hatches[sides.name] for sides in network.hatches if sides.name in hatches),
        noise=groups[0].noise if groups else None,
    )


def _fit_groups(bench: BenchFile, record: DecayRecord, situation: Situation) -> list[Fitted]:
    """One regression for all modules that lose little, one for each that loses much; empty ones have none.

    A large loss shows more of flow law and heat than the model knows. That is nothing against the leak
    itself, but it must not pass for noise of all sensors, nor for flow through the hatches to the
    neighbours.
    """
    window = situation.readings.between(*situation.window_s)
    tenth = max(len(window.time_s) // 10, 1)
    lost_pa = window.pressure_pa[:tenth].mean(axis=0) - window.pressure_pa[-tenth:].mean(axis=0)
    gauge_pa = window.pressure_pa.mean(axis=0) - record.ambient_pa
    driven = tuple(i for i in situation.alive if abs(gauge_pa[i]) >= _LEAST_GAUGE_PA)
    much = tuple(i for i in driven if abs(lost_pa[i]) > _MUCH_SHARE * abs(gauge_pa[i]))
    little = tuple(i for i in driven if i not in much)
    groups: list[Fitted] = []
    for fitted in (little, *((chamber,) for chamber in much)):
        if fitted:
            group = replace(situation, fitted=fitted)
            noise = groups[0].estimate if groups else None
            groups.append(Fitted.of(group, bench.sensors, _gauge_standard_pa(bench, record), noise))
    return groups


def _without_pressure(
    module: Module, chamber: int, readings: Readings, reference: Reference, limit_pa_m3_s: float
) -> ModuleResult:
    """The result of a module with too little pressure for a regression: a gross leak, or never filled."""
    found = find_gross_leak(readings, chamber, module.volume_m3, reference)
    if found is None:
        reason = f"less than {_LEAST_GAUGE_PA:.0f} Pa drive its leak: fill it"
        return without_numbers(module, Verdict.BLOCKED, limit_pa_m3_s, reason)
    leak, flow = found.leak_pa_m3_s, found.mean_flow_pa_m3_s
    standard, flow_standard = GROSS_STANDARD_SHARE * abs(leak), GROSS_STANDARD_SHARE * abs(flow)
    verdict, reason = judge(abs(leak), standard, limit_pa_m3_s)
    return replace(
        without_numbers(module, verdict, limit_pa_m3_s, f"{reason}: it lost its pressure before the window"),
        leak_pa_m3_s=leak,
        leak_low_pa_m3_s=leak - COVERAGE_FACTOR * standard,
        leak_high_pa_m3_s=leak + COVERAGE_FACTOR * standard,
        leak_standard_pa_m3_s=standard,
        mean_flow_pa_m3_s=flow,
        mean_flow_low_pa_m3_s=flow - COVERAGE_FACTOR * flow_standard,
        mean_flow_high_pa_m3_s=flow + COVERAGE_FACTOR * flow_standard,
        mean_flow_standard_pa_m3_s=flow_standard,
        warnings=("gross leak: the rate comes from the loss before the window, to 20 %",),
    )


def _gauge_standard_pa(bench: BenchFile, record: DecayRecord) -> float:
    """Standard uncertainty of the pressures over ambient."""
    offset_standard_pa = record.offset_standard_pa
    if offset_standard_pa is None:  # the mean of all sensors was taken for the truth
        offset_standard_pa = bench.sensors.pressure_offset_pa / math.sqrt(len(bench.chambers))
    return math.hypot(record.ambient_standard_pa, offset_standard_pa)


def without_numbers(module: Module, verdict: Verdict, limit_pa_m3_s: float, reason: str) -> ModuleResult:
    """The result of a module about which the test can say nothing."""
    nan = math.nan
    return ModuleResult(
        name=module.name,
        verdict=verdict,
        limit_pa_m3_s=limit_pa_m3_s,
        volume_m3=module.volume_m3,
        volume_uncertainty_m3=module.volume_uncertainty_m3,
        leak_pa_m3_s=nan,
        leak_low_pa_m3_s=nan,
        leak_high_pa_m3_s=nan,
        leak_standard_pa_m3_s=nan,
        mean_flow_pa_m3_s=nan,
        mean_flow_low_pa_m3_s=nan,
        mean_flow_high_pa_m3_s=nan,
        mean_flow_standard_pa_m3_s=nan,
        reason=reason,
    )
