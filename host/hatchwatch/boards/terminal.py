"""Draw a station with characters, for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hatchwatch.boards.layout import Cell, place_modules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hatchwatch.boards.model import BenchFile, Module

__all__ = ["station_text"]

WIDE_GAP, NARROW_GAP = 5, 3  # columns between boxes; a hatch is drawn in the middle
GAP_ROWS = 2
_DOORS = {"open": ("─", "│"), "shut": ("╫", "╪"), "moving": ("~", "~"), "queued": ("~", "~")}


def station_text(
    bench: BenchFile,
    width: int = 100,
    *,
    notes: Mapping[str, Sequence[str]] | None = None,
    positions: Mapping[str, str] | None = None,
) -> str:
    """Boxes for modules, lines for hatches: ╫ on a horizontal one, ╪ on a vertical one, ▼ for an injector.

    `width` is what the terminal has, in characters; a station that is wider even with narrow gaps is drawn
    all the same. Hatches between modules that are not side by side are listed below the drawing. `notes` are
    further lines for modules. With `positions` (open, shut, moving ...) only a hatch that is shut is drawn
    across its line; an open one leaves it free, one that moves shows ~, any other a question mark.
    """
    cells = place_modules(bench)
    texts = {
        module.name: [*_box_lines(module), *(notes or {}).get(module.name, ())] for module in bench.modules
    }
    box_width = max(len(line) for lines in texts.values() for line in lines) + 2
    columns = max(column for column, _ in cells.values()) + 1
    gap = WIDE_GAP if columns * (box_width + WIDE_GAP) - WIDE_GAP <= width else NARROW_GAP
    canvas = _Canvas(cells, box_width, max(map(len, texts.values())) + 2, gap)
    for module in bench.modules:
        canvas.box(cells[module.name], texts[module.name], injector=module.injector is not None)
    apart = []
    for hatch in bench.hatches:
        first, second = (cells[name] for name in hatch.between)
        position = None if positions is None else positions.get(hatch.name, "unknown")
        if not canvas.join(first, second, position):
            told = "" if position is None else f" and is {position}"
            apart.append(f"hatch {hatch.name} joins {hatch.between[0]} and {hatch.between[1]}{told}")
    return "\n".join([*canvas.lines(), *apart])


def _box_lines(module: Module) -> list[str]:
    if module.ambient:
        return [module.name, "ambient"]
    aboard = [word for word, told in (("crew", module.occupied), ("lifeboat", module.lifeboat)) if told]
    return [module.name, f"{module.volume_ml:g} mL", *aboard]


class _Canvas:
    """A grid of characters that boxes and lines are put on."""

    def __init__(self, cells: dict[str, Cell], width: int, height: int, gap: int) -> None:
        self._width, self._height, self._gap = width, height, gap
        columns = max(column for column, _ in cells.values()) + 1
        rows = max(row for _, row in cells.values()) + 1
        self._rows = [[" "] * (columns * (width + gap)) for _ in range(rows * (height + GAP_ROWS))]

    def box(self, cell: Cell, lines: list[str], *, injector: bool) -> None:
        """Draw one module."""
        inner = self._width - 2
        bottom = "─" * inner
        if injector:
            bottom = f"{bottom[: inner - 2]}▼{bottom[inner - 1 :]}"
        padded = lines + [""] * (self._height - 2 - len(lines))
        drawn = [f"┌{'─' * inner}┐", *(f"│{line:^{inner}}│" for line in padded), f"└{bottom}┘"]
        left, top = self._corner(cell)
        for offset, line in enumerate(drawn):
            self._rows[top + offset][left : left + self._width] = line

    def join(self, first: Cell, second: Cell, position: str | None) -> bool:
        """Draw a hatch between neighbours; returns False for cells that are not side by side."""
        across, up = ("╫", "╪") if position is None else _DOORS.get(position, ("?", "?"))
        (column, row), (other_column, other_row) = sorted((first, second))
        left, top = self._corner((column, row))
        if (other_column - column, other_row - row) == (1, 0):
            start = left + self._width - 1
            line = f"├{across:─^{self._gap}}┤"
            self._rows[top + self._height // 2][start : start + len(line)] = line
            return True
        if (other_column - column, other_row - row) == (0, 1):
            middle = left + self._width // 2
            for offset, character in enumerate(("┬", up, "│", "┴")):
                self._rows[top + self._height - 1 + offset][middle] = character
            return True
        return False

    def lines(self) -> list[str]:
        """The drawing without trailing blanks."""
        lines = ["".join(row).rstrip() for row in self._rows]
        while not lines[-1]:
            lines.pop()
        return lines

    def _corner(self, cell: Cell) -> tuple[int, int]:
        column, row = cell
        return column * (self._width + self._gap), row * (self._height + GAP_ROWS)
