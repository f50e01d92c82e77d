"""Draw a station as SVG: for the report and, later, the live page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Literal

from hatchwatch.boards.layout import Cell, place_modules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hatchwatch.boards.model import BenchFile, Hatch, Module

__all__ = ["HatchState", "station_svg"]

HatchState = Literal["open", "shut", "moving", "unknown"]

# Lengths in SVG units, about one pixel.
CELL_WIDTH, CELL_HEIGHT = 182, 138
BOX_WIDTH, BOX_HEIGHT = 124, 78
MARGIN = 16
NECK = 18  # width of the tunnel between two modules
VALVE = 10  # radius of the injector's arrow

PLAIN_COLOUR = "#64748b"
NECK_COLOUR = "#94a3b8"
DOOR_COLOURS = {"shut": "#0f172a", "open": "#16a34a", "moving": "#d97706"}
STYLE = """
.station text { font-family: system-ui, "Segoe UI", Roboto, Arial, sans-serif; fill: #0f172a; }
.station .name { font-size: 15px; font-weight: 600; }
.station .label { font-size: 12px; }
.station .doubt { font-size: 18px; font-weight: 700; fill: #d97706; }
.station .small { font-size: 10.5px; fill: #475569; }
"""


def station_svg(
    bench: BenchFile,
    *,
    colours: Mapping[str, str] | None = None,
    labels: Mapping[str, Sequence[str]] | None = None,
    hatch_states: Mapping[str, HatchState] | None = None,
) -> str:
    """Draw the station; returns one `<svg>` element that scales to the width it is given.

    Args:
        bench: the station to draw.
        colours: CSS colour for each module's frame and tint, by module name; grey where none is given.
        labels: up to two short lines for each module, by module name, instead of its volume and owner.
        hatch_states: state of each hatch, by hatch name; without it hatches are drawn as in the safe state.
    """
    cells = place_modules(bench)
    states = _safe_states(bench) if hatch_states is None else hatch_states
    columns = max(column for column, _ in cells.values()) + 1
    rows = max(row for _, row in cells.values()) + 1
    width, height = 2 * MARGIN + columns * CELL_WIDTH, 2 * MARGIN + rows * CELL_HEIGHT
    frame = f'viewBox="0 0 {width} {height}" width="100%" style="max-width:{width}px"'
    label = f'role="img" aria-label="Station {escape(bench.name)}"'
    parts = [
        f'<svg class="station" xmlns="http://www.w3.org/2000/svg" {frame} {label}>',
        f"<style>{STYLE}</style>",
    ]
    for hatch in bench.hatches:
        parts += _neck(hatch, cells)
    for module in bench.modules:
        colour = (colours or {}).get(module.name, PLAIN_COLOUR)
        parts += _box(
            module, cells[module.name], colour, (labels or {}).get(module.name, _default_label(module))
        )
    for hatch in bench.hatches:
        parts += _door(hatch, cells, states.get(hatch.name, "unknown"))
    return "\n".join([*parts, "</svg>"])


def _safe_states(bench: BenchFile) -> dict[str, HatchState]:
    safe = bench.safe
    return {hatch.name: safe.exceptions.get(hatch.name, safe.hatches) for hatch in bench.hatches}


def _default_label(module: Module) -> Sequence[str]:
    if module.ambient:
        return ("ambient reference",)
    return (f"{module.volume_ml:g} mL", module.owner or "")


def _centre(cell: Cell) -> tuple[float, float]:
    column, row = cell
    return MARGIN + (column + 0.5) * CELL_WIDTH, MARGIN + (row + 0.5) * CELL_HEIGHT


def _box(module: Module, cell: Cell, colour: str, label: Sequence[str]) -> list[str]:
    x, y = _centre(cell)
    left, top = x - BOX_WIDTH / 2, y - BOX_HEIGHT / 2
    dash = ' stroke-dasharray="5 4"' if module.ambient else ""
    frame = f'x="{left:g}" y="{top:g}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="14"'
    colour = escape(colour)
    parts = [
        "<g>",
        f"<title>{escape(module.title or module.name)}</title>",
        f'<rect {frame} fill="#ffffff"/>',  # hides the necks behind the tint
        f'<rect {frame} fill="{colour}" fill-opacity="0.14" stroke="{colour}" stroke-width="2.5"{dash}/>',
        _text(x, y - 14, "name", module.name),
    ]
    parts += [_text(x, y + 6 + 16 * index, "label", line) for index, line in enumerate(label[:2])]
    aboard = [word for word, told in (("crew", module.occupied), ("lifeboat", module.lifeboat)) if told]
    if aboard:
        parts.append(_text(left + 8, top - 6, "small", " · ".join(aboard), "start"))
    if module.injector is not None:
        parts += _injector(left + BOX_WIDTH - 26, y + BOX_HEIGHT / 2)
    return [*parts, "</g>"]


def _injector(x: float, bottom: float) -> list[str]:
    """A small arrow out of the hull."""
    tip = bottom + 1.6 * VALVE
    shape = f"M{x - VALVE / 2:g} {bottom + 5:g} h{VALVE} L{x:g} {tip:g} Z"
    title = "<title>injector: a valve to the open air</title>"
    return [f'<path d="{shape}" fill="{NECK_COLOUR}">{title}</path>']


def _neck(hatch: Hatch, cells: Mapping[str, Cell]) -> list[str]:
    """The tunnel between two modules."""
    (x1, y1), (x2, y2) = (_centre(cells[name]) for name in hatch.between)
    line = f'x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"'
    return [
        f'<line {line} stroke="{NECK_COLOUR}" stroke-width="{NECK}"/>',
        f'<line {line} stroke="#f8fafc" stroke-width="{NECK - 4}"/>',
    ]


def _door(hatch: Hatch, cells: Mapping[str, Cell], state: HatchState) -> list[str]:
    """The hatch itself, in the middle of its tunnel: across it when shut, along its wall when open."""
    (x1, y1), (x2, y2) = (_centre(cells[name]) for name in hatch.between)
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    title = f"<title>{escape(f'hatch {hatch.name}: {state}')}</title>"
    if abs(x2 - x1) >= abs(y2 - y1):
        word = _text(x, y + NECK / 2 + 16, "small", state)
    else:
        word = _text(x + NECK / 2 + 12, y + 4, "small", state, "start")
    if state == "unknown":
        return ["<g>", title, _text(x, y + 6, "doubt", "?"), word, "</g>"]
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    along_x, along_y = (x2 - x1) / length, (y2 - y1) / length
    across_x, across_y = -along_y, along_x
    half = NECK / 2 + 3
    hinge_x, hinge_y = x - across_x * half, y - across_y * half
    swing_x, swing_y = {
        "shut": (2 * half * across_x, 2 * half * across_y),
        "open": (NECK * along_x, NECK * along_y),
        "moving": (half * (along_x + across_x), half * (along_y + across_y)),
    }[state]
    line = f'x1="{hinge_x:g}" y1="{hinge_y:g}" x2="{hinge_x + swing_x:g}" y2="{hinge_y + swing_y:g}"'
    paint = f'stroke="{DOOR_COLOURS[state]}" stroke-width="4.5" stroke-linecap="round"'
    return ["<g>", title, f"<line {line} {paint}/>", word, "</g>"]


def _text(x: float, y: float, kind: str, text: str, anchor: str = "middle") -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(text)}</text>'
