import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import linregress

from hatchwatch.bench.trend import Trend


@given(st.lists(st.floats(-1e5, 1e5), min_size=12, max_size=60))
def test_slope_agrees_with_linregress(values):
    trend = Trend(channels=1, window_s=100.0)
    times = [0.1 * i for i in range(len(values))]
    for time_s, value in zip(times, values, strict=True):
        trend.add(time_s, [value])
    expected = linregress(times, values).slope
    assert trend.rates_pa_s()[0] == pytest.approx(expected, rel=1e-6, abs=1e-5)


def test_only_the_window_counts():
    trend = Trend(channels=1, window_s=2.0)
    for i in range(100):
        trend.add(0.1 * i, [1000.0 if i < 50 else 1000.0 - 5.0 * (0.1 * i - 5.0)])
    assert trend.rates_pa_s() == [pytest.approx(-5.0)]


def test_says_nothing_before_a_second_of_data():
    trend = Trend(channels=2)
    trend.add(0.0, [1.0, 2.0])
    trend.add(0.1, [1.0, 2.0])
    assert all(math.isnan(rate) for rate in trend.rates_pa_s())


def test_starts_anew_when_board_time_restarts():
    trend = Trend(channels=1)
    for i in range(50):
        trend.add(100.0 + 0.1 * i, [float(i)])
    trend.add(0.1, [7.0])
    assert math.isnan(trend.rates_pa_s()[0])


def test_a_silent_channel_does_not_spoil_the_others():
    trend = Trend(channels=2)
    for i in range(30):
        trend.add(0.1 * i, [float("nan"), 3.0 * 0.1 * i])
    silent, good = trend.rates_pa_s()
    assert math.isnan(silent)
    assert good == pytest.approx(3.0)


def test_refuses_a_wrong_number_of_channels():
    with pytest.raises(ValueError, match="1 pressures for 2 channels"):
        Trend(channels=2).add(0.0, [1.0])
