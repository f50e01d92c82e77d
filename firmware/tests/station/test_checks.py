"""Checks under CPython: what is found, when it counts, and when an event is due."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsw.link import numbers as n
from fsw.services.parameters import default_values
from fsw.station.checks import Checks

LOW, HIGH, TIMES = 1, 2, 3  # after the state, in the definition of a check
PRESSURE, RATE, TEMPERATURE, HEALTH = 0, 2, 4, 6  # places of the first of two modules
HEAP, SLIPS, FRAMES = 8, 9, 10


class Bench:
    """Two modules with sensors that say what the test writes."""

    def __init__(self, state=n.CHECK_PASSIVE, repetitions=1):
        self.values = default_values()
        for monitor in range(n.MONITORS):
            self.define(monitor, state=state, repetitions=repetitions)
        self.checks = Checks(2, self.values)
        self.pressure = array("i", [100_000 * 256] * 2)
        self.temperature = array("i", [20 * 65536] * 2)
        self.state = bytearray(2)
        self.health = bytearray(2)
        self.offset = array("i", [0, 0])
        self.heap_free, self.slips, self.frames_bad = 100_000, 0, 0

    def define(self, monitor, state=None, low=None, high=None, repetitions=None):
        first = n.PARAMETER_CHECKS + 4 * monitor
        for place, value in enumerate((state, low, high, repetitions)):
            if value is not None:
                self.values[first + place] = value

    def second(self, times=1):
        sensors = (self.pressure, self.temperature, self.state, self.health)
        for _ in range(times):
            news = self.checks.evaluate(sensors, self.offset, self.heap_free, self.slips, self.frames_bad)
        return news

    def changed(self):
        return [place for place in range(self.checks.places) if self.checks.changed(place)]

    def told(self):
        return [place for place in range(self.checks.places) if self.checks.to_be_told(place)]


def test_every_place_knows_its_check_and_its_module():
    checks = Bench().checks
    assert [(checks.monitor(place), checks.index(place)) for place in range(checks.places)] == [
        (n.MONITOR_PRESSURE, 0),
        (n.MONITOR_PRESSURE, 1),
        (n.MONITOR_PRESSURE_RATE, 0),
        (n.MONITOR_PRESSURE_RATE, 1),
        (n.MONITOR_TEMPERATURE, 0),
        (n.MONITOR_TEMPERATURE, 1),
        (n.MONITOR_SENSOR_HEALTH, 0),
        (n.MONITOR_SENSOR_HEALTH, 1),
        (n.MONITOR_HEAP_FREE, n.NO_INDEX),
        (n.MONITOR_SLIPS, n.NO_INDEX),
        (n.MONITOR_FRAMES_BAD, n.NO_INDEX),
    ]


def test_all_is_unchecked_before_and_within_after_the_first_seconds():
    bench = Bench()
    assert {bench.checks.found(place) for place in range(bench.checks.places)} == {n.FOUND_UNCHECKED}
    assert bench.second() == 9, "a change needs two readings"
    assert bench.second() == 2
    assert {bench.checks.found(place) for place in range(bench.checks.places)} == {n.FOUND_WITHIN}
    assert bench.second() == 0


@pytest.mark.parametrize(
    ("pressure_pa", "found"),
    [(29_999, n.FOUND_BELOW), (30_000, n.FOUND_WITHIN), (109_500, n.FOUND_WITHIN), (109_501, n.FOUND_ABOVE)],
)
def test_limits_belong_to_what_is_allowed(pressure_pa, found):
    bench = Bench()
    bench.define(n.MONITOR_PRESSURE, low=30_000, high=109_500)
    bench.pressure[1] = pressure_pa * 256
    bench.second()
    assert bench.checks.found(PRESSURE + 1) == found
    assert bench.checks.value(PRESSURE + 1) == pressure_pa
    assert bench.checks.found(PRESSURE) == n.FOUND_WITHIN


def test_the_calibration_is_taken_from_the_reading():
    bench = Bench()
    bench.define(n.MONITOR_PRESSURE, high=100_000)
    bench.pressure[0] = 100_120 * 256
    bench.offset[0] = 150 * 256
    bench.second()
    assert (bench.checks.value(PRESSURE), bench.checks.found(PRESSURE)) == (99_970, n.FOUND_WITHIN)


def test_a_change_counts_per_second_and_not_in_sum():
    bench = Bench()
    bench.define(n.MONITOR_PRESSURE_RATE, low=-100, high=100)
    for _ in range(20):  # 1980 Pa in all
        bench.pressure[0] -= 99 * 256
        bench.second()
        assert bench.checks.found(RATE) in (n.FOUND_UNCHECKED, n.FOUND_WITHIN)
    bench.pressure[0] -= 101 * 256
    bench.second()
    assert (bench.checks.value(RATE), bench.checks.found(RATE)) == (-101, n.FOUND_BELOW)


def test_a_change_over_a_gap_is_not_checked():
    """A sensor that was away for an hour comes back with another pressure: that is no rate."""
    bench = Bench()
    bench.second(2)
    bench.state[0] = n.SENSOR_BUS_ERROR
    bench.second(5)
    bench.state[0] = n.SENSOR_FRESH
    bench.pressure[0] = 90_000 * 256
    bench.second()
    assert bench.checks.found(RATE) == n.FOUND_UNCHECKED
    bench.second()
    assert (bench.checks.value(RATE), bench.checks.found(RATE)) == (0, n.FOUND_WITHIN)


@pytest.mark.parametrize(
    ("temperature_c", "shown"), [(21.5, 2150), (-40.0, -4000), (85.0, 8500), (-0.004, -1)]
)
def test_temperatures_are_hundredths_of_a_degree_rounded_down(temperature_c, shown):
    bench = Bench()
    bench.temperature[0] = round(temperature_c * 65536)
    bench.second()
    assert bench.checks.value(TEMPERATURE) == shown


@pytest.mark.parametrize(
    ("expected", "mask", "health", "found"),
    [
        (n.HEALTH_OK, 255, n.HEALTH_OK, n.FOUND_WITHIN),
        (n.HEALTH_OK, 255, n.HEALTH_FAILED, n.FOUND_UNEXPECTED),
        (n.HEALTH_OK, 0b10, n.HEALTH_SUSPECT, n.FOUND_WITHIN),
        (n.HEALTH_OK, 0b10, n.HEALTH_RECOVERING, n.FOUND_UNEXPECTED),
        (n.HEALTH_FAILED, 255, n.HEALTH_FAILED, n.FOUND_WITHIN),
    ],
)
def test_an_expected_value_is_compared_under_its_mask(expected, mask, health, found):
    bench = Bench()
    bench.define(n.MONITOR_SENSOR_HEALTH, low=expected, high=mask)
    bench.health[0] = health
    bench.second()
    assert bench.checks.found(HEALTH) == found


@pytest.mark.parametrize(
    ("state", "health"),
    [
        (n.SENSOR_SKIPPED, n.HEALTH_OK),
        (n.SENSOR_ABSENT, n.HEALTH_FAILED),
        (n.SENSOR_FRESH, n.HEALTH_FAILED),
        (n.SENSOR_FRESH, n.HEALTH_RECOVERING),
        (n.SENSOR_FROZEN, n.HEALTH_SUSPECT),
    ],
)
def test_readings_that_do_not_count_are_not_checked(state, health):
    bench = Bench()
    bench.second(3)
    bench.state[0], bench.health[0] = state, health
    bench.second()
    for place in (PRESSURE, RATE, TEMPERATURE):
        assert bench.checks.found(place) == n.FOUND_UNCHECKED
        assert bench.checks.found(place + 1) == n.FOUND_WITHIN


def test_stale_readings_and_suspect_sensors_count():
    bench = Bench()
    bench.state[0], bench.health[0] = n.SENSOR_STALE, n.HEALTH_SUSPECT
    bench.second()
    assert bench.checks.found(PRESSURE) == n.FOUND_WITHIN


def test_a_finding_counts_after_its_repetitions_in_a_row():
    bench = Bench(repetitions=3)
    bench.second(4)
    normal, high = 100_000 * 256, 120_000 * 256
    findings = []
    for pressure in (high, high, normal, high, high, high, normal, normal, high, normal, normal, normal):
        bench.pressure[0] = pressure
        bench.define(n.MONITOR_PRESSURE_RATE, state=n.CHECK_DISABLED)
        bench.second()
        findings.append(bench.checks.found(PRESSURE))
    above, within = n.FOUND_ABOVE, n.FOUND_WITHIN
    assert findings == [within] * 5 + [above] * 6 + [within]


def test_a_transition_says_from_where_to_where_and_over_which_limit():
    bench = Bench()
    bench.define(n.MONITOR_PRESSURE, low=95_000, high=105_000)
    bench.define(n.MONITOR_PRESSURE_RATE, state=n.CHECK_DISABLED)
    bench.second(2)
    seen = []
    for pressure_pa in (94_000, 106_000, 100_000):
        bench.pressure[0] = pressure_pa * 256
        bench.second()
        assert bench.changed() == [PRESSURE]
        checks = bench.checks
        seen.append((checks.before(PRESSURE), checks.found(PRESSURE), checks.limit(PRESSURE)))
    assert seen == [
        (n.FOUND_WITHIN, n.FOUND_BELOW, 95_000),
        (n.FOUND_BELOW, n.FOUND_ABOVE, 105_000),
        (n.FOUND_ABOVE, n.FOUND_WITHIN, 105_000),
    ]


def test_a_check_that_is_switched_off_forgets_at_once():
    bench = Bench(repetitions=100)
    bench.second(101)
    bench.define(n.MONITOR_HEAP_FREE, state=n.CHECK_DISABLED)
    bench.second()
    assert bench.checks.found(HEAP) == n.FOUND_UNCHECKED
    assert bench.changed() == [HEAP]


def test_only_active_checks_are_told_of_and_only_when_something_changes():
    bench = Bench(state=n.CHECK_ACTIVE)
    bench.define(n.MONITOR_TEMPERATURE, state=n.CHECK_PASSIVE)
    bench.second(2)
    assert bench.told() == [], "that all is well is no event"
    bench.heap_free = 100
    bench.temperature[0] = 90 * 65536
    bench.second()
    assert bench.told() == [HEAP]
    bench.second()
    assert bench.told() == []
    bench.define(n.MONITOR_TEMPERATURE, state=n.CHECK_ACTIVE)
    bench.second()
    assert bench.told() == [TEMPERATURE], "switched on while it is out of limits"
    bench.heap_free = 100_000
    bench.second()
    assert (bench.told(), bench.checks.found(HEAP)) == ([HEAP], n.FOUND_WITHIN)


def test_the_end_is_told_even_after_a_time_without_data():
    bench = Bench(state=n.CHECK_ACTIVE)
    bench.define(n.MONITOR_PRESSURE_RATE, state=n.CHECK_DISABLED)
    bench.define(n.MONITOR_SENSOR_HEALTH, state=n.CHECK_DISABLED)
    bench.pressure[0] = 120_000 * 256
    bench.second()
    assert bench.told() == [PRESSURE]
    bench.state[0] = n.SENSOR_BUS_ERROR
    bench.second()
    assert bench.told() == []
    bench.state[0], bench.pressure[0] = n.SENSOR_FRESH, 100_000 * 256
    bench.second()
    assert bench.told() == [PRESSURE]


def test_counters_are_checked_per_second_and_may_begin_anew():
    bench = Bench()
    bench.define(n.MONITOR_SLIPS, low=0, high=2)
    bench.slips = 70_000
    bench.frames_bad = 65_535
    bench.second(2)
    assert (bench.checks.value(SLIPS), bench.checks.value(FRAMES)) == (0, 0)
    bench.slips, bench.frames_bad = 70_003, 4
    bench.second()
    assert (bench.checks.value(SLIPS), bench.checks.found(SLIPS)) == (3, n.FOUND_ABOVE)
    assert bench.checks.value(FRAMES) == 4
    bench.slips = 1
    bench.second()
    assert (bench.checks.value(SLIPS), bench.checks.found(SLIPS)) == (1, n.FOUND_WITHIN)


@given(st.lists(st.integers(90_000, 110_000), min_size=1, max_size=30), st.integers(1, 5))
def test_a_finding_never_counts_sooner_than_its_repetitions(pressures_pa, repetitions):
    bench = Bench(repetitions=repetitions)
    bench.define(n.MONITOR_PRESSURE, low=99_000, high=101_000)
    for seconds, pressure_pa in enumerate(pressures_pa, start=1):
        bench.pressure[0] = pressure_pa * 256
        before = bench.checks.found(PRESSURE)
        bench.second()
        found = bench.checks.found(PRESSURE)
        if found != before:
            lately = pressures_pa[max(0, seconds - repetitions) : seconds]
            assert len(lately) == repetitions
            sides = {(value < 99_000) - (value > 101_000) for value in lately}
            assert len(sides) == 1
