from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hatchwatch.evidence.document import document_of_decay
from hatchwatch.evidence.result import Problem
from hatchwatch.evidence.wording import names_text, pressure_text, summary_sentence
from hatchwatch.methods.results import Verdict
from hatchwatch.numbers import rate_text

if TYPE_CHECKING:
    from hatchwatch.boards.model import BenchFile
    from hatchwatch.evidence.result import Identity, Session
    from hatchwatch.methods.results import DecayResult


def told(decay: DecayResult, station: BenchFile, identity: Identity, session: Session) -> str:
    return document_of_decay(decay, station, identity=identity, session=session).summary


def test_the_worst_news_comes_first(
    decay: DecayResult, station: BenchFile, identity: Identity, session: Session
) -> None:
    assert told(decay, station, identity, session) == (
        "PrK leaks 510.0 µPa·m³/s (95 %: 500.2 … 519.8), 5.1 times the limit of 100 µPa·m³/s; "
        "Zarya stays undecided: too near the limit to tell; the other 4 modules pass."
    )


def test_all_hold(decay: DecayResult, station: BenchFile, identity: Identity, session: Session) -> None:
    tight = tuple(module for module in decay.modules if module.verdict is Verdict.PASS)
    assert told(replace(decay, modules=tight), station, identity, session) == (
        "All 4 modules hold: no leak above 100 µPa·m³/s at 8 kPa over ambient."
    )
    assert told(replace(decay, modules=tight[:1]), station, identity, session).startswith("Progress holds:")


def test_several_leak(decay: DecayResult, station: BenchFile, identity: Identity, session: Session) -> None:
    leaking = decay.modules[1]
    both = (leaking, replace(leaking, name="Unity"), decay.modules[0])
    assert told(replace(decay, modules=both), station, identity, session) == (
        "PrK (510 µPa·m³/s) and Unity (510 µPa·m³/s) leak more than the limit of 100 µPa·m³/s; "
        "the other module passes."
    )


def test_a_dead_sensor_does_not_hide_a_leak(
    decay: DecayResult, station: BenchFile, identity: Identity, session: Session
) -> None:
    dead = replace(decay.modules[2], verdict=Verdict.BLOCKED)
    text = told(replace(decay, modules=(decay.modules[1], dead)), station, identity, session)
    assert text.startswith("PrK leaks")
    assert "nothing can be said about Zvezda" in text


def test_a_problem_is_the_headline_and_nothing_is_no_success() -> None:
    assert summary_sentence([], None, Problem(seen="Cable gone.", fault="the port")) == "Cable gone."
    assert summary_sentence([], None) == "No module was tested."


def test_small_parts() -> None:
    assert names_text(["a"]) == "a"
    assert names_text(["a", "b", "c"]) == "a, b and c"
    assert rate_text(1.234e-5) == "12.3 µPa·m³/s"
    assert rate_text(None) == "unknown"
    assert pressure_text(-8000.0) == "at 8 kPa below ambient"
