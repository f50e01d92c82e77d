"""The table of a study fits the terminal, and no word of it is broken."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from hatchwatch.cli.study_table import study_tables
from hatchwatch.studies.kinds import measures_of
from hatchwatch.studies.measures import Estimate
from hatchwatch.studies.results import PointSummary

MEASURES = measures_of("response")


def points(count: int) -> list[PointSummary]:
    one = Estimate(0.25, 0.125, 0.5, 50)
    given = {measure.name: one for measure in MEASURES[:-1]} | {MEASURES[-1].name: None}
    leaks = [10.0**-place for place in range(count)]
    return [PointSummary({"leak_pa_m3_s": leak, "surroundings": "quiet"}, 50, given) for leak in leaks]


def printed(shown: list[PointSummary], measures, width: int) -> list[list[str]]:
    """The lines of each table."""
    blocks = []
    for table in study_tables(shown, measures, width):
        out = Console(file=io.StringIO(), width=width, color_system=None)
        out.print(table)
        blocks.append([line.rstrip() for line in out.file.getvalue().splitlines()])
    return blocks


def test_what_fits_has_a_row_for_each_point():
    (block,) = printed(points(3), MEASURES[:2], 80)
    assert len(block) == 1 + 3
    assert block[0].split()[:3] == ["leak_pa_m3_s", "surroundings", "scenarios"]


@pytest.mark.parametrize("width", [80, 60])
def test_what_does_not_fit_has_a_column_for_each_point_in_blocks(width):
    blocks = printed(points(12), MEASURES, width)
    assert len(blocks) > 1
    values: list[str] = []
    for block in blocks:
        assert max(map(len, block)) <= width
        assert [line.split("  ")[0] for line in block][:3] == ["leak_pa_m3_s", "surroundings", "scenarios"]
        assert [line.split("  ")[0] for line in block][3:] == [one.title for one in MEASURES[:-1]]
        values += block[0].split()[1:]
    assert values == [f"{10.0**-place:g}" for place in range(12)]
