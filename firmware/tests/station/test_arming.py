"""Arm, then open: in this order, for this hatch, in time, and once."""

import pytest

from fsw.link import numbers as n
from fsw.services.parameters import default_values
from fsw.station.arming import Arming

SECOND = 65536
HATCH, OTHER = 2, 3


def stamp(seconds):
    return divmod(round(seconds * SECOND), SECOND)


def check(arming, hatch, seconds):
    packed = arming.check(hatch, stamp(seconds))
    return packed & 0xFF, packed >> 8


@pytest.fixture
def arming():
    return Arming(default_values())


def test_nothing_is_armed_at_first(arming):
    assert check(arming, 0, 0.0) == (n.REFUSED_NOT_ARMED, 0)


@pytest.mark.parametrize("since_s", [0.0, 0.9, 1000.5])
@pytest.mark.parametrize("age_s", [0.0, 0.2, 9.9, 10.0])
def test_an_armed_hatch_may_open_in_time(arming, since_s, age_s):
    arming.arm(HATCH, stamp(since_s))
    assert check(arming, HATCH, since_s + age_s) == (0, 0)


@pytest.mark.parametrize("since_s", [0.0, 0.9])
@pytest.mark.parametrize(("age_s", "told_s"), [(10.01, 10), (11.0, 11), (1e6, 3600)])
def test_too_late_is_refused_and_ends_it(arming, since_s, age_s, told_s):
    arming.arm(HATCH, stamp(since_s))
    code, seconds = check(arming, HATCH, since_s + age_s)
    assert code == n.REFUSED_ARM_EXPIRED
    assert seconds in (told_s, told_s + 1), "whole seconds"
    assert check(arming, HATCH, since_s + age_s) == (n.REFUSED_NOT_ARMED, 0)


@pytest.mark.swe134("e")
def test_another_hatch_is_refused_and_ends_it(arming):
    arming.arm(HATCH, stamp(1.0))
    assert check(arming, OTHER, 2.0) == (n.REFUSED_ARMED_OTHER, HATCH)
    assert check(arming, HATCH, 2.1) == (n.REFUSED_NOT_ARMED, 0)


def test_hatch_0_is_armed_like_any_other(arming):
    arming.arm(0, stamp(1.0))
    assert check(arming, OTHER, 1.1) == (n.REFUSED_ARMED_OTHER, 0)
    arming.arm(0, stamp(2.0))
    assert check(arming, 0, 2.1) == (0, 0)


def test_what_is_used_up_is_not_armed(arming):
    arming.arm(HATCH, stamp(1.0))
    arming.use_up()
    assert check(arming, HATCH, 1.1) == (n.REFUSED_NOT_ARMED, 0)


def test_only_the_hatch_armed_last_is_armed(arming):
    arming.arm(OTHER, stamp(1.0))
    arming.arm(HATCH, stamp(2.0))
    assert check(arming, HATCH, 3.0) == (0, 0)
    assert check(arming, OTHER, 3.0) == (n.REFUSED_ARMED_OTHER, HATCH)
