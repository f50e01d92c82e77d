"""The report's tables: every number as the text that is shown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hatchwatch.methods.units import mbar_l_s_from_pa_m3_s, sccm_from_pa_m3_s
from hatchwatch.numbers import Scale, digits_for, power_parts, rounded, scale_for, significant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hatchwatch.evidence.result import Budget, HatchEntry, ModuleEntry, ResultDocument

__all__ = [
    "BudgetBar",
    "Interval",
    "ModuleRow",
    "SealRow",
    "budget_bars",
    "mbar_power",
    "module_rows",
    "rate_scale",
    "seal_rows",
]


@dataclass(frozen=True, slots=True)
class Interval:
    """A number with its 95 % interval."""

    value: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class ModuleRow:
    """One line of the table of modules; rates in the common unit of the table unless told otherwise."""

    entry: ModuleEntry
    leak: Interval | None
    leak_sccm: Interval | None
    leak_mbar_l_s: Interval | None  # in `mbar_power` of them
    limit: str
    margin: str
    margin_share: str  # of the limit
    guard_band: str
    mean_flow: Interval | None
    truth: str
    truth_inside: bool | None  # None where there is no truth, or no interval
    volume: str


@dataclass(frozen=True, slots=True)
class SealRow:
    """One line of the table of hatches."""

    entry: HatchEntry
    seal: Interval | None
    mean_flow: str
    truth: str


@dataclass(frozen=True, slots=True)
class BudgetBar:
    """One source of uncertainty of one module."""

    title: str
    standard: str
    share_text: str
    length: float  # 0..1, relative to the longest
    total: bool = False


def rate_scale(document: ResultDocument) -> Scale:
    """The SI prefix that all rates of the report share: that of the limit, or of the largest leak."""
    if document.conditions is not None:
        return scale_for(document.conditions.limit_pa_m3_s)
    return Scale(1e6, "µ")


def mbar_power(scale: Scale) -> tuple[float, str]:
    """The power of ten in which mbar·L/s are shown beside rates of this scale."""
    return power_parts(mbar_l_s_from_pa_m3_s(10.0 / scale.factor))


def module_rows(document: ResultDocument, scale: Scale) -> list[ModuleRow]:
    """The table of modules."""
    return [_module_row(entry, scale) for entry in document.modules]


def _module_row(entry: ModuleEntry, scale: Scale) -> ModuleRow:
    leak = (entry.leak_pa_m3_s, entry.leak_low_pa_m3_s, entry.leak_high_pa_m3_s)
    mean_flow = (entry.mean_flow_pa_m3_s, entry.mean_flow_low_pa_m3_s, entry.mean_flow_high_pa_m3_s)
    places = digits_for((entry.leak_standard_pa_m3_s or 0.0) * scale.factor)
    return ModuleRow(
        entry=entry,
        leak=_interval(leak, scale.factor),
        leak_sccm=_interval(leak, sccm_from_pa_m3_s(1.0)),
        leak_mbar_l_s=_interval(leak, mbar_l_s_from_pa_m3_s(1.0) / mbar_power(scale)[0]),
        limit=significant(_times(entry.limit_pa_m3_s, scale.factor)),
        margin=rounded(_times(entry.margin_pa_m3_s, scale.factor), places),
        margin_share=_share(entry.margin_pa_m3_s, entry.limit_pa_m3_s),
        guard_band=rounded(_times(entry.guard_band_pa_m3_s, scale.factor), places),
        mean_flow=_interval(mean_flow, scale.factor),
        truth=rounded(_times(entry.truth_pa_m3_s, scale.factor), places),
        truth_inside=_inside(entry.truth_pa_m3_s, entry.leak_low_pa_m3_s, entry.leak_high_pa_m3_s),
        volume=_volume_text(entry),
    )


def seal_rows(hatches: Sequence[HatchEntry], scale: Scale) -> list[SealRow]:
    """The table of hatches."""
    return [
        SealRow(
            entry=entry,
            seal=_interval(
                (entry.seal_leak_pa_m3_s, entry.seal_leak_low_pa_m3_s, entry.seal_leak_high_pa_m3_s),
                scale.factor,
            ),
            mean_flow=_plus_minus(entry.mean_flow_pa_m3_s, entry.mean_flow_standard_pa_m3_s, scale.factor),
            truth=rounded(
                _times(entry.truth_mean_flow_pa_m3_s, scale.factor),
                digits_for((entry.mean_flow_standard_pa_m3_s or 0.0) * scale.factor),
            ),
        )
        for entry in hatches
    ]


def budget_bars(budget: Sequence[Budget], scale: Scale) -> list[BudgetBar]:
    """A module's sources of uncertainty, largest first, and their root sum of squares."""
    standards = [(item.title, item.standard_pa_m3_s) for item in budget]
    total = math.hypot(*(standard for _, standard in standards))
    if total == 0.0:
        return []
    rows = [("all together", total), *sorted(standards, key=lambda row: -row[1])]
    return [
        BudgetBar(
            title=title,
            standard=significant(standard * scale.factor, 2),
            share_text="" if index == 0 else _percent((standard / total) ** 2),
            length=standard / total,
            total=index == 0,
        )
        for index, (title, standard) in enumerate(rows)
    ]


def _interval(numbers: tuple[float | None, float | None, float | None], factor: float) -> Interval | None:
    value, low, high = numbers
    if value is None or low is None or high is None:
        return None
    places = digits_for((high - low) / 4 * factor)
    return Interval(*(rounded(number * factor, places) for number in (value, low, high)))


def _plus_minus(value: float | None, standard: float | None, factor: float) -> str:
    if value is None or standard is None:
        return rounded(None, 0)
    places = digits_for(standard * factor)
    return f"{rounded(value * factor, places)} ± {rounded(2 * standard * factor, places)}"


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _share(part: float | None, whole: float | None) -> str:
    if part is None or not whole:
        return ""
    return _percent(part / whole)


def _percent(share: float) -> str:
    size = abs(share)
    if 0.0 < size < 0.001:
        return "< 0.1 %"
    return f"{rounded(100 * share, 0 if size >= 0.1 or size == 0.0 else 1)} %"


def _inside(truth: float | None, low: float | None, high: float | None) -> bool | None:
    if truth is None or low is None or high is None:
        return None
    return low <= truth <= high


def _volume_text(entry: ModuleEntry) -> str:
    if entry.volume_m3 is None or entry.volume_uncertainty_m3 is None:
        return ""
    standard_ml = entry.volume_uncertainty_m3 * 1e6
    places = min(digits_for(standard_ml), 1)
    return f"{rounded(entry.volume_m3 * 1e6, places)} ± {rounded(standard_ml, places)} mL"
