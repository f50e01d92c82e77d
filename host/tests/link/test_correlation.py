"""Clocks compared on simulated reports, whose truth is known to the simulation alone."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatchwatch.errors import BoardError
from hatchwatch.link.correlation import TimeSample, correlate


class Simulation:
    """A board whose clock is slow by `drift_ppm`, on a line that delays each packet differently.

    USB passes packets once a millisecond, the operating system may take its time, and the board answers a
    request when it gets to it.
    """

    def __init__(self, seed=1, drift_ppm=50.0, offset_s=1234.5, boot_count=3):
        self.random = random.Random(seed)
        self.rate = 1.0 + drift_ppm * 1e-6  # host seconds per board second
        self.offset_s = offset_s
        self.boot_count = boot_count

    def host_s(self, board_s):
        return self.offset_s + self.rate * board_s

    def delay_s(self):
        usb_s = self.random.uniform(0.0, 0.001)
        stall_s = 0.02 if self.random.random() < 0.1 else 0.0
        return 0.0002 + usb_s + stall_s

    def report(self, board_s, *, asked=True):
        made_s = self.host_s(board_s)
        return TimeSample(
            self.boot_count,
            round(board_s * 1e6),
            received_s=made_s + self.delay_s(),
            asked_s=made_s - self.delay_s() if asked else None,
        )

    def reports(self, duration_s, count):
        return [self.report(7.0 + duration_s * number / count) for number in range(count)]


def test_offset_within_a_millisecond_and_drift_are_found():
    simulation = Simulation(drift_ppm=50.0)
    found = correlate(simulation.reports(60.0, 40))
    true_s = simulation.host_s(found.board_time_s) - found.board_time_s
    assert found.offset_s == pytest.approx(true_s, abs=0.0005)
    assert found.offset_high_s - found.offset_low_s < 0.002
    assert found.drift_ppm == pytest.approx(50.0, abs=10.0)


@given(st.integers(0, 1000), st.floats(-200.0, 200.0), st.integers(1, 30), st.floats(0.0, 100.0))
def test_the_truth_always_lies_within_the_bounds(seed, drift_ppm, count, duration_s):
    simulation = Simulation(seed, drift_ppm)
    found = correlate(simulation.reports(duration_s, count))
    true_s = simulation.host_s(found.board_time_s) - found.board_time_s
    rounding_s = 2e-6  # board time comes in whole µs
    assert found.offset_low_s - rounding_s <= true_s <= found.offset_high_s + rounding_s
    slack_ppm = 1.0 + 4.0 / max(found.span_s, 1e-3)
    assert found.drift_low_ppm - slack_ppm <= drift_ppm <= found.drift_high_ppm + slack_ppm
    assert found.offset_low_s <= found.offset_s <= found.offset_high_s
    assert found.drift_low_ppm - 1e-6 <= found.drift_ppm <= found.drift_high_ppm + 1e-6


def test_one_quick_request_among_slow_ones_bounds_the_offset():
    samples = [
        TimeSample(1, 1_000_000 * n, received_s=100.0 + n + 0.5, asked_s=100.0 + n - 0.5) for n in range(9)
    ]
    samples[4] = TimeSample(1, 4_000_000, received_s=104.0005, asked_s=103.9995)
    found = correlate(samples)
    assert found.shortest_round_trip_s == pytest.approx(0.001)
    at_quickest_s = found.host_time_s(4.0)
    assert at_quickest_s == pytest.approx(104.0, abs=0.0005)


def test_reports_that_came_by_themselves_sharpen_the_bounds():
    simulation = Simulation(drift_ppm=-20.0)
    asked = simulation.reports(2.0, 5)
    by_themselves = [simulation.report(10.0 * number, asked=False) for number in range(2, 30)]
    alone, together = correlate(asked), correlate([*asked, *by_themselves])
    assert together.drift_high_ppm - together.drift_low_ppm < alone.drift_high_ppm - alone.drift_low_ppm
    assert together.drift_low_ppm < -20.0 < together.drift_high_ppm


def test_times_of_the_host_are_found_for_stamps_of_the_board():
    simulation = Simulation(drift_ppm=80.0)
    found = correlate(simulation.reports(120.0, 60))
    for board_s in (7.0, 60.0, 127.0):
        assert found.host_time_s(board_s) == pytest.approx(simulation.host_s(board_s), abs=0.001)


def test_after_a_reset_only_the_new_start_counts():
    before, after = Simulation(boot_count=3), Simulation(seed=2, offset_s=5000.0, boot_count=4)
    found = correlate([*before.reports(60.0, 20), *after.reports(5.0, 5)])
    assert (found.boot_count, found.samples) == (4, 5)
    assert found.offset_s == pytest.approx(5000.0, abs=0.003)


def test_a_clock_that_was_set_is_no_drift():
    simulation = Simulation()
    early = simulation.reports(10.0, 10)
    simulation.offset_s += 60.0
    late = [simulation.report(20.0 + number) for number in range(10)]
    with pytest.raises(BoardError, match="No offset and drift fit"):
        correlate([*early, *late])


def test_without_a_request_nothing_bounds_the_offset_from_below():
    simulation = Simulation()
    with pytest.raises(ValueError, match="asked for"):
        correlate([simulation.report(1.0, asked=False)])
