from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import plotly.graph_objects as go
import pytest

from hatchwatch.studies.figures import axis_of, axis_title, measure_figures
from hatchwatch.studies.files import parse_study
from hatchwatch.studies.kinds import measures_of
from hatchwatch.studies.scenarios import Plan
from hatchwatch.studies.work import do

if TYPE_CHECKING:
    from hatchwatch.studies.runner import Run


def test_every_measure_is_drawn_over_the_numeric_axis(plan: Plan, run: Run) -> None:
    assert axis_of(plan) == "modules"
    figures = measure_figures(plan, run.rows)
    assert set(figures) == {measure.name for measure in measures_of("bisect")}
    for figure in figures.values():
        assert [trace["name"] for trace in figure["data"]] == ["station tree", "station chain"]
        assert all(trace["x"] == [3.0, 6.0, 9.0] for trace in figure["data"])


def test_plotly_accepts_the_figures(plan: Plan, run: Run) -> None:
    for figure in measure_figures(plan, run.rows).values():
        text = re.sub(r"var\(--\w+\)", "#123456", json.dumps(figure, allow_nan=False))
        go.Figure(json.loads(text))


def test_what_is_drawn_is_shown_as_dots_and_in_bins_of_equal_size() -> None:
    text = """
name = "x"
kind = "bisect"
repeats = 64
[scenario]
station = "tree"
modules = { low = 3, high = 8 }
[parameters]
strategy = 1
"""
    plan = Plan.of(parse_study(text))
    rows = [row for number in range(64) if (row := do(plan, number).row) is not None]
    dots, line = measure_figures(plan, rows)["over-optimum"]["data"]
    assert len(dots["x"]) == 64
    assert len(line["x"]) == 8
    assert line["x"] == sorted(line["x"])
    assert all("8 scenarios" in told for told in line["text"])


def test_a_study_without_a_numeric_axis_has_no_figures(run: Run) -> None:
    plan = Plan.of(parse_study("name = 'x'\nkind = 'bisect'\n[scenario]\nstation = ['tree', 'chain']"))
    assert axis_of(plan) is None
    assert measure_figures(plan, run.rows) == {}


@pytest.mark.parametrize(
    ("factor", "title"),
    [
        ("leak_pa_m3_s", "leak, Pa·m³/s"),
        ("drift_k_h", "drift, K/h"),
        ("onset_s", "onset, s"),
        ("alarm_hours", "alarm hours"),
        ("leak_limits", "leak in detection limits of its module"),
    ],
)
def test_factors_are_spelt_with_their_units(factor: str, title: str) -> None:
    assert axis_title(factor) == title
