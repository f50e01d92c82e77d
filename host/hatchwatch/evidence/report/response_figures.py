"""The course of a response to a leak: pressures, hatches and suspects over one time line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hatchwatch.bench.response import suspect_text
from hatchwatch.evidence.report.marks import LINE_COLOURS
from hatchwatch.evidence.report.plotting import Figure, axis_title, base_layout, numbers, thinned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hatchwatch.evidence.recording import ReadingsTable, Recording
    from hatchwatch.evidence.response.document import EventEntry, ResponseDocument
    from hatchwatch.methods.results import FloatArray

__all__ = ["MILESTONES", "course_figure", "hatch_spans", "suspect_curves"]

# Events that the story turns on, as they are called in the figure.
MILESTONES: Final = {
    "leak_alarm": "alarm",
    "leak_found": "found",
    "leak_inconclusive": "undecided",
    "no_leak": "no leak",
    "leak_isolated": "shut off",
    "cut_failed": "cut failed",
    "rest_measured": "rest measured",
    "repair_verified": "repair verified",
    "response_blocked": "blocked",
    "response_interrupted": "interrupted",
}

_START_SWEEPS = 20  # whose mean is the zero of a sensor: at the start all hatches are open
_WIDTH_PX = 720  # that the figure has at the least on a screen: so much room is there for labels and legend
_LETTER_PX = 7  # mean width of a letter
_SYMBOL_PX = 50  # a line of the legend, before its text
_ROW_PX = 20  # height of a row of the legend, and of a hatch
_LABEL_PX = 17  # height of a row of labels
_BETWEEN_PX = 28  # two parts of the figure
_PRESSURES_PX, _SUSPECTS_PX = 250, 140
_LEAST_SHARE = 0.01  # a suspect that never was more probable than this is not drawn
_MOST_SUSPECTS = 8
_STATE_LINES: Final[dict[str, tuple[str, float]]] = {  # colour and width; what is open is not drawn
    "shut": ("var(--ink)", 9.0),
    "moving": ("var(--doubt)", 9.0),
    "queued": ("var(--faint)", 9.0),
    "failed": ("var(--fail)", 9.0),
    "unknown": ("var(--faint)", 3.0),
}


def course_figure(document: ResponseDocument, recording: Recording, hatches: Sequence[str]) -> Figure:
    """Three rows over one time line: pressures of all modules, hatches that are not open, suspects."""
    table = recording.table()
    traces = [*_pressure_traces(table), *_hatch_traces(recording), *_suspect_traces(recording)]
    if document.happenings:
        traces.append(_happening_trace(document))
    marks = _milestones(document)
    rows = _label_rows(marks, float(table.time_s[-1] - table.time_s[0]))
    layout = _layout(hatches, traces, 1 + max(rows, default=0))
    layout["shapes"] = _shapes(document, marks)
    layout["annotations"] = [_label(event, row) for event, row in zip(marks, rows, strict=True)]
    return {"data": traces, "layout": layout}


def _layout(hatches: Sequence[str], traces: Sequence[Figure], label_rows: int) -> Figure:
    """Heights are in pixels, and the legend has its own: it takes nothing from the curves."""
    shown = {trace.get("yaxis", "y") for trace in traces}
    lowest = next(axis for axis in ("y3", "y2", "y") if axis in shown or axis == "y")
    suspects_px = _SUSPECTS_PX if lowest == "y3" else 0
    hatches_px = max(len(hatches), 1) * _ROW_PX if lowest != "y" else 0
    heights_px = [height for height in (suspects_px, hatches_px, _PRESSURES_PX) if height]  # from below
    drawn_px = sum(heights_px) + (len(heights_px) - 1) * _BETWEEN_PX
    pressures, hatch_rows, suspects, *_ = *list(_domains(heights_px, drawn_px))[::-1], [0, 0], [0, 0]
    axis_px, legend_px, labels_px = 50, _legend_rows(traces) * _ROW_PX, 30 + _LABEL_PX * label_rows
    layout = base_layout(height=labels_px + drawn_px + axis_px + legend_px)
    layout["xaxis"] |= {"anchor": lowest, "title": axis_title("board time, s"), "hoverformat": ".1f"}
    axis = layout["yaxis"]
    layout["yaxis"] = axis | {"domain": pressures, "title": axis_title("Δp since the start, Pa")}
    layout["yaxis2"] = axis | {
        "domain": hatch_rows,
        "title": axis_title("hatches"),
        "type": "category",
        "categoryorder": "array",
        "categoryarray": list(hatches)[::-1],
        "range": [-0.6, len(hatches) - 0.4],
        "tickmode": "linear",
        "dtick": 1,  # each hatch has its name
        "showgrid": False,
    }
    layout["yaxis3"] = axis | {
        "domain": suspects,
        "title": axis_title("probability"),
        "range": [-0.03, 1.03],
        "tickformat": ".0%",
    }
    layout["yaxis4"] = {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True}
    layout["margin"] |= {"t": labels_px, "b": axis_px + legend_px}
    layout["legend"] |= {"y": -axis_px / drawn_px, "entrywidth": _longest(traces) * _LETTER_PX}
    return layout


def _domains(heights_px: Sequence[int], drawn_px: int) -> Iterator[list[float]]:
    """The share of the drawn height for each part, from below."""
    start_px = 0
    for height_px in heights_px:
        yield [start_px / drawn_px, (start_px + height_px) / drawn_px]
        start_px += height_px + _BETWEEN_PX


def _legend_rows(traces: Sequence[Figure]) -> int:
    columns = max(1, _WIDTH_PX // (_longest(traces) * _LETTER_PX + _SYMBOL_PX))
    return math.ceil(len(traces) / columns)


def _longest(traces: Sequence[Figure]) -> int:
    """Letters of the longest name: plotly gives all the same room."""
    return max((len(trace["name"]) for trace in traces), default=0)


def hatch_spans(recording: Recording, state: str) -> Iterator[tuple[str, float, float]]:
    """Each hatch with begin and end of every span in which the board reported it in this state."""
    reports = recording.housekeeping
    ends = [*(float(report["board_time_s"]) for report in reports[1:]), recording.last_time_s]
    since: dict[str, float] = {}
    for report, end_s in zip(reports, ends, strict=False):
        for hatch, told in report["hatches"].items():
            if told == state:
                since.setdefault(hatch, float(report["board_time_s"]))
            elif hatch in since:
                yield hatch, since.pop(hatch), float(report["board_time_s"])
        last_s = end_s
    yield from ((hatch, start_s, last_s) for hatch, start_s in since.items())


def suspect_curves(recording: Recording) -> dict[str, tuple[list[float], list[float | None]]]:
    """Time and probability of each suspect; None where a search ended, so that the curve has a gap there."""
    curves: dict[str, tuple[list[float], list[float | None]]] = {}
    for report in recording.responses:
        time_s = float(report["board_time_s"])
        told = {suspect_text({"first": None} | one): one["probability_ppm"] / 1e6 for one in _guesses(report)}
        for name in told:
            curves.setdefault(name, ([], []))
        for name, (times_s, shares) in curves.items():
            if name in told or (shares and shares[-1] is not None):
                times_s.append(time_s)
                shares.append(told.get(name))
    ranked = sorted(curves, key=lambda name: -_largest(curves[name][1]))
    return {name: curves[name] for name in ranked if _largest(curves[name][1]) > _LEAST_SHARE}


def _guesses(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    guesses: list[dict[str, Any]] = report["hypotheses"]
    return guesses


def _largest(shares: Sequence[float | None]) -> float:
    return max((share for share in shares if share is not None), default=0.0)


def _pressure_traces(table: ReadingsTable) -> Iterator[Figure]:
    time_s = numbers(thinned(table.time_s), 2)
    for column, module in enumerate(table.modules):
        change_pa = _since_start(table.pressure_pa[:, column])
        yield {
            "x": time_s,
            "y": numbers(thinned(change_pa), 2),
            "mode": "lines",
            "name": module,
            "line": {"color": LINE_COLOURS[column % len(LINE_COLOURS)], "width": 1.6},
            "hovertemplate": f"{module} %{{y:.1f}} Pa at %{{x:.0f}} s<extra></extra>",
        }


def _since_start(pressure_pa: FloatArray) -> FloatArray:
    known = pressure_pa[np.isfinite(pressure_pa)][:_START_SWEEPS]
    return pressure_pa - known.mean() if len(known) else pressure_pa


def _hatch_traces(recording: Recording) -> Iterator[Figure]:
    for state, (colour, width) in _STATE_LINES.items():
        spans = list(hatch_spans(recording, state))
        if not spans:
            continue
        yield {
            "x": [x for _, start_s, end_s in spans for x in (start_s, end_s, None)],
            "y": [y for hatch, _, _ in spans for y in (hatch, hatch, None)],
            "yaxis": "y2",
            "mode": "lines",
            "name": f"hatch {state}",
            "line": {"color": colour, "width": width},
            "hovertemplate": f"%{{y}} {state}, %{{x:.1f}} s<extra></extra>",
        }


def _suspect_traces(recording: Recording) -> Iterator[Figure]:
    curves = list(suspect_curves(recording).items())[:_MOST_SUSPECTS]
    for place, (name, (times_s, shares)) in enumerate(curves):
        yield {
            "x": [round(time_s, 1) for time_s in times_s],
            "y": [None if share is None else round(share, 5) for share in shares],
            "yaxis": "y3",
            "mode": "lines",
            "name": f"suspect: {name}",
            "line": {"color": LINE_COLOURS[place % len(LINE_COLOURS)], "width": 2, "dash": "dot"},
            "hovertemplate": f"{name} %{{y:.2%}} at %{{x:.0f}} s<extra></extra>",
        }


def _happening_trace(document: ResponseDocument) -> Figure:
    return {
        "x": [round(one.time_s, 2) for one in document.happenings],
        "y": [0.02] * len(document.happenings),
        "yaxis": "y4",
        "mode": "markers",
        "name": "done to the bench",
        "marker": {"symbol": "triangle-up", "size": 11, "color": "var(--muted)"},
        "text": [one.text for one in document.happenings],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _milestones(document: ResponseDocument) -> list[EventEntry]:
    return [event for event in document.events if event.name in MILESTONES]


def _shapes(document: ResponseDocument, milestones: Sequence[EventEntry]) -> list[Figure]:
    """A line at each milestone, and a band where the leak began."""
    shapes = [_line(event) for event in milestones]
    if document.alarm is not None:
        shapes.append(_band(document.alarm.onset_s.low, document.alarm.onset_s.high))
    return shapes


def _label_rows(milestones: Sequence[EventEntry], shown_s: float) -> list[int]:
    """A row for each label, the lowest one in which it covers no other; `shown_s` is what the axis spans."""
    ends_px: list[float] = []  # of the last label in each row
    rows: list[int] = []
    for event in milestones:
        middle_px = event.time_s / max(shown_s, 1.0) * _WIDTH_PX
        half_px = _LETTER_PX * (len(MILESTONES[event.name]) + 1) / 2
        free = (row for row, end_px in enumerate(ends_px) if end_px <= middle_px - half_px)
        row = next(free, len(ends_px))
        ends_px[row : row + 1] = [middle_px + half_px]
        rows.append(row)
    return rows


def _line(event: EventEntry) -> Figure:
    return {
        "type": "line",
        "xref": "x",
        "yref": "paper",
        "x0": event.time_s,
        "x1": event.time_s,
        "y0": 0,
        "y1": 1,
        "line": {"color": _colour(event), "width": 1.3, "dash": "dash"},
    }


def _label(event: EventEntry, row: int) -> Figure:
    return {
        "x": event.time_s,
        "y": 1.0,
        "xref": "x",
        "yref": "paper",
        "yanchor": "bottom",
        "yshift": _LABEL_PX * row,
        "showarrow": False,
        "text": MILESTONES[event.name],
        "hovertext": event.text,
        "font": {"color": _colour(event), "size": 12},
    }


def _colour(event: EventEntry) -> str:
    return "var(--fail)" if event.severity in {"medium", "high"} else "var(--muted)"


def _band(start_s: float, end_s: float) -> Figure:
    return {
        "type": "rect",
        "xref": "x",
        "yref": "y domain",
        "x0": start_s,
        "x1": max(end_s, start_s + 0.5),
        "y0": 0,
        "y1": 1,
        "line": {"width": 0},
        "fillcolor": "var(--accent)",
        "opacity": 0.25,
        "layer": "below",
    }
