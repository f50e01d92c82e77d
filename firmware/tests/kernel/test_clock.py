"""Board time over wraps of the microsecond counter, in the resolution of the packets."""

from fractions import Fraction
from math import floor

from hypothesis import given
from hypothesis import strategies as st

from fsw.kernel.clock import BoardClock

WRAP = 1 << 30


class Ticks:
    """A counter as MicroPython's `ticks_us`, and its difference."""

    def __init__(self, now_us):
        self.now_us = now_us

    def __call__(self):
        return self.now_us % WRAP

    @staticmethod
    def diff(later, earlier):
        return (later - earlier + WRAP // 2) % WRAP - WRAP // 2


@given(st.integers(0, 1 << 45), st.lists(st.integers(0, (1 << 29) - 1), max_size=20))
def test_it_follows_the_true_time(start_us, steps_us):
    ticks = Ticks(start_us)
    clock = BoardClock(ticks, ticks.diff, start_us % (1 << 50))
    for step_us in steps_us:
        ticks.now_us += step_us
        clock.update()
    seconds, rest_us = divmod(ticks.now_us, 1_000_000)
    assert clock.stamp[0] == seconds
    assert clock.stamp[1] == rest_us * 65536 // 1_000_000
    assert clock.stamp[1] * 15625 // 1024 * 1024 < 1 << 30


@given(st.integers(0, 1 << 45))
def test_milliseconds_are_those_that_a_packet_tells(start_us):
    ticks = Ticks(start_us)
    clock = BoardClock(ticks, ticks.diff, start_us)
    told_s = Fraction(clock.stamp[0]) + Fraction(clock.stamp[1], 65536)
    assert clock.ms() == floor(told_s * 1000) % WRAP
    assert (start_us // 1000 - clock.ms()) % WRAP in (0, 1)
