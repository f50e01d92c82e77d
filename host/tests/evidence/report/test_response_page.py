"""The page of a response: offline, with its course, its decisions and what was expected."""

from __future__ import annotations

import json
import re

import pytest
from plotly import graph_objects

from hatchwatch.evidence.report.response_figures import course_figure, hatch_spans, suspect_curves
from hatchwatch.evidence.report.response_page import build_response_report


@pytest.fixture
def document(response_document):
    return response_document


@pytest.fixture
def recording(response_recording):
    return response_recording


@pytest.fixture
def page(document, station, recording):
    return build_response_report(document, station, recording)


@pytest.fixture
def words(page):
    without_scripts = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", without_scripts).split())


def test_it_loads_nothing_and_runs_nothing_of_others(page):
    assert "default-src 'none'" in page
    markup = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    loaded = re.findall(r'(?:src|href)="([^"]*)"', markup)
    assert all(target.startswith(("data:", "#")) for target in loaded)
    assert "The leak &lt;in&gt; the chamber" in page


def test_what_was_decided_is_there_in_words(words):
    assert "began at 99 (96 … 101)" in words
    assert "PrK, 598 µPa·m³/s; wrong with 1e-05" in words
    assert "PrK behind Progress-PrK and PrK-Zvezda" in words
    assert "solid; Progress, Zvezda, Zarya, Unity and Destiny: less than 48.0 µPa·m³/s" in words
    assert "First paragraph." in words
    assert "An hour is a minute." in words


def test_checks_are_listed_with_their_marks(words):
    assert "✔ leak_found with first PrK FOUND 141.0" in words
    assert "✖ no sensor_drifts" in words


def test_a_story_that_came_out_otherwise_looks_failed(page, document, station, recording):
    assert '<header class="hero fail">' in page
    right = [check for check in document.story.checks if check.ok]
    good = document.model_copy(update={"story": document.story.model_copy(update={"checks": right})})
    assert '<header class="hero pass">' in build_response_report(good, station, recording)


def test_without_a_recording_there_are_words_only(document, station):
    page = build_response_report(document, station)
    assert 'id="course"' not in page
    assert "Progress-PrK" in page


def test_the_figure_is_plain_json_with_three_rows(document, station, recording):
    figure = course_figure(document, recording, [hatch.name for hatch in station.hatches])
    json.dumps(figure, allow_nan=False)
    names = [trace["name"] for trace in figure["data"]]
    assert names[:6] == [module.name for module in station.modules]
    assert "hatch shut" in names
    assert "suspect: PrK" in names
    assert "done to the bench" in names
    assert {trace.get("yaxis", "y") for trace in figure["data"]} == {"y", "y2", "y3", "y4"}
    assert [mark["text"] for mark in figure["layout"]["annotations"]] == [
        "alarm",
        "found",
        "shut off",
        "rest measured",
    ]
    band = next(shape for shape in figure["layout"]["shapes"] if shape["type"] == "rect")
    assert (band["x0"], band["x1"]) == (96, 101)


def room_px(figure, axis):
    """How high a part of the figure is drawn."""
    layout = figure["layout"]
    low, high = layout[axis]["domain"]
    return (layout["height"] - layout["margin"]["t"] - layout["margin"]["b"]) * (high - low)


def test_many_suspects_take_nothing_from_the_curves(document, station, recording, say):
    names = [hatch.name for hatch in station.hatches]
    before = course_figure(document, recording, names)
    told = {"probability_ppm": 120_000, "leak_npa_m3_s": 1, "uncertainty_npa_m3_s": 1}
    pairs = [(first, second) for first in ("PrK", "Zvezda", "Zarya") for second in ("Unity", "Destiny")]
    guesses = [{"kind": "two_modules", "first": one, "second": other, **told} for one, other in pairs]
    recording.responses.append({"board_time_s": 150.0, "hypotheses": guesses})
    after = course_figure(document, recording, names)
    for axis in ("yaxis", "yaxis2", "yaxis3"):
        assert room_px(after, axis) == pytest.approx(room_px(before, axis), abs=0.5)
    assert after["layout"]["height"] > before["layout"]["height"] + 30


def test_every_hatch_has_room_for_its_name(document, recording):
    names = [f"M{place:02}-M{place + 1:02}" for place in range(15)]
    figure = course_figure(document, recording, names)
    axis = figure["layout"]["yaxis2"]
    assert (axis["tickmode"], axis["dtick"]) == ("linear", 1)
    assert room_px(figure, "yaxis2") >= 15 * 18


def test_where_nobody_is_suspected_the_time_stands_below_the_hatches(document, station, recording):
    recording.responses.clear()
    figure = course_figure(document, recording, [hatch.name for hatch in station.hatches])
    assert figure["layout"]["xaxis"]["anchor"] == "y2"
    assert figure["layout"]["yaxis2"]["domain"][0] == 0.0


def test_labels_that_would_cover_each_other_stand_in_rows(document, station, recording):
    times_s = {"leak_alarm": 100.0, "leak_isolated": 140.0, "rest_measured": 148.0}
    late = [event for event in document.events if event.name in times_s]
    moved = [event.model_copy(update={"time_s": times_s[event.name]}) for event in late]
    figure = course_figure(document.model_copy(update={"events": moved}), recording, [])
    assert [label["yshift"] for label in figure["layout"]["annotations"]] == [0, 0, 17]


def test_pressures_begin_at_zero_and_the_leak_falls(document, station, recording):
    figure = course_figure(document, recording, [])
    by_name = {trace["name"]: trace["y"] for trace in figure["data"][:6]}
    assert abs(by_name["Zvezda"][0]) < 1.0
    assert by_name["Zvezda"][-1] == pytest.approx(0.0, abs=0.01)
    assert by_name["PrK"][-1] == pytest.approx(-2.0 * (499 - 11.5), abs=5.0)


def test_spans_of_hatches(recording):
    assert next(hatch_spans(recording, "open")) == ("Progress-PrK", 1.0, 112.0)
    shut = {hatch: (start_s, end_s) for hatch, start_s, end_s in hatch_spans(recording, "shut")}
    assert len(shut) == 5
    assert shut["PrK-Zvezda"][0] == 112.0
    assert shut["PrK-Zvezda"][1] >= 199.0


def test_suspects_are_ranked_and_the_improbable_left_out(recording):
    curves = suspect_curves(recording)
    assert list(curves) == ["PrK", "Zvezda"]
    times_s, shares = curves["Zvezda"]
    assert (times_s, shares) == ([130.0, 140.0], [0.3, None])


def test_plotly_knows_everything_in_the_figure(document, station, recording):
    """Its own validators refuse a property or a value that it would not draw."""
    figure = course_figure(document, recording, [hatch.name for hatch in station.hatches])
    coloured = re.sub(r"var\(--[a-z0-9]+\)", "#123456", json.dumps(figure))
    drawn = graph_objects.Figure(json.loads(coloured))
    assert len(drawn.data) == len(figure["data"])
