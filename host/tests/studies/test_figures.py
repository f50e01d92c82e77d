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
        for trace in figure["data"]:
            assert trace["x"] == pytest.approx([3.0, 6.0, 9.0], abs=0.1)


def test_plotly_accepts_the_figures(plan: Plan, run: Run) -> None:
    for figure in measure_figures(plan, run.rows).values():
        text = re.sub(r"var\(--\w+\)", "#123456", json.dumps(figure, allow_nan=False))
        go.Figure(json.loads(text))


def test_lines_of_equal_figures_can_be_told_apart(plan: Plan, run: Run) -> None:
    first, second = measure_figures(plan, run.rows)["closures"]["data"]
    assert all(0.01 < abs(one - other) < 0.5 for one, other in zip(first["x"], second["x"], strict=True))
    assert first["line"]["dash"] != second["line"]["dash"]
    assert first["marker"]["symbol"] != second["marker"]["symbol"]


def test_nothing_but_zeros_stands_on_the_axis() -> None:
    text = "name = 'x'\nkind = 'bisect'\n[scenario]\nstation = 'chain'\nmodules = [3, 4]"
    plan = Plan.of(parse_study(text))
    rows = [row | {"unresolved": 0} for number in range(2) if (row := do(plan, number).row) is not None]
    for figure in measure_figures(plan, rows).values():
        if not any(y for trace in figure["data"] for y in trace["y"]):
            assert "range" in figure["layout"]["yaxis"] or figure["layout"]["yaxis"]["rangemode"] == "tozero"


def test_numbers_at_a_logarithmic_axis_are_whole() -> None:
    text = "name = 'x'\nkind = 'detection'\n[scenario]\nleak_pa_m3_s = [1e-4, 1e-3]\nonset_s = 0\n"
    text += "duration_s = 30"
    plan = Plan.of(parse_study(text))
    rows = [row for number in range(2) if (row := do(plan, number).row) is not None]
    axis = next(iter(measure_figures(plan, rows).values()))["layout"]["xaxis"]
    told = dict(zip(axis["tickvals"], axis["ticktext"], strict=True))
    assert (told[2e-4], told[5e-4], told[1e-3]) == ("0.0002", "0.0005", "0.001")


def test_values_of_a_parameter_have_their_names() -> None:
    text = "name = 'x'\nkind = 'bisect'\n[scenario]\nstation = 'chain'\nmodules = [3, 4]\n"
    plan = Plan.of(parse_study(f"{text}[parameters]\nstrategy = [0, 1]"))
    rows = [row for number in range(4) if (row := do(plan, number).row) is not None]
    names = [trace["name"] for trace in measure_figures(plan, rows)["closures"]["data"]]
    assert names == ["strategy 0 (all hatches shut at once)", "strategy 1 (from the suspect outwards)"]


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
