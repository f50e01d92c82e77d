"""A study in the terminal: a row for each point of the grid, or a column where that is too wide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.table import Table

from hatchwatch.studies.wording import estimate_text, value_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hatchwatch.studies.measures import Measure
    from hatchwatch.studies.results import PointSummary

    Cells = list[str]

__all__ = ["study_tables"]

_GAP = 2  # between two columns


def study_tables(points: Sequence[PointSummary], measures: Sequence[Measure], width: int) -> Iterator[Table]:
    """One table that fits `width` characters, or several: blocks of points side by side.

    Measures that have no value at any point are left out.
    """
    columns = _columns(points, measures)
    if _width(columns) <= width:
        yield _table(columns, heads=len(points[0].at))
        return
    names, *figures = zip(*columns, strict=True)
    for block in _blocks(list(names), list(map(list, figures)), width):
        yield _table(block, heads=1)


def _columns(points: Sequence[PointSummary], measures: Sequence[Measure]) -> list[Cells]:
    """What the table holds, column by column, each below its title."""
    columns = [[name, *(value_text(point.at[name]) for point in points)] for name in points[0].at]
    columns.append(["scenarios", *(str(point.scenarios) for point in points)])
    for measure in measures:
        estimates = [point.measures[measure.name] for point in points]
        if any(estimate is not None for estimate in estimates):
            columns.append([measure.title, *(estimate_text(estimate)[0] for estimate in estimates)])
    return columns


def _blocks(names: Cells, figures: list[Cells], width: int) -> Iterator[list[Cells]]:
    """As many columns of figures behind the names as fit, and on with the others; one at the least."""
    block = [names]
    for column in figures:
        if len(block) > 1 and _width([*block, column]) > width:
            yield block
            block = [names]
        block.append(column)
    yield block


def _width(columns: Sequence[Cells]) -> int:
    return sum(max(map(cell_len, column)) + _GAP for column in columns) - _GAP


def _table(columns: Sequence[Cells], *, heads: int) -> Table:
    """Columns of text below their titles; those after the first `heads` hold figures."""
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0))
    for place, (title, *_) in enumerate(columns):
        table.add_column(title, justify="left" if place < heads else "right", overflow="fold")
    for row in zip(*(cells for _, *cells in columns), strict=True):
        table.add_row(*row)
    return table
