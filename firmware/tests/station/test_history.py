"""The last two minutes of means."""

from array import array

import pytest

from fsw.station.history import SECONDS, History


def filled(seconds, count=2):
    """Second k has the mean 1000 k + module."""
    history = History(count)
    for second in range(1, seconds + 1):
        history.put(array("i", [1000 * second + module for module in range(count)]))
    return history


def test_means_are_found_by_their_age():
    history = filled(300)
    for age_s in (0, 1, 50, SECONDS - 1):
        assert [history.amount_q12_pa(module, age_s) for module in (0, 1)] == [
            1000 * (300 - age_s) + module for module in (0, 1)
        ]


def test_there_is_nothing_before_the_first_second():
    history = filled(3)
    assert history.amount_q12_pa(0, 2) == 1000
    assert history.amount_q12_pa(0, 3) == 0


@pytest.mark.parametrize(("window_s", "mean"), [(1, 5000), (3, 4000), (5, 3000)])
def test_the_mean_is_of_the_last_seconds(window_s, mean):
    assert filled(5).mean_q12_pa(0, window_s) == mean


def test_a_mean_leaves_out_what_is_missing_unless_that_is_most():
    history = filled(6)
    history.put(array("i", [0, 7001]))
    assert history.mean_q12_pa(0, 3) == 5500
    history.put(array("i", [0, 8001]))
    assert history.mean_q12_pa(0, 3) is None
    assert history.mean_q12_pa(1, 3) == 7001


def test_a_mean_reaches_no_further_back_than_there_is():
    assert filled(300).mean_q12_pa(0, 1000) == filled(300).mean_q12_pa(0, SECONDS)
