"""What a leak test found: verdicts, leak rates with their intervals, uncertainty budgets, arrays to plot.

All rates are in Pa·m³/s, which always means mol/s times R times 293.15 K (`units`). Every leak is told twice:
`leak_*` at the stated pressure difference over ambient (`at_pa`), and `mean_flow_*`, the flow that really ran
during the window. A leak is positive when gas leaves the module. Intervals are 95 % (two-sided); standard
uncertainties are k = 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable

FloatArray = NDArray[np.float64]

__all__ = [
    "BudgetItem",
    "DecayResult",
    "FitCurves",
    "FloatArray",
    "HatchResult",
    "ModuleResult",
    "NoiseEstimate",
    "Phase",
    "SettlingOutcome",
    "Verdict",
    "overall_verdict",
]


class Verdict(StrEnum):
    """PASS, FAIL and INCONCLUSIVE speak of a module; ERROR, ABORTED and BLOCKED of the bench or the run."""

    PASS = "PASS"  # noqa: S105 (a verdict, not a password)
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"
    ERROR = "ERROR"
    ABORTED = "ABORTED"
    BLOCKED = "BLOCKED"

    @property
    def exit_code(self) -> int:
        """Exit code of a program whose whole outcome this is."""
        return _EXIT_CODES[self]


_EXIT_CODES = {
    Verdict.PASS: 0,
    Verdict.FAIL: 1,
    Verdict.INCONCLUSIVE: 2,
    Verdict.ERROR: 3,
    Verdict.BLOCKED: 3,
    Verdict.ABORTED: 130,
}

_WORST_FIRST = (
    Verdict.ABORTED,
    Verdict.ERROR,
    Verdict.BLOCKED,
    Verdict.FAIL,
    Verdict.INCONCLUSIVE,
    Verdict.PASS,
)


def overall_verdict(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of a run: a fault of the bench before FAIL before INCONCLUSIVE before PASS.

    Nothing tested proves nothing, so no verdicts at all give BLOCKED.
    """
    found = set(verdicts)
    return next((verdict for verdict in _WORST_FIRST if verdict in found), Verdict.BLOCKED)


@dataclass(frozen=True, slots=True)
class BudgetItem:
    """One source of uncertainty of one module's leak."""

    source: str  # short key: "noise", "volume", ...
    title: str  # in words, for tables
    standard_pa_m3_s: float  # its standard uncertainty (k = 1), at the stated pressure difference
    mean_flow_standard_pa_m3_s: float  # the same for the raw mean flow


@dataclass(frozen=True, slots=True, eq=False)
class FitCurves:
    """Block means that were fitted, for plots; all arrays have the length of `time_s`.

    `amount_pa` is the gas in the module as the pressure it would have at the mean temperature of the window:
    thermal changes are gone from it, only gas that comes or goes moves it. `fitted_pa` is the model of it,
    `residual_pa` the difference.
    """

    time_s: FloatArray  # board time
    pressure_pa: FloatArray  # absolute, relative sensor offsets removed
    temperature_k: FloatArray  # of the chip
    amount_pa: FloatArray
    fitted_pa: FloatArray
    residual_pa: FloatArray


@dataclass(frozen=True, slots=True)
class ModuleResult:
    """What is known of one module after the test.

    With BLOCKED, ERROR or ABORTED the rates are NaN, `budget` is empty, `fit` is None and `reason` says why.
    """

    name: str
    verdict: Verdict
    limit_pa_m3_s: float
    volume_m3: float
    volume_uncertainty_m3: float
    leak_pa_m3_s: float
    leak_low_pa_m3_s: float
    leak_high_pa_m3_s: float
    leak_standard_pa_m3_s: float
    mean_flow_pa_m3_s: float
    mean_flow_low_pa_m3_s: float
    mean_flow_high_pa_m3_s: float
    mean_flow_standard_pa_m3_s: float
    reason: str = ""  # one sentence: why this verdict
    truth_pa_m3_s: float | None = None  # emulated bench only; at the stated pressure difference
    truth_mean_flow_pa_m3_s: float | None = None
    budget: tuple[BudgetItem, ...] = ()
    warnings: tuple[str, ...] = ()
    fit: FitCurves | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class HatchResult:
    """What is known of one shut hatch's seal.

    `seal_leak_*` is the leak of the seal as a conductance: the flow it would pass at `DecayResult.at_pa` of
    difference. When the pressures beside it hardly differed, the data say nothing and the prior stands:
    `informative` is False.
    """

    name: str
    between: tuple[str, str]
    mean_flow_pa_m3_s: float  # from the first module of `between` to the second
    mean_flow_standard_pa_m3_s: float
    seal_leak_pa_m3_s: float
    seal_leak_low_pa_m3_s: float
    seal_leak_high_pa_m3_s: float
    informative: bool
    truth_mean_flow_pa_m3_s: float | None = None


@dataclass(frozen=True, slots=True)
class NoiseEstimate:
    """Noise of the sensors as the data show it, pooled over all of them."""

    white_pa: float  # standard deviation of one conversion before the sensor's own filter
    flicker_pa: float  # floor of the Allan deviation, posterior mean
    flicker_standard_pa: float  # its posterior standard deviation


@dataclass(frozen=True, slots=True)
class SettlingOutcome:
    """How the wait for steadiness ended."""

    steady: bool
    waited_s: float
    slowest_module: str  # the one with the most of a transient left at the end
    transient_pa_s: float  # what is left of it, as a mean slope over the coming window
    tolerance_pa_s: float
    restless_modules: tuple[str, ...] = ()  # those over the tolerance when the time was up


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of the run in board time."""

    name: str  # "warm-up", "vent", "zero", "fill", "seal", "settle", "measure", "safe"
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class DecayResult:
    """The outcome of a pressure-decay test."""

    bench_name: str
    limit_pa_m3_s: float
    at_pa: float  # pressure over ambient at which `leak_*` holds
    duration_s: float  # of the window, as asked for
    window_start_s: float  # board time
    window_end_s: float
    ambient_pa: float
    ambient_standard_pa: float
    modules: tuple[ModuleResult, ...]
    hatches: tuple[HatchResult, ...] = ()
    noise: NoiseEstimate | None = None
    settling: SettlingOutcome | None = None
    phases: tuple[Phase, ...] = ()
    warnings: tuple[str, ...] = ()
    method: str = "decay"

    @property
    def verdict(self) -> Verdict:
        """The verdict of the whole run (`overall_verdict`)."""
        return overall_verdict(module.verdict for module in self.modules)

    @property
    def exit_code(self) -> int:
        """0 all pass, 1 a module fails, 2 inconclusive, 3 bench at fault, 130 aborted."""
        return self.verdict.exit_code
