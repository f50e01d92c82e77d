"""Put the report of a leak test together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from hatchwatch.boards.drawing import station_svg
from hatchwatch.evidence.report.figures import leaks_figure, module_figure, overview_figure
from hatchwatch.evidence.report.frame import framed, render
from hatchwatch.evidence.report.marks import MARKS
from hatchwatch.evidence.report.tables import budget_bars, mbar_power, module_rows, rate_scale, seal_rows
from hatchwatch.evidence.report.timeline import happenings, marked_events
from hatchwatch.evidence.result import PhaseEntry
from hatchwatch.evidence.wording import VERDICT_RULE, pressure_text
from hatchwatch.numbers import rate_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hatchwatch.boards.drawing import HatchState
    from hatchwatch.boards.model import BenchFile
    from hatchwatch.evidence.recording import ReadingsTable, Recording
    from hatchwatch.evidence.report.figures import Figure
    from hatchwatch.evidence.report.tables import ModuleRow
    from hatchwatch.evidence.result import ResultDocument

__all__ = ["build_report"]

_STATES: dict[str, HatchState] = {"open": "open", "shut": "shut", "moving": "moving", "queued": "moving"}


def build_report(document: ResultDocument, bench: BenchFile, recording: Recording | None = None) -> str:
    """The page as one HTML text that loads nothing from anywhere.

    Without a recording, or with a cut one, there are fewer figures; the tables need the document only.
    """
    return render("report.html", **_context(document, bench, recording))


def _context(document: ResultDocument, bench: BenchFile, recording: Recording | None) -> dict[str, Any]:
    scale = rate_scale(document)
    phases = document.phases or _recorded_phases(recording)
    timeline, left_out = happenings(recording, phases) if recording is not None else ([], 0)
    figures = _figures(document, recording, phases)
    states = _hatch_states(document, bench, recording)
    unit, rows = f"{scale.prefix}Pa·m³/s", module_rows(document, scale)
    return {
        **framed(document, figures, "result.json"),
        "bench": bench,
        "known": any(row.leak for row in rows),
        "mark": MARKS[document.verdict],
        "marks": MARKS,
        "unit": unit,
        "mbar_unit": f"{mbar_power(scale)[1]} mbar·L/s",
        "rows": rows,
        "seals": seal_rows(document.hatches, scale),
        "budgets": {module.name: budget_bars(module.budget, scale) for module in document.modules},
        "timeline": timeline,
        "left_out": left_out,
        "phases": phases,
        "cut": recording is not None and not recording.complete,
        "rule": VERDICT_RULE,
        "limit": "" if document.conditions is None else rate_text(document.conditions.limit_pa_m3_s),
        "at": "" if document.conditions is None else pressure_text(document.conditions.at_pa),
        "drawing": Markup(_drawing(rows, unit, bench, states)),  # noqa: S704 (made by us, texts escaped there)
    }


def _figures(
    document: ResultDocument, recording: Recording | None, phases: list[PhaseEntry]
) -> Mapping[str, Figure]:
    figures: dict[str, Figure] = {}
    if document.conditions is not None and any(
        module.leak_pa_m3_s is not None for module in document.modules
    ):
        figures["leaks"] = leaks_figure(document.modules, document.conditions)
    if recording is None:
        return figures
    table: ReadingsTable | None = recording.table() if recording.readings else None
    if table is not None and np.isfinite(table.pressure_pa).any():
        ambient_pa = None if document.conditions is None else document.conditions.ambient_pa
        figures["overview"] = overview_figure(table, phases, ambient_pa, marked_events(recording))
    for module in document.modules:
        if module.name in recording.fits:
            figures[f"module-{module.name}"] = module_figure(module, recording.fits[module.name], table)
    return figures


def _hatch_states(
    document: ResultDocument, bench: BenchFile, recording: Recording | None
) -> dict[str, HatchState]:
    """Hatches as they stood in the measurement; without one as the board told last."""
    if document.hatches:
        return {hatch.name: "shut" for hatch in document.hatches}
    told = recording.housekeeping[-1]["hatches"] if recording is not None and recording.housekeeping else {}
    return {hatch.name: _STATES.get(told.get(hatch.name, ""), "unknown") for hatch in bench.hatches}


def _drawing(rows: Sequence[ModuleRow], unit: str, bench: BenchFile, states: Mapping[str, HatchState]) -> str:
    """The station with what was found in each module."""
    labels = {
        row.entry.name: (
            f"{MARKS[row.entry.verdict].glyph} {row.entry.verdict.value}",
            f"{row.leak.value} {unit}" if row.leak else "",
        )
        for row in rows
    }
    colours = {row.entry.name: MARKS[row.entry.verdict].colour for row in rows}
    return station_svg(bench, colours=colours, labels=labels, hatch_states=states)


def _recorded_phases(recording: Recording | None) -> list[PhaseEntry]:
    if recording is None:
        return []
    return [
        PhaseEntry(name=phase.name, start_s=phase.start_s, end_s=phase.end_s) for phase in recording.phases()
    ]
