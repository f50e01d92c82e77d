"""What all figures share: their layout, and curves with a sensible number of points.

Colours are CSS variables, such as var(--ink): the page replaces them by the colours of its light or dark
style.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from hatchwatch.methods.results import FloatArray

__all__ = ["Figure", "axis_title", "base_layout", "numbers", "thinned"]

Figure = dict[str, Any]

_MOST_POINTS = 1500  # of one curve; more can't be seen and make the file large
_FONTS = "system-ui, 'Segoe UI', Roboto, Arial, sans-serif"


def base_layout(height: int) -> Figure:
    """What all figures share; the page adds fonts and margins."""
    axis = {
        "gridcolor": "var(--grid)",
        "zerolinecolor": "var(--faint)",
        "linecolor": "var(--grid)",
        "zeroline": False,
        "automargin": True,
    }
    return {
        "height": height,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": _FONTS, "size": 13, "color": "var(--ink)"},
        "margin": {"l": 64, "r": 16, "t": 52, "b": 48},
        "legend": {"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top"},
        "hoverlabel": {
            "bgcolor": "var(--panel)",
            "bordercolor": "var(--grid)",
            "font": {"color": "var(--ink)"},
        },
        "xaxis": axis | {"title": axis_title("")},
        "yaxis": axis | {"title": axis_title("")},
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": "var(--faint)", "activecolor": "var(--muted)"},
    }


def axis_title(text: str) -> Figure:
    """The title of an axis."""
    return {"text": text, "standoff": 10, "font": {"size": 13, "color": "var(--muted)"}}


def thinned(values: FloatArray) -> FloatArray:
    """Every n-th value, so that a curve keeps a sensible number of points."""
    return values[:: math.ceil(len(values) / _MOST_POINTS) or 1]


def numbers(values: FloatArray, places: int) -> list[float | None]:
    """Rounded, so that the file stays small; None where there is nothing, which leaves a gap."""
    return [value if math.isfinite(value) else None for value in np.round(values, places).tolist()]
