"""The report's figures, as the plain dicts that Plotly's JavaScript draws.

Colours are CSS variables, such as var(--ink): the page replaces them by the colours of its light or dark
style.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hatchwatch.evidence.report.marks import LINE_COLOURS, MARKS
from hatchwatch.evidence.report.plotting import Figure, axis_title, base_layout, numbers, thinned
from hatchwatch.evidence.wording import pressure_text
from hatchwatch.numbers import scale_for, significant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hatchwatch.evidence.recording import ReadingsTable
    from hatchwatch.evidence.result import Conditions, ModuleEntry, PhaseEntry
    from hatchwatch.methods.results import FitCurves

__all__ = ["Figure", "RateAxis", "leaks_figure", "module_figure", "overview_figure"]

_NARROWEST_LABEL = 0.07  # of the width: phases shorter than this get no name in the figure


def leaks_figure(modules: Sequence[ModuleEntry], conditions: Conditions) -> Figure:
    """All leaks beside the limit: 95 % interval thin, guard band thick, truth as a stroke.

    The axis is an inverse hyperbolic sine: linear about zero, logarithmic beyond, so that tight modules and
    large leaks show in one picture.
    """
    known = [module for module in modules if module.leak_pa_m3_s is not None][::-1]
    axis = RateAxis(conditions.limit_pa_m3_s, known)
    traces = []
    for module in known:
        traces += _leak_traces(module, axis)
    truths = [module for module in known if module.truth_pa_m3_s is not None]
    if truths:
        traces.append(
            {
                "x": [axis.place(module.truth_pa_m3_s or 0.0) for module in truths],
                "y": [module.name for module in truths],
                "mode": "markers",
                "name": "truth (emulated)",
                "marker": {
                    "symbol": "line-ns-open",
                    "size": 13,
                    "color": "var(--ink)",
                    "line": {"width": 2.5},
                },
                "hoverinfo": "skip",
            }
        )
    limit = math.copysign(conditions.limit_pa_m3_s, conditions.at_pa)
    layout = base_layout(height=134 + 44 * len(known))
    layout["xaxis"] |= {"tickvals": axis.ticks, "ticktext": axis.labels, "range": axis.range}
    layout["xaxis"]["title"]["text"] = f"leak {pressure_text(conditions.at_pa)}, Pa·m³/s"
    layout["yaxis"] |= {"showgrid": False, "automargin": True, "categoryarray": [m.name for m in known]}
    layout["shapes"] = [_line_at(axis.place(limit))]
    layout["annotations"] = [
        {
            "x": axis.place(limit),
            "y": 1.0,
            "xref": "x",
            "yref": "paper",
            "yanchor": "bottom",
            "showarrow": False,
            "text": "limit",
            "font": {"color": "var(--fail)"},
        }
    ]
    return {"data": traces, "layout": layout}


def _leak_traces(module: ModuleEntry, axis: RateAxis) -> list[Figure]:
    leak = module.leak_pa_m3_s or 0.0
    mark = MARKS[module.verdict]
    guard = module.guard_band_pa_m3_s or 0.0
    low, high = module.leak_low_pa_m3_s, module.leak_high_pa_m3_s
    ends = (leak if low is None else low, leak if high is None else high)
    line = {"y": [module.name, module.name], "mode": "lines", "showlegend": False, "hoverinfo": "skip"}
    return [
        line | {"x": [axis.place(end) for end in ends], "line": {"color": mark.colour, "width": 2.5}},
        line
        | {
            "x": [axis.place(leak - guard), axis.place(leak + guard)],
            "line": {"color": mark.colour, "width": 8},
        },
        {
            "x": [axis.place(leak)],
            "y": [module.name],
            "mode": "markers",
            "showlegend": False,
            "marker": {
                "symbol": mark.symbol,
                "size": 15,
                "color": mark.colour,
                "line": {"width": 1.5, "color": "var(--panel)"},
            },
            "hovertemplate": f"{module.name}: {module.verdict.value}, {_rate(leak)}"
            f"<br>95 %: {_rate(ends[0])} … {_rate(ends[1])}<extra></extra>",
        },
    ]


class RateAxis:
    """Places rates on an axis that is linear about zero and logarithmic beyond."""

    def __init__(self, limit_pa_m3_s: float, modules: Sequence[ModuleEntry]) -> None:
        self._linear = limit_pa_m3_s / 10.0
        ends = [0.0, limit_pa_m3_s]
        for module in modules:
            leak = module.leak_pa_m3_s or 0.0
            ends += [module.leak_low_pa_m3_s or leak, module.leak_high_pa_m3_s or leak]
            ends += [module.truth_pa_m3_s or 0.0]
        first, last = self.place(min(ends)), self.place(max(ends))
        margin = 0.04 * (last - first)
        self.range = [first - margin, last + margin]
        exponents = range(
            math.floor(math.log10(self._linear)), math.ceil(math.log10(max(map(abs, ends)))) + 1
        )
        sizes = [step * 10.0**exponent for exponent in exponents for step in (1, 2, 5)]
        values = [0.0, *(sign * size for size in sizes if size >= 0.9 * self._linear for sign in (-1, 1))]
        inside = sorted(value for value in values if self.range[0] <= self.place(value) <= self.range[1])
        self.ticks = [self.place(value) for value in inside]
        self.labels = [_tick_text(value) for value in inside]

    def place(self, rate_pa_m3_s: float) -> float:
        """Where a rate lies on the axis."""
        return round(math.asinh(rate_pa_m3_s / self._linear), 5)


def overview_figure(
    table: ReadingsTable,
    phases: Sequence[PhaseEntry],
    ambient_pa: float | None,
    events: Sequence[tuple[float, str]],
) -> Figure:
    """Pressures of all modules over the whole run, with its phases and what happened.

    Pressures are shown over ambient where it is known.
    """
    base_pa = ambient_pa or 0.0
    time_s = thinned(table.time_s)
    traces: list[Figure] = [
        {
            "x": numbers(time_s, 2),
            "y": numbers((thinned(table.pressure_pa[:, column]) - base_pa) / 1000.0, 4),
            "mode": "lines",
            "name": module,
            "line": {"color": LINE_COLOURS[column % len(LINE_COLOURS)], "width": 1.6},
            "hovertemplate": "%{y:.3f} kPa",
        }
        for column, module in enumerate(table.modules)
    ]
    layout = base_layout(height=400)
    layout["xaxis"]["title"]["text"] = "board time, s"
    layout["xaxis"]["hoverformat"] = ".1f"
    layout["yaxis"]["title"]["text"] = (
        "pressure over ambient, kPa" if ambient_pa else "absolute pressure, kPa"
    )
    layout["yaxis"]["tickformat"] = ",.6~g"
    layout["hovermode"] = "x unified"
    layout["shapes"] = [_phase_shape(phase, index) for index, phase in enumerate(phases)]
    span_s = float(table.time_s[-1] - table.time_s[0]) if len(table.time_s) > 1 else 1.0
    layout["annotations"] = [
        _phase_label(phase) for phase in phases if phase.end_s - phase.start_s > _NARROWEST_LABEL * span_s
    ]
    if events:
        traces.append(_event_trace(events))
        layout["yaxis2"] = {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True}
    return {"data": traces, "layout": layout}


def _event_trace(events: Sequence[tuple[float, str]]) -> Figure:
    return {
        "x": [round(time_s, 2) for time_s, _ in events],
        "y": [0.03] * len(events),
        "yaxis": "y2",
        "mode": "markers",
        "name": "events",
        "marker": {"symbol": "triangle-up", "size": 10, "color": "var(--muted)"},
        "text": [text for _, text in events],
        "hovertemplate": "%{text}",
    }


def _phase_shape(phase: PhaseEntry, index: int) -> Figure:
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": phase.start_s,
        "x1": phase.end_s,
        "y0": 0,
        "y1": 1,
        "line": {"width": 0},
        "fillcolor": "var(--shade)" if index % 2 else "rgba(0,0,0,0)",
        "layer": "below",
    }


def _phase_label(phase: PhaseEntry) -> Figure:
    return {
        "x": (phase.start_s + phase.end_s) / 2,
        "y": 1.0,
        "xref": "x",
        "yref": "paper",
        "yanchor": "bottom",
        "showarrow": False,
        "text": phase.name,
        "font": {"color": "var(--muted)", "size": 12},
    }


def module_figure(module: ModuleEntry, fit: FitCurves, table: ReadingsTable | None) -> Figure:
    """One module: pressure as read, gas with thermal changes taken out, the fit of it, and residuals."""
    mark = MARKS[module.verdict]
    zero_pa = float(fit.fitted_pa[0])
    start_s = float(fit.time_s[0])
    time_s = fit.time_s - start_s
    residual = scale_for(max(float(np.std(fit.residual_pa)), 1e-3))
    traces = _measured_traces(module, fit, table, zero_pa)
    traces += [
        {
            "x": numbers(time_s, 2),
            "y": numbers(fit.amount_pa - zero_pa, 3),
            "mode": "markers",
            "name": "gas (thermal changes taken out)",
            "marker": {"color": "var(--accent)", "size": 4.5, "opacity": 0.8},
            "hovertemplate": "%{y:.2f} Pa",
        },
        {
            "x": numbers(time_s, 2),
            "y": numbers(fit.fitted_pa - zero_pa, 4),
            "mode": "lines",
            "name": "fit",
            "line": {"color": mark.colour, "width": 2.5},
            "hovertemplate": "%{y:.2f} Pa",
        },
        {
            "x": numbers(time_s, 2),
            "y": numbers(fit.residual_pa * residual.factor, 3),
            "yaxis": "y2",
            "mode": "lines+markers",
            "showlegend": False,
            "name": "residual",
            "line": {"color": "var(--accent)", "width": 1},
            "marker": {"size": 3.5},
            "hovertemplate": f"%{{y:.2f}} {residual.prefix}Pa",
        },
    ]
    layout = base_layout(height=420)
    layout["xaxis"] |= {"anchor": "y2", "hoverformat": ".1f", "title": axis_title("time in the window, s")}
    layout["yaxis"] |= {
        "domain": [0.36, 1.0],
        "title": axis_title(f"Δp from {zero_pa / 1000.0:.3f} kPa, Pa"),
    }
    layout["yaxis2"] = layout["yaxis"] | {
        "domain": [0.0, 0.27],
        "title": axis_title(f"residual, {residual.prefix}Pa"),
        "zeroline": True,
    }
    layout["hovermode"] = "x unified"
    return {"data": traces, "layout": layout}


def _measured_traces(
    module: ModuleEntry, fit: FitCurves, table: ReadingsTable | None, zero_pa: float
) -> list[Figure]:
    """Pressure as it was read, shifted by the sensor's offset to where the fit begins."""
    if table is None or module.name not in table.modules:
        return []
    column = table.modules.index(module.name)
    inside = (table.time_s >= fit.time_s[0] - 1.0) & (table.time_s <= fit.time_s[-1] + 1.0)
    inside &= np.isfinite(table.pressure_pa[:, column])
    if not inside.any():
        return []
    pressure_pa = table.pressure_pa[inside, column]
    shift_pa = float(np.mean(pressure_pa) - np.mean(fit.pressure_pa)) + zero_pa
    return [
        {
            "x": numbers(thinned(table.time_s[inside]) - float(fit.time_s[0]), 2),
            "y": numbers(thinned(pressure_pa) - shift_pa, 2),
            "mode": "markers",
            "name": "pressure as read",
            "marker": {"color": "var(--faint)", "size": 3},
            "hoverinfo": "skip",
        }
    ]


def _line_at(x: float) -> Figure:
    line = {"color": "var(--fail)", "width": 2, "dash": "dash"}
    return {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "xref": "x", "yref": "paper", "line": line}


def _rate(rate_pa_m3_s: float) -> str:
    scale = scale_for(rate_pa_m3_s)
    return f"{significant(rate_pa_m3_s * scale.factor)} {scale.prefix}Pa·m³/s"


def _tick_text(value: float) -> str:
    scale = scale_for(value)
    return f"{significant(value * scale.factor, 1)} {scale.prefix}".strip()
