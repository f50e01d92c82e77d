"""What a board says about a leak, put together."""

from __future__ import annotations

import pytest

from hatchwatch.bench.response import ResponseLog, suspect_text

NAMES = {
    "module": ["Progress", "PrK", "Zvezda"],
    "hatch": ["Progress-PrK", "PrK-Zvezda"],
    "injector": [],
}
STATUS = {
    "response_mode": 2,
    "purpose": "isolate",
    "phase": "settle",
    "reason": "found",
    "seconds": 7,
    "shut": 0b11,
    "occupied": 0b100,
    "isolated": 0,
    "gas": [{"modules": 0b10, "gas_state": "held", "statistic": 0}],
    "hypotheses": [
        {
            "kind": "module",
            "first": 1,
            "second": 255,
            "probability_ppm": 999_000,
            "leak_npa_m3_s": 600_000,
            "uncertainty_npa_m3_s": 2_000,
        }
    ],
}


@pytest.fixture
def log():
    return ResponseLog(NAMES)


def test_events_come_back_with_names(log, say):
    told = log.take([say(3.0, "leak_isolated", modules=0b10, hatches=0b11)])
    assert told == log.events
    assert told[0].fields == {"modules": ["PrK"], "hatches": ["Progress-PrK", "PrK-Zvezda"]}
    assert (told[0].time_s, told[0].severity) == (3.0, "high")
    assert log.last("leak_isolated") is told[0]
    assert log.last("leak_found") is None


def test_steps_tell_where_the_response_stands(log, say):
    log.take([say(3.0, "response_step", purpose="locate", phase="move", reason="all_at_once", shut=0b01)])
    assert (log.purpose, log.phase, log.shut) == ("locate", "move", ["Progress-PrK"])
    assert not log.ended
    log.take([say(4.0, "response", **STATUS)])
    assert (log.purpose, log.phase, log.reason) == ("isolate", "settle", "found")
    log.take([say(9.0, "response_step", purpose="reopen", phase="done", reason="found", shut=0b11)])
    assert log.ended
    log.take([say(9.0, "response_stopped", stopped="command")])
    assert (log.purpose, log.phase, log.ended) == ("none", "watch", False)


def test_the_status_holds_suspects(log, say):
    log.take([say(4.0, "response", **STATUS)])
    (guess,) = log.hypotheses
    assert (guess["first"], guess["second"], guess["probability_ppm"]) == ("PrK", None, 999_000)
    assert log.status is not None
    assert log.status["occupied"] == ["Zvezda"]


@pytest.mark.parametrize(
    ("kind", "second", "words"),
    [
        ("module", None, "PrK"),
        ("two_modules", "Unity", "PrK and Unity"),
        ("hatch", None, "hatch PrK"),
        ("module_and_hatch", "aft", "PrK, fed through hatch aft"),
        ("sensor_drifts", None, "sensor of PrK"),
        ("none", None, "no leak"),
    ],
)
def test_suspects_in_words(kind, second, words):
    assert suspect_text({"kind": kind, "first": "PrK", "second": second}) == words
