"""Pressure decay: leaks of all modules from one record of readings with all hatches shut."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hatchwatch.methods.findings import Fitted
from hatchwatch.methods.flow import DEFAULT_AT_PA
from hatchwatch.methods.health import sensor_defects
from hatchwatch.methods.model import Reference, Situation
from hatchwatch.methods.network import Network
from hatchwatch.methods.results import DecayResult, FloatArray, ModuleResult, Verdict
from hatchwatch.methods.signals import prepare
from hatchwatch.methods.truth import true_flows

if TYPE_CHECKING:
    from collections.abc import Collection

    from hatchwatch.boards.model import BenchFile, Module
    from hatchwatch.methods.protocols import ReadingsBlock

__all__ = ["DecayRecord", "analyse_decay", "without_numbers"]

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
    situation = Situation(network, readings, alive, (record.window_start_s, record.window_end_s), reference)
    fitted = Fitted.of(situation, bench.sensors, _gauge_standard_pa(bench, record)) if alive else None
    truth = None if record.truths is None else true_flows(*record.truths, reference.at_pa)
    modules = []
    for chamber, module in enumerate(bench.chambers):
        if tested is not None and module.name not in tested:
            continue
        reason = defects[chamber] or _unfit(side * gauges_pa[chamber])
        if reason or fitted is None:
            modules.append(without_numbers(module, Verdict.BLOCKED, limit_pa_m3_s, reason))
        else:
            modules.append(fitted.module(chamber, limit_pa_m3_s, truth))
    if fitted is None:
        return replace(result, modules=tuple(modules))
    return replace(result, modules=tuple(modules), hatches=fitted.hatches(truth), noise=fitted.noise)


def _unfit(gauge_pa: float) -> str:
    if gauge_pa >= _LEAST_GAUGE_PA:
        return ""
    return f"only {gauge_pa:.0f} Pa drive its leak, {_LEAST_GAUGE_PA:.0f} Pa are needed: fill it"


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
