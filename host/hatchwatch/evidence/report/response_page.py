"""The page of a response to a leak: what was alarmed, found, shut off and proved, on one time line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from hatchwatch.bench.response import suspect_text
from hatchwatch.boards.drawing import station_svg
from hatchwatch.evidence.report.frame import framed, render
from hatchwatch.evidence.report.marks import MARKS
from hatchwatch.evidence.report.response_figures import course_figure
from hatchwatch.evidence.report.timeline import happenings
from hatchwatch.evidence.response.findings import leak_text
from hatchwatch.evidence.wording import names_text
from hatchwatch.methods.isolation import Outcome
from hatchwatch.methods.results import Verdict
from hatchwatch.numbers import rate_text, rounded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hatchwatch.boards.drawing import HatchState
    from hatchwatch.boards.model import BenchFile
    from hatchwatch.evidence.recording import Recording
    from hatchwatch.evidence.report.figures import Figure
    from hatchwatch.evidence.report.marks import Mark
    from hatchwatch.evidence.response.document import Alarm, Found, Interval, ResponseDocument

__all__ = ["build_response_report"]

_LOOKS = {
    Outcome.SOLID: Verdict.PASS,
    Outcome.NO_LEAK: Verdict.PASS,
    Outcome.QUIET: Verdict.PASS,
    Outcome.NOT_SOLID: Verdict.FAIL,
    Outcome.INCONCLUSIVE: Verdict.INCONCLUSIVE,
    Outcome.BLOCKED: Verdict.BLOCKED,
    Outcome.REPAIRED: Verdict.PASS,
    Outcome.NOT_REPAIRED: Verdict.FAIL,
    Outcome.ABORTED: Verdict.ABORTED,
}
_STATES: dict[str, HatchState] = {"open": "open", "shut": "shut", "moving": "moving", "queued": "moving"}


def build_response_report(
    document: ResponseDocument, bench: BenchFile, recording: Recording | None = None
) -> str:
    """The page as one HTML text that loads nothing from anywhere."""
    figures = _figures(document, bench, recording)
    timeline, left_out = happenings(recording, []) if recording is not None else ([], 0)
    kind = _kind(document)
    return render(
        "response.html",
        **framed(document, figures, f"{kind}.json"),
        bench=bench,
        story=document.story,
        mark=_mark(document),
        facts=_facts(document),
        rows=_rows(document),
        timeline=timeline,
        left_out=left_out,
        phases=[],
        cut=recording is not None and not recording.complete,
        drawing=Markup(_drawing(document, bench, recording)),  # noqa: S704 (made by us, texts escaped there)
    )


def _kind(document: ResponseDocument) -> str:
    """What the document's file is called."""
    if document.verified is not None:
        return "verification"
    return "isolation" if document.story is None else "story"


def _mark(document: ResponseDocument) -> Mark:
    """A story is judged by what it expects, whatever the outcome of the response."""
    if document.story is not None and document.problem is None:
        return MARKS[Verdict.PASS if all(check.ok for check in document.story.checks) else Verdict.FAIL]
    return MARKS[_LOOKS[document.outcome]]


def _figures(
    document: ResponseDocument, bench: BenchFile, recording: Recording | None
) -> Mapping[str, Figure]:
    if recording is None or not recording.readings:
        return {}
    if not np.isfinite(recording.table().pressure_pa).any():
        return {}
    return {"course": course_figure(document, recording, [hatch.name for hatch in bench.hatches])}


def _facts(document: ResponseDocument) -> list[tuple[str, str, str]]:
    """What matters most, each as (what, value, note)."""
    facts: list[tuple[str, str, str]] = []
    if document.alarm is not None:
        alarm = document.alarm
        facts.append(("alarm", f"{alarm.time_s:.0f} s", _onset_text(alarm)))
        facts.append(("reserve time", _duration(alarm.reserve_safe_s), "linear, by the upper bound"))
    if document.found:
        found = document.found[-1]
        facts.append(("found", _found_text(found), f"{leak_text(found)}; wrong with {found.doubt:.2g}"))
    if document.cuts:
        cut = document.cuts[-1]
        facts.append(("shut off", names_text(cut.modules), f"behind {names_text(cut.hatches)}"))
    if document.rest is not None:
        rest = document.rest
        note = "" if rest.truth_pa_m3_s is None else f"truth {rate_text(rest.truth_pa_m3_s)}"
        facts.append(("rest leaks less than", rate_text(rest.bound_pa_m3_s), note))
    return facts


def _rows(document: ResponseDocument) -> list[tuple[str, str]]:
    """Everything that was decided, in words, for the table."""
    rows: list[tuple[str, str]] = []
    if document.alarm is not None:
        rows += _alarm_rows(document.alarm)
    rows += [
        (
            f"found at {found.time_s:.0f} s",
            f"{_found_text(found)}, {leak_text(found)}; wrong with {found.doubt:.2g}",
        )
        for found in document.found
    ]
    rows += [
        (f"undecided at {one.time_s:.0f} s", f"{one.decider} would decide ({one.about}, {one.needed_s:g} s)")
        for one in document.undecided
    ]
    rows += [
        (
            f"shut off at {cut.time_s:.0f} s",
            f"{names_text(cut.modules)} behind {names_text(cut.hatches) or 'no hatch'}",
        )
        for cut in document.cuts
    ]
    rows += [("hatch that does not hold", hatch) for hatch in document.failed_hatches]
    if document.rest is not None:
        solid = "solid" if document.rest.solid else "not proved solid"
        text = f"{names_text(document.rest.modules)}: less than {rate_text(document.rest.bound_pa_m3_s)}"
        rows.append((f"rest at {document.rest.time_s:.0f} s", f"{solid}; {text}"))
    rows += [
        (
            f"repair at {one.time_s:.0f} s",
            f"{one.repair}: {rate_text(one.before_pa_m3_s)} before, {rate_text(one.after_pa_m3_s)} after",
        )
        for one in document.repairs
    ]
    return rows


def _alarm_rows(alarm: Alarm) -> list[tuple[str, str]]:
    reserves = (alarm.reserve_safe_s, alarm.reserve_linear_s, alarm.reserve_s)
    safe, linear, true = map(_duration, reserves)
    found = alarm.leak_pa_m3_s
    leak, low, high = map(rate_text, (found.value, found.low, found.high))
    return [
        (f"alarm at {alarm.time_s:.0f} s", f"{names_text(alarm.modules)} lose gas"),
        ("began", f"{_interval(alarm.onset_s, 0)} s"),
        ("change of pressure", f"{_interval(alarm.slope_pa_s, 4)} Pa/s"),
        ("leak", f"{leak} ({low} … {high})"),
        ("reserve time", f"{safe} for sure; {linear} linear, {true} by the true shape"),
    ]


def _found_text(found: Found) -> str:
    parts = dict(zip(("first", "second"), found.parts, strict=False))
    return suspect_text({"kind": found.kind, "first": None, **parts})


def _onset_text(alarm: Alarm) -> str:
    return f"began at {_interval(alarm.onset_s, 0)} s"


def _interval(interval: Interval, places: int) -> str:
    value, low, high = (rounded(end, places) for end in (interval.value, interval.low, interval.high))
    return f"{value} ({low} … {high})"


def _duration(seconds: float) -> str:
    for unit, size in (("d", 86_400.0), ("h", 3600.0), ("min", 60.0)):
        if seconds >= 2.0 * size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.0f} s"


def _drawing(document: ResponseDocument, bench: BenchFile, recording: Recording | None) -> str:
    """The station as it stood in the end: what leaks, what was shut off, what was proved."""
    told = recording.housekeeping[-1]["hatches"] if recording is not None and recording.housekeeping else {}
    states: dict[str, HatchState] = {
        hatch.name: _STATES.get(told.get(hatch.name, ""), "unknown") for hatch in bench.hatches
    }
    leaking = {part for found in document.found[-1:] for part in found.parts}
    shut_off = {module for cut in document.cuts[-1:] for module in cut.modules}
    proved = set(document.rest.modules) if document.rest is not None and document.rest.solid else set()
    repaired = document.repairs[-1].repair if document.repairs else ""
    colours: dict[str, str] = {}
    labels: dict[str, tuple[str, str]] = {}
    for module in bench.chambers:
        name = module.name
        words = [word for word, members in (("leaks", leaking), ("shut off", shut_off)) if name in members]
        if name in leaking:
            colours[name] = "var(--fail)"
        elif name in shut_off:
            colours[name] = "var(--doubt)"
        elif name == document.verified:
            colours[name] = "var(--pass)" if document.outcome is Outcome.REPAIRED else "var(--doubt)"
            words = [repaired]
        elif name in proved:
            colours[name], words = "var(--pass)", ["solid"]
        labels[name] = (", ".join(words), f"{module.volume_ml:g} mL")
    return station_svg(bench, colours=colours, labels=labels, hatch_states=states)
