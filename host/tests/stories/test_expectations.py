"""What a story expects, against what comes: right, wrong, late, never."""

from __future__ import annotations

import pytest

from hatchwatch.bench.response import ResponseLog, Told
from hatchwatch.stories.expectations import Expectations, fits
from hatchwatch.stories.schema import Expected


def expect(event: str, within_s: float | None = None, **fields) -> Expected:
    return Expected(event=event, within_s=within_s, fields=fields)


@pytest.fixture
def log():
    return ResponseLog({"module": [], "hatch": [], "injector": []})


def tell(log: ResponseLog, time_s: float, name: str, **fields) -> None:
    log.events.append(Told(time_s, name, "high", fields, f"{name} came"))


def test_events_in_their_order_meet_the_expectations(log):
    expected = Expectations([expect("leak_alarm", 60), expect("leak_found", first="PrK")], (), 100.0)
    tell(log, 130.0, "leak_alarm")
    expected.follow(log, 131.0)
    assert not expected.met
    tell(log, 150.0, "hatch_arrived")
    tell(log, 160.0, "leak_found", first="PrK")
    expected.follow(log, 161.0)
    assert expected.met
    assert [(check.ok, check.time_s) for check in expected.end(161.0)] == [(True, 130.0), (True, 160.0)]


def test_the_wrong_module_is_a_failure_at_once(log):
    expected = Expectations([expect("leak_found", first="PrK")], (), 0.0)
    tell(log, 10.0, "leak_found", first="Zvezda")
    expected.follow(log, 11.0)
    assert expected.failed
    (check,) = expected.end(11.0)
    assert (check.ok, check.came) == (False, "leak_found came")


def test_what_is_told_again_and_again_is_waited_for(log):
    expected = Expectations([expect("response_step", phase="measure")], (), 0.0)
    tell(log, 10.0, "response_step", phase="move")
    tell(log, 20.0, "response_step", phase="measure")
    expected.follow(log, 21.0)
    assert expected.met


@pytest.mark.parametrize(("came_s", "ok"), [(59.0, True), (61.0, False)])
def test_a_limit_counts_from_what_was_done_last(log, came_s, ok):
    expected = Expectations([expect("leak_alarm", 50)], (), 0.0)
    expected.happened(10.0)
    tell(log, came_s, "leak_alarm")
    expected.follow(log, came_s)
    assert expected.met is ok
    assert expected.failed is not ok


def test_no_limit_runs_out_before_all_has_happened(log):
    expected = Expectations([expect("leak_alarm", 50)], (), 0.0)
    expected.follow(log, 90.0, more_to_come=True)
    assert not expected.failed
    expected.happened(90.0)
    expected.follow(log, 139.0)
    assert not expected.failed
    expected.follow(log, 141.0)
    assert expected.failed


def test_what_does_not_come_in_time_is_a_failure_without_waiting_longer(log):
    expected = Expectations([expect("leak_alarm", 50), expect("leak_found")], (), 0.0)
    expected.follow(log, 49.0)
    assert not expected.failed
    expected.follow(log, 50.5)
    assert expected.failed
    checks = expected.end(50.5)
    assert [check.came for check in checks] == ["nothing within 50 s", "nothing"]


def test_what_must_not_come(log):
    quiet = Expectations([], ("leak_alarm",), 0.0)
    quiet.follow(log, 300.0)
    (check,) = quiet.end(300.0)
    assert (check.ok, check.expected) == (True, "no leak_alarm")
    tell(log, 20.0, "leak_alarm")
    quiet.follow(log, 301.0)
    assert quiet.failed
    (check,) = quiet.end(301.0)
    assert (check.ok, check.time_s) == (False, 20.0)


@pytest.mark.parametrize(
    ("wanted", "came", "ok"),
    [
        ("PrK", "PrK", True),
        ("PrK", None, False),
        (["b", "a"], ["a", "b"], True),
        (["a"], ["a", "b"], False),
        ({"min": 1, "max": 3}, 3, True),
        ({"min": 1}, 0, False),
        ({"max": 3}, None, False),
    ],
)
def test_values(wanted, came, ok):
    assert fits(wanted, came) is ok
