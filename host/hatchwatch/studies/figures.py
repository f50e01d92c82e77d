"""The figures of a study: every measure over one numeric factor, a line for each combination of the others.

Plain dicts that Plotly's JavaScript draws; colours are variables of the page's style sheet.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hatchwatch.evidence.report.marks import LINE_COLOURS
from hatchwatch.link.dictionary import dictionary
from hatchwatch.studies.kinds import measures_of
from hatchwatch.studies.varied import Between, grid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hatchwatch.studies.journal import Row
    from hatchwatch.studies.measures import Estimate, Measure
    from hatchwatch.studies.scenarios import Plan

__all__ = ["Figure", "axis_of", "measure_figures"]

Figure = dict[str, Any]

_FIRST_CHOICES: Final = ("leak_limits", "leak_pa_m3_s")
_BINS: Final = 8  # of a factor that is drawn
_MOST_DOTS: Final = 1500
_MOST_LINES: Final = len(LINE_COLOURS)
_DASHES: Final = ("solid", "dash", "dot", "dashdot")  # lines that lie on each other can be told apart
_SYMBOLS: Final = ("circle", "diamond", "square", "triangle-up", "x")
_DODGE: Final = 0.012  # of the axis: so far apart stand the figures that several lines have at one value
_DECADES: Final = 3.0  # on an axis with more of them powers of ten alone have a number
_WIDE: Final = 9.0  # ends of an axis this many times apart are shown on a logarithmic one
_FONTS: Final = "system-ui, 'Segoe UI', Roboto, Arial, sans-serif"
_UNITS: Final = {
    "pa_m3_s": "Pa·m³/s",
    "percent": "%",
    "ml": "mL",
    "pa_h": "Pa/h",
    "k_h": "K/h",
    "pa": "Pa",
    "k": "K",
    "s": "s",
}


@dataclass(frozen=True)
class _Line:
    """One line of a figure: the rows of some points of the grid, bin by bin along the axis."""

    label: str
    bins: list[list[Row]]


def axis_of(plan: Plan) -> str | None:
    """The numeric factor to plot over: the leak if it varies, else what comes first; None without any."""
    factors = plan.study.factors
    numeric = [name for name in plan.varied if _is_numeric(factors[name])]
    preferred = [name for name in _FIRST_CHOICES if name in numeric]
    gridded = [name for name in numeric if grid(factors[name]) is not None]
    return next(iter(preferred + gridded + numeric), None)


def measure_figures(plan: Plan, rows: Sequence[Row]) -> dict[str, Figure]:
    """A figure for every measure that has values, by its name."""
    axis = axis_of(plan)
    if axis is None or not rows:
        return {}
    lines = list(_lines(plan, rows, axis))[:_MOST_LINES]
    drawn = grid(plan.study.factors[axis]) is None
    figures = {measure.name: _figure(measure, axis, lines, drawn) for measure in measures_of(plan.study.kind)}
    return {name: figure for name, figure in figures.items() if figure is not None}


@dataclass(frozen=True)
class _Dodge:
    """Moves the figures of several lines at one value apart, so that equal ones can be seen."""

    is_log: bool
    step: float  # between two lines, in decades or in units of the axis
    lines: int

    @classmethod
    def of(cls, values: Sequence[float], lines: int) -> _Dodge:
        """For an axis that shows these values."""
        low, high = min(values), max(values)
        is_log = _scale(values) != {}
        span = math.log10(high / low) if is_log else high - low
        return cls(is_log, _DODGE * span, lines)

    def moved(self, value: float, place: int) -> float:
        """Where line number `place` has its figure at this value."""
        move = (place - (self.lines - 1) / 2) * self.step
        return value * 10.0**move if self.is_log else value + move


def _is_numeric(value: Any) -> bool:
    if isinstance(value, Between):
        return True
    return all(isinstance(one, int | float) for one in grid(value) or ("",))


def _lines(plan: Plan, rows: Sequence[Row], axis: str) -> Iterable[_Line]:
    others = [{name: at[name] for name in at if name != axis} for at in plan.points]
    labels = [
        ", ".join(f"{_spelt(name)} {_named_value(name, value)}" for name, value in other.items())
        for other in others
    ]
    for label in dict.fromkeys(labels):
        places = {place for place, one in enumerate(labels) if one == label}
        mine = sorted((row for row in rows if row["point"] in places), key=lambda row: float(row[axis]))
        if mine:
            yield _Line(label, _bins(mine, axis, gridded=grid(plan.study.factors[axis]) is not None))


def _bins(rows: list[Row], axis: str, *, gridded: bool) -> list[list[Row]]:
    """Rows at equal values of the axis, or equally many of them side by side."""
    if not gridded:
        return [
            [rows[place] for place in places]
            for places in np.array_split(np.arange(len(rows)), _BINS)
            if len(places)
        ]
    values = sorted({row[axis] for row in rows})
    return [[row for row in rows if row[axis] == value] for value in values]


def _figure(measure: Measure, axis: str, lines: Sequence[_Line], drawn: bool) -> Figure | None:
    traces: list[Figure] = []
    dodge = _Dodge.of([float(row[axis]) for line in lines for rows in line.bins for row in rows], len(lines))
    for place, (line, colour) in enumerate(zip(lines, LINE_COLOURS, strict=False)):
        estimates = [
            (float(np.median([row[axis] for row in rows])), estimate)
            for rows in line.bins
            if (estimate := measure.of(rows)) is not None
        ]
        if not estimates:
            continue
        if drawn and measure.form == "spread":
            traces.append(_dots(measure, axis, line, colour))
        trace = _trace(measure, line.label, estimates, colour, named=len(lines) > 1)
        trace["x"] = [_short(dodge.moved(x, place)) for x, _ in estimates]
        trace["line"] |= {"dash": _DASHES[place % len(_DASHES)]}
        trace["marker"] |= {"symbol": _SYMBOLS[place % len(_SYMBOLS)]}
        traces.append(trace)
    if not traces:
        return None
    layout = _layout()
    layout["xaxis"] |= _scale([x for trace in traces for x in trace["x"]]) | {
        "title": _title(axis_title(axis))
    }
    layout["yaxis"] |= {"title": _title(measure.title)}
    if measure.form == "share":
        layout["yaxis"] |= {"range": [-0.02, 1.02], "tickformat": ".0%"}
    elif measure.form == "spread":
        layout["yaxis"] |= _scale([y for trace in traces for y in trace["y"]])
    else:
        layout["yaxis"] |= {"rangemode": "tozero"}
    if layout["yaxis"].get("type") != "log" and not any(y for trace in traces for y in trace["y"]):
        layout["yaxis"] |= {"rangemode": "tozero"}  # nothing but zeros has no scale of its own
    return {"data": traces, "layout": layout}


def _trace(
    measure: Measure, label: str, estimates: list[tuple[float, Estimate]], colour: str, *, named: bool
) -> Figure:
    lead = f"{label}: " if label else ""
    told = [
        f"{lead}{_number(one.value)} ({_number(one.low)} … {_number(one.high)}), {one.count} scenarios"
        for _, one in estimates
    ]
    return {
        "x": [_short(x) for x, _ in estimates],
        "y": [_short(estimate.value) for _, estimate in estimates],
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [_short(estimate.high - estimate.value) for _, estimate in estimates],
            "arrayminus": [_short(estimate.value - estimate.low) for _, estimate in estimates],
            "thickness": 1.2,
            "width": 4,
        },
        "mode": "lines+markers",
        "name": label or measure.name,
        "showlegend": named,
        "line": {"color": colour, "width": 2},
        "marker": {"color": colour, "size": 7},
        "text": told,
        "hovertemplate": "%{text}<extra></extra>",
    }


def _dots(measure: Measure, axis: str, line: _Line, colour: str) -> Figure:
    """Every scenario as a dot, thinned where there are too many to see."""
    rows = [row for rows in line.bins for row in rows if row.get(measure.column) is not None]
    rows = rows[:: math.ceil(len(rows) / _MOST_DOTS) or 1]
    return {
        "x": [_short(row[axis]) for row in rows],
        "y": [_short(row[measure.column] * measure.factor) for row in rows],
        "mode": "markers",
        "showlegend": False,
        "marker": {"color": colour, "size": 3, "opacity": 0.35},
        "text": [f"scenario {row['scenario']}" for row in rows],
        "hovertemplate": "%{text}<extra></extra>",
    }


def axis_title(factor: str) -> str:
    """A factor in words with its unit, which its name ends with."""
    for ending, unit in _UNITS.items():
        if factor.endswith(f"_{ending}"):
            return f"{_spelt(factor.removesuffix(f'_{ending}'))}, {unit}"
    return "leak in detection limits of its module" if factor == "leak_limits" else _spelt(factor)


def _spelt(name: str) -> str:
    return name.replace("_", " ")


def _value(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _named_value(factor: str, value: Any) -> str:
    """The same with what a parameter's value is called, where the dictionary says so."""
    entry = dictionary().parameters.get(factor)
    name = None if entry is None else entry.value_names.get(value)
    return _value(value) if name is None else f"{_value(value)} ({name})"


def _number(value: float) -> str:
    return f"{value:.3g}"


def _short(value: float) -> float:
    """Five digits are more than a figure shows."""
    return float(f"{value:.5g}")


def _scale(values: Sequence[float]) -> Figure:
    positive = [value for value in values if value > 0]
    if not positive or len(positive) < len(values) or max(positive) < _WIDE * min(positive):
        return {}
    low, high = math.log10(min(positive)), math.log10(max(positive))
    steps = (1,) if high - low > _DECADES else (1, 2, 5)
    decades = range(math.floor(low) - 1, math.ceil(high) + 2)  # intervals reach beyond the figures
    ticks = [float(f"{step}e{decade}") for decade in decades for step in steps]
    return {"type": "log", "tickmode": "array", "tickvals": ticks, "ticktext": [f"{one:g}" for one in ticks]}


def _layout() -> Figure:
    axis = {"gridcolor": "var(--grid)", "linecolor": "var(--grid)", "zeroline": False, "automargin": True}
    return {
        "height": 360,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": _FONTS, "size": 13, "color": "var(--ink)"},
        "margin": {"l": 64, "r": 16, "t": 16, "b": 48},
        "legend": {"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top"},
        "hoverlabel": {
            "bgcolor": "var(--panel)",
            "bordercolor": "var(--grid)",
            "font": {"color": "var(--ink)"},
        },
        "xaxis": dict(axis),
        "yaxis": dict(axis),
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": "var(--faint)", "activecolor": "var(--muted)"},
    }


def _title(text: str) -> Figure:
    return {"text": text, "standoff": 10, "font": {"size": 13, "color": "var(--muted)"}}
