"""When things happen: at their time, or behind an event of the board."""

from __future__ import annotations

import pytest

from hatchwatch.bench.response import ResponseLog, Told
from hatchwatch.stories.happenings import Timeline, perform, words
from hatchwatch.stories.schema import Happening


def timed(at_s: float, text: str) -> Happening:
    return Happening.model_validate({"at_s": at_s, "text": text, "fill": {"gauge_pa": 1.0}})


def following(event: str, text: str, delay_s: float = 0.0) -> Happening:
    return Happening.model_validate(
        {"after": event, "delay_s": delay_s, "text": text, "fill": {"gauge_pa": 1.0}}
    )


@pytest.fixture
def log():
    return ResponseLog({"module": [], "hatch": [], "injector": []})


def tell(log: ResponseLog, time_s: float, name: str) -> None:
    log.events.append(Told(time_s, name, "info", {}, name))


def done_until(timeline: Timeline, log: ResponseLog, now_s: float) -> list[str]:
    done = []
    while (happening := timeline.due(now_s, log)) is not None:
        done.append(str(happening.text))
    return done


def test_times_count_from_the_start_in_any_order_of_the_file(log):
    timeline = Timeline([timed(20.0, "second"), timed(10.0, "first")], start_s=100.0, pace=1.0)
    assert done_until(timeline, log, 109.9) == []
    assert timeline.next_s(109.8, 0.5, log) == pytest.approx(0.2)
    assert done_until(timeline, log, 110.0) == ["first"]
    assert timeline.next_s(110.0, 0.5, log) == 0.5
    assert done_until(timeline, log, 500.0) == ["second"]
    assert timeline.over


def test_what_is_nearer_than_a_wait_can_come_is_due(log):
    """A wait ends with the reading that is nearest, so what is due before the next one would never come."""
    timeline = Timeline([timed(10.0, "first")], start_s=0.0, pace=1.0)
    assert timeline.more_to_come
    assert done_until(timeline, log, 9.96) == ["first"]
    assert not timeline.more_to_come


def test_the_pace_shortens_times_and_delays(log):
    timeline = Timeline([timed(100.0, "timed"), following("alarm", "after", 40.0)], start_s=0.0, pace=0.1)
    assert done_until(timeline, log, 10.0) == ["timed"]
    tell(log, 20.0, "alarm")
    assert done_until(timeline, log, 23.9) == []
    assert done_until(timeline, log, 24.0) == ["after"]


def test_what_waits_for_an_event_does_not_hold_up_what_has_a_time(log):
    timeline = Timeline([following("alarm", "after"), timed(5.0, "timed")], start_s=0.0, pace=1.0)
    assert done_until(timeline, log, 5.0) == ["timed"]
    assert not timeline.over
    tell(log, 7.0, "alarm")
    assert done_until(timeline, log, 7.5) == ["after"]


def test_several_may_follow_one_event_and_the_next_one_waits_for_a_later_one(log):
    waiting = [
        following("a", "one"),
        following("a", "two", 5.0),
        following("b", "three"),
        following("a", "four"),
    ]
    timeline = Timeline(waiting, start_s=0.0, pace=1.0)
    tell(log, 0.5, "b")
    tell(log, 1.0, "a")
    assert done_until(timeline, log, 2.0) == ["one"]
    assert done_until(timeline, log, 6.0) == ["two"]
    assert done_until(timeline, log, 50.0) == []
    tell(log, 51.0, "b")
    assert done_until(timeline, log, 60.0) == ["three"]
    tell(log, 61.0, "a")
    assert done_until(timeline, log, 70.0) == ["four"]


@pytest.fixture
def emulated(scripted_bench, tmp_path):
    bench = scripted_bench()
    bench.emulate(tmp_path)
    return bench


@pytest.mark.parametrize(
    ("action", "changed"),
    [
        (
            {"leak": {"module": "PrK", "pa_m3_s": 1e-4}},
            lambda now: now["modules"]["PrK"]["leak_pa_m3_s"] == 1e-4,
        ),
        ({"fill": {"gauge_pa": 10.0}}, lambda now: now["modules"]["PrK"]["pressure_pa"] < 102_000.0),
        ({"heat": {"kelvin": 2.0, "over_s": 0}}, lambda now: now["modules"]["PrK"]["wall_k"] > 294.0),
        ({"front": {"pressure_pa": -900, "over_s": 0}}, lambda now: now["ambient_pa"] < 100_500.0),
    ],
)
def test_what_happens_to_the_surroundings_reaches_the_plant(action, changed, emulated):
    assert not changed(emulated.plant.truth(9.0))
    perform(Happening.model_validate({"at_s": 1, **action}), emulated)
    assert changed(emulated.plant.truth(10.0))


def test_commands_go_to_the_board_with_numbers_for_names(emulated):
    crew = {"name": "set_crew", "fields": {"occupied": ["Progress", "Zvezda"]}}
    perform(Happening.model_validate({"at_s": 1, "command": crew}), emulated)
    repair = {"name": "verify_repair", "fields": {"module": "PrK"}}
    perform(Happening.model_validate({"at_s": 1, "command": repair}), emulated)
    (_, crew_data), (_, repair_data) = emulated.commands
    assert crew_data[1:] == bytes((0, 0b101))
    assert repair_data[1:] == bytes((1,))


def test_words_are_the_storys_own_or_the_action():
    assert words(timed(1.0, "a crack opens")) == "a crack opens"
    plain = Happening.model_validate({"at_s": 1, "seal": {"hatch": "door", "pa_m3_s": 0.1}})
    assert words(plain) == "seal: hatch door, pa_m3_s 0.1"
