"""Place the modules of a station on a grid: the longest row straight, branches off it."""

from __future__ import annotations

from collections import deque
from itertools import count, product
from typing import TYPE_CHECKING

from hatchwatch.boards.graph import neighbours, reachable

if TYPE_CHECKING:
    from hatchwatch.boards.model import BenchFile

__all__ = ["Cell", "place_modules"]

Cell = tuple[int, int]  # column, row; row 0 is the long row


def place_modules(bench: BenchFile) -> dict[str, Cell]:
    """Give every module a cell of its own; columns and rows begin at 0.

    The longest way through the station lies in one row, from the module that the file names first. Branches
    take the nearest free cell next to the module they hang on. Ambient sensors stand below everything.
    """
    names = [module.name for module in bench.chambers]
    joined = neighbours(names, [hatch.between for hatch in bench.hatches])
    spine = _longest_way(names, joined)
    cells: dict[str, Cell] = {name: (column, 0) for column, name in enumerate(spine)}
    for name in (found for start in spine for found in reachable(start, joined)):
        if name not in cells:
            parent = next(other for other in joined[name] if other in cells)
            cells[name] = _nearest_free(cells[parent], set(cells.values()))
    bottom = max(row for _, row in cells.values()) + 1
    ambient = [module.name for module in bench.modules if module.ambient]
    cells |= {name: (column, bottom) for column, name in enumerate(ambient)}
    left, top = min(column for column, _ in cells.values()), min(row for _, row in cells.values())
    return {name: (column - left, row - top) for name, (column, row) in cells.items()}


def _longest_way(names: list[str], joined: dict[str, list[str]]) -> list[str]:
    """The longest of the shortest ways between two modules: in a tree, its diameter."""
    ways = [_way_to_farthest(name, joined) for name in names]
    longest = max(ways, key=len)  # the first of the longest, so that drawings don't jump
    return longest if names.index(longest[0]) <= names.index(longest[-1]) else longest[::-1]


def _way_to_farthest(start: str, joined: dict[str, list[str]]) -> list[str]:
    before: dict[str, str | None] = {start: None}
    queue = deque([start])
    name = start
    while queue:
        name = queue.popleft()
        for other in joined[name]:
            if other not in before:
                before[other] = name
                queue.append(other)
    way: list[str] = []
    step: str | None = name  # the last one found is among the farthest
    while step is not None:
        way.append(step)
        step = before[step]
    return way[::-1]


def _nearest_free(cell: Cell, taken: set[Cell]) -> Cell:
    """Return the free cell nearest to `cell`: above and below first, then to the sides, then farther away."""
    column, row = cell
    for reach in count(1):
        offsets = [
            (dx, dy) for dx, dy in product(range(-reach, reach + 1), repeat=2) if abs(dx) + abs(dy) == reach
        ]
        for dx, dy in sorted(offsets, key=lambda offset: (abs(offset[0]), offset[0], offset[1])):
            if (column + dx, row + dy) not in taken:
                return column + dx, row + dy
    raise AssertionError("the grid has no end")
