"""What the board told, in whole units and in one sentence."""

from __future__ import annotations

import json

import pytest

from hatchwatch.bench.response import ResponseLog
from hatchwatch.evidence.response.document import ResponseDocument
from hatchwatch.evidence.response.findings import findings, summary
from hatchwatch.methods.isolation import Outcome, outcome_of


@pytest.fixture
def document(response_document):
    return response_document


def test_units_are_whole_and_names_are_there(document):
    assert document.outcome is Outcome.SOLID
    assert document.alarm.onset_s.model_dump() == {"value": 99, "low": 96, "high": 101}
    assert document.alarm.leak_pa_m3_s.value == pytest.approx(6e-4)
    assert document.alarm.slope_pa_s.low == pytest.approx(-0.140)
    (found,) = document.found
    assert (found.kind, found.parts, found.doubt) == ("module", ["PrK"], pytest.approx(1e-5))
    (cut,) = document.cuts
    assert (cut.modules, cut.hatches) == (["PrK"], ["Progress-PrK", "PrK-Zvezda"])
    assert document.rest.bound_pa_m3_s == pytest.approx(4.8e-5)
    assert document.rest.modules == ["Progress", "Zvezda", "Zarya", "Unity", "Destiny"]


def test_a_find_has_the_interval_of_the_report_behind_it(station, say, found_report):
    log = ResponseLog(station.part_names)
    found = {"kind": "module", "first": 1, "second": 255, "leak_npa_m3_s": 600_000}
    early = {**found, "probability_ppm": 900_000, "uncertainty_npa_m3_s": 90_000, "leak_npa_m3_s": 580_000}
    late = {**found, "probability_ppm": 999_999, "uncertainty_npa_m3_s": 10_000}
    log.take([found_report(100.0, early), say(101.0, "leak_found", doubt_ppm=1, **found)])
    (told,) = findings(log)["found"]
    assert (told.leak_low_pa_m3_s, told.truth_pa_m3_s) == (None, None)
    log.take([found_report(101.4, early), found_report(102.0, late)])
    (told,) = findings(log, {101.0: 6.1e-4})["found"]
    assert told.leak_low_pa_m3_s == pytest.approx(6e-4 - 1.96e-5)
    assert told.leak_high_pa_m3_s == pytest.approx(6e-4 + 1.96e-5)
    assert told.truth_pa_m3_s == 6.1e-4
    assert summary(Outcome.BLOCKED, log, {101.0: 6.1e-4}).startswith(
        "PrK leaks 600.0 µPa·m³/s (95 %: 580.4 … 619.6; truth 610.0); "
    )


@pytest.fixture
def found_report(say):
    def make(time_s, guess):
        head = {"response_mode": 2, "purpose": "locate", "phase": "measure", "reason": "alarm", "seconds": 1}
        return say(time_s, "response", **head, shut=0, occupied=0, isolated=0, gas=[], hypotheses=[guess])

    return make


def test_the_document_survives_its_file(document):
    assert ResponseDocument.model_validate_json(document.to_json()) == document
    told = json.loads(document.to_json())
    assert told["outcome"] == "solid"
    isolated = next(event for event in told["events"] if event["name"] == "leak_isolated")
    assert isolated["fields"] == {"modules": ["PrK"], "hatches": ["Progress-PrK", "PrK-Zvezda"]}


def test_a_sentence_for_a_leak_that_was_shut_off(document):
    assert document.summary == (
        "PrK leaks 598 µPa·m³/s; PrK is shut off by hatches Progress-PrK and PrK-Zvezda; "
        "the rest is solid: it leaks less than 48.0 µPa·m³/s."
    )


def said(station, *packets) -> str:
    log = ResponseLog(station.part_names)
    log.take(packets)
    findings(log)
    return summary(outcome_of(log), log)


def step(say, time_s, phase):
    return say(time_s, "response_step", purpose="locate", phase=phase, reason="alarm", shut=0)


def test_a_sentence_for_every_other_end(station, say):
    long = {"decider": "longer", "index": 255, "time_s": 600}
    assert said(station, say(1, "leak_inconclusive", **long), step(say, 2, "inconclusive")) == (
        "The search did not decide; a longer measurement of 600 s would."
    )
    crew = said(station, say(1, "response_blocked", blocked="crew", module=2), step(say, 2, "blocked"))
    assert "Zvezda" in crew
    tight = said(
        station,
        step(say, 0, "measure"),
        say(1, "no_leak", limit_npa_m3_s=9_000),
        say(2, "rest_measured", solid=1, modules=0b111111, bound_npa_m3_s=50_000),
        step(say, 3, "done"),
    )
    assert tight == "No module leaks more than 9.00 µPa·m³/s."
    assert said(station) == "No alarm came, and nothing was moved."


@pytest.mark.parametrize(
    ("kind", "first", "second", "words"),
    [
        ("two_modules", 1, 4, "PrK and Unity leak, the first one 500 µPa·m³/s"),
        ("module_and_hatch", 1, 1, "PrK leaks 500 µPa·m³/s, and hatch PrK-Zvezda leaks into it"),
        ("hatch", 1, 255, "Hatch PrK-Zvezda leaks through, and no gas is lost"),
        ("sensor_drifts", 2, 255, "The sensor of Zvezda drifts, and no gas is lost"),
    ],
)
def test_what_was_found_in_words(kind, first, second, words, station, say):
    found = {"kind": kind, "first": first, "second": second, "doubt_ppm": 1, "leak_npa_m3_s": 500_000}
    assert words in said(station, say(1, "leak_found", **found), step(say, 2, "done"))


def test_a_measurement_of_a_repair_that_does_not_decide_is_not_called_a_search(station, say):
    measured = {"purpose": "verify", "reason": "command", "shut": 0b11}
    told = said(
        station,
        say(1, "leak_inconclusive", decider="sensor", index=1, time_s=0),
        say(2, "response_step", phase="inconclusive", **measured),
    )
    assert told.startswith("The measurement of the repair did not decide")


def test_a_repair_in_words(station, say):
    worse = {"repair": "worse", "before_npa_m3_s": 390_000, "after_npa_m3_s": 500_000}
    told = said(station, step(say, 0, "measure"), say(1, "repair_verified", **worse), step(say, 2, "done"))
    assert told == "The last repair made it worse: 390 µPa·m³/s before, 500 µPa·m³/s after."
