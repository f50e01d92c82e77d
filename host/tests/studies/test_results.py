from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from hatchwatch.errors import OutputError
from hatchwatch.studies.page import build_page
from hatchwatch.studies.results import summarise, write_summary, write_table, write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from hatchwatch.studies.runner import Run
    from hatchwatch.studies.scenarios import Plan


class Page(HTMLParser):
    """Collects what a page would load, and the rows of its tables."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.rows = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [value or "" for name, value in attrs if name in ("src", "href", "action")]
        self.rows += tag == "tr"


def test_every_scenario_is_a_row_of_the_table(tmp_path: Path, plan: Plan, run: Run) -> None:
    path = tmp_path / "t.parquet"
    write_table(path, plan, run)
    table = pq.read_table(path)
    assert table.column("scenario").to_pylist() == list(range(len(plan)))
    assert table.column("modules").to_pylist()[:3] == [3, 6, 9]
    assert table.schema.metadata[b"hatchwatch.digest"] == b"0123456789abcdef"
    assert json.loads(table.schema.metadata[b"hatchwatch.study"])["name"] == "closures"
    assert [entry.name for entry in tmp_path.iterdir()] == ["t.parquet"]


def test_the_summary_has_a_figure_for_every_point(tmp_path: Path, plan: Plan, run: Run) -> None:
    path = tmp_path / "s.json"
    write_summary(path, plan, run, summarise(plan, run))
    data = json.loads(path.read_text())
    assert [point["at"] for point in data["points"]] == plan.points
    for point in data["points"]:
        rows = [row for row in run.rows if plan.points[row["point"]] == point["at"]]
        told = point["measures"]["closures"]
        assert told["value"] == pytest.approx(sum(row["closures"] for row in rows) / 3)
        assert told["count"] == 3


def test_the_page_loads_nothing_and_has_all_points(plan: Plan, run: Run, study_text: str) -> None:
    points = summarise(plan, run)
    page = Page(text := build_page(plan, run, points, study_text + "# <script>alert(1)</script>"))
    assert page.loads == ["data:,"]
    assert page.rows == len(points) + 1
    assert "# &lt;script&gt;alert(1)" in text
    assert "scenarios went wrong</h2>" not in text


def test_the_page_tells_what_went_wrong_and_what_is_missing(plan: Plan, run: Run, study_text: str) -> None:
    cut = replace(run, rows=run.rows[:-1], troubles={17: "ValueError: <no>"})
    text = build_page(plan, cut, summarise(plan, cut), study_text)
    assert "1 scenarios went wrong</h2>" in text
    assert "ValueError: &lt;no&gt;" in text
    assert f"of {len(plan)}" in text


def test_a_file_that_can_not_be_written_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    def fail(path: Path) -> None:
        path.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="No space left"):
        write_whole(tmp_path / "x", fail)
    assert list(tmp_path.iterdir()) == []
