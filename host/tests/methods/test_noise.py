"""The noise model against the datasheet, published slopes and simulated sensors."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.linalg import toeplitz
from scipy.signal import lfilter

from hatchwatch.methods.noise import (
    BMP280_X16_IIR2,
    SensorNoise,
    block_autocovariance,
    flicker_autocovariance,
)


def slope_standard(autocovariance: np.ndarray, time_s: np.ndarray) -> float:
    """Standard deviation of an ordinary straight line's slope in noise of that autocovariance."""
    weights = (time_s - time_s.mean()) / np.sum((time_s - time_s.mean()) ** 2)
    return math.sqrt(weights @ toeplitz(autocovariance) @ weights)


@pytest.mark.parametrize(("coefficient", "table_8_pa"), [(1, 1.3), (2, 0.8), (4, 0.5), (8, 0.4), (16, 0.2)])
def test_filtered_noise_is_that_of_table_8(coefficient: int, table_8_pa: float) -> None:
    noise = SensorNoise(filter_coefficient=coefficient)
    filtered_pa = 1.3 * math.sqrt(noise.reading_autocovariance(np.zeros(1))[0])
    assert filtered_pa == pytest.approx(table_8_pa, abs=0.07)


def test_slope_of_a_minute_read_ten_times_a_second() -> None:
    # Known from simulation: filter 2 read at 10 Hz gives 2.1e-3 Pa/s per minute of 1.3 Pa noise.
    time_s = np.arange(600) * 0.1
    autocovariance = 1.3**2 * BMP280_X16_IIR2.reading_autocovariance(time_s)
    assert slope_standard(autocovariance, time_s) == pytest.approx(2.1e-3, rel=0.02)


def test_flicker_slope_is_2_44_floors_over_the_duration() -> None:
    time_s = np.arange(600) * 0.1
    standard = slope_standard(0.3**2 * flicker_autocovariance(time_s), time_s)
    assert standard == pytest.approx(2.44 * 0.3 / 60.0, rel=0.06)


@pytest.mark.parametrize("averaging_s", [10.0, 20.0, 100.0, 500.0])
def test_allan_deviation_of_flicker_is_flat(averaging_s: float) -> None:
    size = round(averaging_s / 0.5)
    blocks = block_autocovariance(flicker_autocovariance(np.arange(3 * size) * 0.5), size)
    assert math.sqrt(blocks[0] - blocks[1]) == pytest.approx(1.0, abs=0.08)


def test_a_lag_takes_the_quick_part_of_flicker_away() -> None:
    lags_s = np.arange(400) * 0.5
    plain, behind = flicker_autocovariance(lags_s), flicker_autocovariance(lags_s, 2.0)
    assert behind[0] < plain[0] - 0.3
    assert behind[-1] == pytest.approx(plain[-1], abs=2e-3)


def test_p_over_t_of_simulated_conversions() -> None:
    """Draw conversions as the datasheet has them, filter, read, delay p, divide; compare covariances."""
    dice = np.random.default_rng(3)
    noise, lag_s, per_kelvin = BMP280_X16_IIR2, 2.0, 372.0
    conversions = 500_000
    temperature_k = noise.temperature_k * dice.standard_normal(conversions)
    own_pa = math.sqrt(1.3**2 - (165.0 * 0.004) ** 2) * dice.standard_normal(conversions)
    pressure_pa = own_pa + 165.0 * temperature_k
    p, t = (lfilter([0.5], [1.0, -0.5], signal) for signal in (pressure_pa, temperature_k))
    read = (np.arange(0, conversions / 26.32 - 1, 0.1) * 26.32).astype(int)
    keep = math.exp(-0.1 / lag_s)
    behind = lfilter([1.0 - keep], [1.0, -keep], p[read])
    amount_pa = (behind - per_kelvin * t[read])[200:]
    amount_pa -= amount_pa.mean()

    lags_s = np.arange(600) * 0.1
    slow_pa, _ = noise.amount_white_pa(per_kelvin)
    expected = slow_pa**2 * noise.amount_autocovariance(lags_s, per_kelvin, lag_s)
    count = len(amount_pa)
    found = [float(amount_pa[: count - lag] @ amount_pa[lag:]) / count for lag in (0, 1, 2, 5)]
    assert found == pytest.approx(expected[[0, 1, 2, 5]], abs=0.03 * expected[0])
    for size in (10, 100):
        means = amount_pa[: count // size * size].reshape(-1, size).mean(axis=1)
        assert means.var() == pytest.approx(block_autocovariance(expected, size)[0], rel=0.08)


def test_block_means_of_white_noise() -> None:
    white = np.zeros(100)
    white[0] = 4.0
    assert block_autocovariance(white, 10) == pytest.approx([0.4, *[0.0] * 9])
