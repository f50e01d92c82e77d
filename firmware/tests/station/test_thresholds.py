"""Thresholds against published tables and against simulated noise."""

import numpy as np
import pytest

from fsw.station.thresholds import threshold_q8


@pytest.mark.parametrize(("threshold", "mean_values"), [(4, 338), (5, 938), (8, 19_112)])
def test_thresholds_are_those_of_siegmund(threshold, mean_values):
    """Half a deviation taken off; tables of the CUSUM have 336 for a threshold of 4, and 930 for 5."""
    assert threshold_q8(128, mean_values) == pytest.approx(256 * threshold, abs=1)


@pytest.mark.parametrize(("half_shift_q8", "mean_values"), [(256, 4000), (90, 4000), (65, 3000)])
def test_noise_crosses_once_in_as_many_values_as_was_asked(half_shift_q8, mean_values):
    rng = np.random.default_rng(1)
    threshold, drift = threshold_q8(half_shift_q8, mean_values) / 256, half_shift_q8 / 256
    total = np.zeros(2000)
    crossings = 0
    for _ in range(4000):
        total = np.maximum(total + rng.standard_normal(2000) - drift, 0)
        over = total > threshold
        crossings += int(over.sum())
        total[over] = 0
    assert 2000 * 4000 / crossings == pytest.approx(mean_values, rel=0.15)


def test_a_threshold_grows_with_the_time_between_alarms():
    found = [threshold_q8(256, hours * 36_000) for hours in (1, 10, 100, 10_000)]
    assert found == sorted(found)
    assert found[0] > 0
    assert threshold_q8(256, 1) == 0, "an alarm at every value needs none"
