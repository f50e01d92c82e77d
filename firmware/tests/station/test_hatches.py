"""What is said of a hatch, for every way in which its move can go."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsw.link import numbers as n
from fsw.services.parameters import default_values
from fsw.station import hatches
from fsw.station.hatches import HatchWatch

OPEN, SHUT = n.POSITION_OPEN, n.POSITION_SHUT
TURN_MS = 100
CHECK_S, RETRIES = 5, 1  # the defaults
BLIND = [
    (n.SENSOR_BUS_ERROR, n.HEALTH_SUSPECT),
    (n.SENSOR_ABSENT, n.HEALTH_FAILED),
    (n.SENSOR_FROZEN, n.HEALTH_FAILED),
    (n.SENSOR_FRESH, n.HEALTH_FAILED),
    (n.SENSOR_FRESH, n.HEALTH_RECOVERING),
]


class Gauges:
    """Two modules, and their sensors as the watch sees them."""

    def __init__(self, first_pa=100_000.0, second_pa=100_000.0):
        self.pressure_q8_pa = array("i", (0, 0))
        self.state = bytearray((n.SENSOR_FRESH, n.SENSOR_FRESH))
        self.health = bytearray((n.HEALTH_OK, n.HEALTH_SUSPECT))
        self.show(first_pa, second_pa)

    def show(self, first_pa, second_pa):
        self.pressure_q8_pa[0] = round(first_pa * 256)
        self.pressure_q8_pa[1] = round(second_pa * 256)


def watched(difference_pa):
    gauges = Gauges(100_000 + difference_pa)
    return gauges, HatchWatch(bytes((0, 1)), gauges, default_values())


def move(watch, position, now_ms=0):
    """A command, the beginning of the pulses, the end of the travel time."""
    assert watch.command(0, position) == hatches.NOTHING
    assert watch.start(0) == hatches.TELL_MOVING
    return watch.travel_over(0, now_ms)


def looks(watch, start_ms=0, turns=100):
    """When the first thing happened in turns of 100 ms, and what; None if nothing did."""
    for turn in range(turns):
        now_ms = (start_ms + turn * TURN_MS) & 0x3FFFFFFF
        action = watch.look(0, now_ms)
        if action != hatches.NOTHING:
            return turn * TURN_MS, action
    return None


@pytest.mark.parametrize("difference_pa", [0, 200, -200, 599, -599])
def test_without_a_difference_time_alone_tells(difference_pa):
    _, watch = watched(difference_pa)
    assert move(watch, OPEN) == hatches.ARRIVED_BY_TIME
    assert not watch.checks


@pytest.mark.parametrize("difference_pa", [0, 5000])
def test_shutting_is_told_by_time(difference_pa):
    _, watch = watched(difference_pa)
    assert move(watch, SHUT) == hatches.ARRIVED_BY_TIME


@pytest.mark.parametrize("difference_pa", [601, -601, 8000])
def test_a_difference_that_has_halved_confirms_at_once(difference_pa):
    gauges, watch = watched(difference_pa)
    watch.command(0, OPEN)
    watch.start(0)
    gauges.show(100_000 + difference_pa / 2, 100_000)
    assert watch.travel_over(0, 0) == hatches.ARRIVED_BY_PRESSURE


@pytest.mark.parametrize("start_ms", [0, 2**30 - 2000])
def test_it_may_halve_until_the_time_is_over_and_the_clock_may_wrap(start_ms):
    gauges, watch = watched(2000)
    assert move(watch, OPEN, start_ms) == hatches.NOTHING
    assert watch.checks
    assert looks(watch, start_ms, turns=40) is None
    gauges.show(101_001, 100_000)
    assert watch.look(0, start_ms + 4900 & 0x3FFFFFFF) == hatches.NOTHING, "one pascal more than half"
    gauges.show(101_000, 100_000)
    assert watch.look(0, start_ms + 4900 & 0x3FFFFFFF) == hatches.ARRIVED_BY_PRESSURE


def test_a_difference_that_stays_is_a_retry_and_then_a_failure():
    _, watch = watched(2000)
    move(watch, OPEN)
    assert looks(watch) == (CHECK_S * 1000, hatches.RETRY)
    assert (watch.retries[0], watch.difference_pa[0]) == (1, 2000)
    assert watch.start(0) == hatches.TELL_MOVING
    assert watch.travel_over(0, 6000) == hatches.NOTHING
    assert looks(watch, 6000) == (CHECK_S * 1000, hatches.FAIL)
    assert watch.retries[0] == RETRIES
    assert not watch.checks


def test_what_leaked_away_between_the_tries_does_not_make_the_second_one_blind():
    """A stuck hatch leaks through its seal: 500 Pa would be too little to begin a check with."""
    gauges, watch = watched(700)
    move(watch, OPEN)
    assert looks(watch)[1] == hatches.RETRY
    gauges.show(100_500, 100_000)
    watch.start(0)
    watch.travel_over(0, 6000)
    assert looks(watch, 6000)[1] == hatches.FAIL


@pytest.mark.parametrize("retries", [0, 3])
def test_as_many_retries_as_the_parameter_says(retries):
    _, watch = watched(2000)
    watch._values[n.PARAMETER_HATCH_RETRIES] = retries
    move(watch, OPEN)
    seen = []
    for _ in range(5):
        seen.append(looks(watch)[1])
        if seen[-1] == hatches.FAIL:
            break
        watch.start(0)
        watch.travel_over(0, 0)
    assert seen == [hatches.RETRY] * retries + [hatches.FAIL]


@pytest.mark.parametrize(("state", "health"), BLIND)
@pytest.mark.parametrize("module", [0, 1])
def test_a_sensor_without_valid_data_can_not_tell(module, state, health):
    gauges, watch = watched(5000)
    gauges.state[module], gauges.health[module] = state, health
    assert move(watch, OPEN) == hatches.ARRIVED_BY_TIME


@pytest.mark.parametrize(("state", "health"), BLIND)
def test_a_sensor_that_fails_during_the_check_leaves_it_to_time(state, health):
    gauges, watch = watched(5000)
    move(watch, OPEN)
    gauges.state[1], gauges.health[1] = state, health
    gauges.show(0, 0)  # what it shows now means nothing
    assert looks(watch) == (CHECK_S * 1000, hatches.ARRIVED_BY_TIME)


@pytest.mark.swe134("b")
def test_a_later_command_takes_over_in_every_phase():
    gauges, watch = watched(5000)
    watch.command(0, OPEN)
    assert watch.command(0, SHUT) == hatches.NOTHING  # it waits
    watch.start(0)
    assert watch.command(0, OPEN) == hatches.NOTHING  # it moves
    watch.start(0)
    watch.travel_over(0, 0)
    assert watch.checks
    assert watch.command(0, SHUT) == hatches.NOTHING  # it is checked
    assert not watch.checks
    watch.start(0)
    assert watch.travel_over(0, 0) == hatches.ARRIVED_BY_TIME
    assert looks(watch) is None


def test_a_failed_hatch_gets_a_new_chance_with_all_retries():
    _, watch = watched(5000)
    for _ in range(2):
        move(watch, OPEN)
        assert looks(watch)[1] == hatches.RETRY
        watch.start(0)
        watch.travel_over(0, 0)
        assert looks(watch)[1] == hatches.FAIL


def test_forgotten_moves_say_nothing_more():
    _, watch = watched(5000)
    move(watch, OPEN)
    watch.forget()
    assert not watch.checks
    assert looks(watch) is None


CALLS = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from((OPEN, SHUT)), st.integers(0, 8000), st.integers(0, 7000)),
    max_size=60,
)


@given(CALLS)
@pytest.mark.swe134("b")
def test_whatever_comes_each_move_ends_once(calls):
    """Starts and ends in any order, as a bench without sense would give them: never two ends of one move."""
    gauges, watch = watched(0)
    now_ms, open_moves = 0, 0
    ends = (hatches.ARRIVED_BY_TIME, hatches.ARRIVED_BY_PRESSURE, hatches.FAIL)
    for call, position, difference_pa, later_ms in calls:
        now_ms += later_ms
        gauges.show(100_000 + difference_pa, 100_000)
        if call == 0:
            watch.command(0, position)
            open_moves = 1
            continue
        action = (watch.start, watch.travel_over, watch.look, watch.look)[call - 1](
            *((0,) if call == 1 else (0, now_ms))
        )
        if action in ends:
            assert open_moves == 1
            open_moves = 0
