"""What a result says in words; used by the report, by result.json and by the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hatchwatch.methods.results import Verdict
from hatchwatch.numbers import rate_text, rounded, scale_for, significant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hatchwatch.evidence.result import ModuleEntry, Problem

__all__ = ["VERDICT_RULE", "interval_text", "names_text", "pressure_text", "summary_sentence"]

VERDICT_RULE = (
    "A module passes when its leak plus 1.645 standard uncertainties (the guard band) is at most the limit, "
    "and fails when its leak minus the guard band is above it: either way the risk of being wrong is at most "
    "5 %. In between the data can't decide and the verdict is INCONCLUSIVE, which asks for a longer "
    "measurement."
)
_ABOUT_MODULES = frozenset({Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE})


def pressure_text(at_pa: float) -> str:
    """The pressure at which leaks are stated: at 8 kPa over ambient."""
    side = "over" if at_pa > 0.0 else "below"
    return f"at {abs(at_pa) / 1000:.4g} kPa {side} ambient"


def names_text(names: Sequence[str]) -> str:
    """Names in a sentence: a, b and c."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def summary_sentence(
    modules: Sequence[ModuleEntry], at_pa: float | None, problem: Problem | None = None
) -> str:
    """The outcome of a run in one sentence, worst news first."""
    if problem is not None:
        return _sentence([problem.seen.rstrip(".")])
    by_verdict = {verdict: [module for module in modules if module.verdict is verdict] for verdict in Verdict}
    failed, undecided = by_verdict[Verdict.FAIL], by_verdict[Verdict.INCONCLUSIVE]
    passed = by_verdict[Verdict.PASS]
    lost = [module for module in modules if module.verdict not in _ABOUT_MODULES]
    parts = []
    if failed:
        parts.append(_failed_text(failed))
    if undecided:
        parts.append(f"{_subject(undecided, 'stays', 'stay')} undecided: too near the limit to tell")
    if lost:
        parts.append(f"nothing can be said about {names_text([module.name for module in lost])}")
    if passed:
        parts.append(_passed_text(passed, modules, at_pa))
    return _sentence(parts or ["No module was tested"])


def _failed_text(failed: Sequence[ModuleEntry]) -> str:
    if len(failed) > 1:
        leaks = [f"{module.name} ({rate_text(module.leak_pa_m3_s)})" for module in failed]
        return f"{names_text(leaks)} leak more than the limit of {rate_text(failed[0].limit_pa_m3_s)}"
    module = failed[0]
    text = f"{module.name} leaks {_interval_text(module)}"
    if module.leak_pa_m3_s and module.limit_pa_m3_s:
        times = significant(abs(module.leak_pa_m3_s) / module.limit_pa_m3_s, 2)
        text += f", {times} times the limit of {rate_text(module.limit_pa_m3_s)}"
    return text


def interval_text(
    rate_pa_m3_s: float, low_pa_m3_s: float, high_pa_m3_s: float, truth_pa_m3_s: float | None = None
) -> str:
    """A rate with its 95 % interval, and the truth where somebody knows it, all with one prefix."""
    scale = scale_for(rate_pa_m3_s)
    places = _places(abs(high_pa_m3_s - low_pa_m3_s) / 4 * scale.factor)
    numbers = (rate_pa_m3_s, low_pa_m3_s, high_pa_m3_s, truth_pa_m3_s)
    value, low, high, truth = (
        rounded(None if one is None else one * scale.factor, places) for one in numbers
    )
    known = "" if truth_pa_m3_s is None else f"; truth {truth}"
    return f"{value} {scale.prefix}Pa·m³/s (95 %: {low} … {high}{known})"


def _interval_text(module: ModuleEntry) -> str:
    leak, low, high = module.leak_pa_m3_s, module.leak_low_pa_m3_s, module.leak_high_pa_m3_s
    if leak is None or low is None or high is None:
        return "an unknown rate"
    return interval_text(leak, low, high)


def _places(uncertainty: float) -> int:
    """Two digits of the uncertainty are enough for a sentence, more than two decimals never are."""
    return 0 if uncertainty >= 10 else 1 if uncertainty >= 1 else 2


def _passed_text(passed: Sequence[ModuleEntry], modules: Sequence[ModuleEntry], at_pa: float | None) -> str:
    if len(passed) < len(modules):
        return "the other module passes" if len(passed) == 1 else f"the other {len(passed)} modules pass"
    at_text = f" {pressure_text(at_pa)}" if at_pa else ""
    who = f"{passed[0].name} holds" if len(passed) == 1 else f"All {len(passed)} modules hold"
    return f"{who}: no leak above {rate_text(passed[0].limit_pa_m3_s)}{at_text}"


def _subject(modules: Sequence[ModuleEntry], one: str, many: str) -> str:
    return f"{names_text([module.name for module in modules])} {one if len(modules) == 1 else many}"


def _sentence(parts: Sequence[str]) -> str:
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."
