"""A leak or one sensor alone?"""

import random

from fsw.station.drifts import lone


def test_a_sensor_that_falls_alone_is_found():
    assert lone([3, 900, -10, 20], [1] * 4, rises=0) == 1
    assert lone([0, 0, 500], [1] * 3, rises=0) == 2


def test_what_all_see_is_a_leak():
    assert lone([500, 520, 480], [1] * 3, rises=0) is None
    assert lone([500, 900, 300, 510], [1] * 4, rises=0) is None


def test_below_ambient_a_leak_rises():
    assert lone([-3, -900, 10], [1] * 3, rises=1) == 1
    assert lone([-480, -500, -520], [1] * 3, rises=1) is None


def test_of_two_that_differ_nobody_knows_which_is_right():
    assert lone([0, 900], [1] * 2, rises=0) is None
    assert lone([0, 900, None], [1] * 3, rises=0) is None
    assert lone([0, 900, None, 5], [1] * 4, rises=0) == 1


def test_the_larger_module_has_the_larger_share_of_a_loss():
    assert lone([30, 30, 30], [60, 5, 5], rises=0) is None, "a leak, whose loss is nearly all in one"
    assert lone([2, 0, 900], [60, 5, 5], rises=0) == 2


def test_noise_of_a_leak_that_has_just_crossed_is_not_taken_for_a_drift():
    """Three sensors, their mean five of its deviations down: one in 1,000 may be taken wrongly."""
    rng = random.Random(1)
    level = 5 / 3**0.5
    wrong = sum(
        lone([round(1000 * rng.gauss(level, 1)) for _ in range(3)], [1] * 3, rises=0) is not None
        for _ in range(20_000)
    )
    assert wrong <= 30
