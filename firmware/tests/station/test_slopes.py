"""Slopes against numpy's least squares, and that their uncertainty is the scatter of repeated trials."""

from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsw.station.slopes import LEAST_S, LEAST_SD_UPA_S, Slopes
from hatchwatch.studies.second_means import flicker_noise_pa

START_Q12 = 40_000_000  # far from 0


def slopes_of(levels_pa, valid=None, noise_mpa=0, floor_upa_s=0):
    """Slopes of (seconds, modules) in Pa; `valid` likewise."""
    count = levels_pa.shape[1]
    slopes = Slopes(count)
    for second, row in enumerate(levels_pa):
        slopes.add(
            array("i", [START_Q12 + round(4096 * level) for level in row]),
            bytes(count * [1]) if valid is None else bytes(valid[second]),
            array("i", [100_000 + second] * count),
        )
    slopes.fit(noise_mpa, floor_upa_s)
    return slopes


@given(st.integers(LEAST_S, 400), st.floats(-30, 30), st.integers(0, 1000))
def test_least_squares_of_what_is_valid(seconds, slope_pa_s, seed):
    rng = np.random.default_rng(seed)
    times = np.arange(seconds)
    levels = slope_pa_s * times[:, None] + rng.normal(0, 0.3, (seconds, 2))
    valid = rng.random((seconds, 2)) < 0.7
    slopes = slopes_of(levels, valid)
    for module in range(2):
        used = valid[:, module]
        if used.sum() < LEAST_S:
            assert slopes.sd_upa_s[module] == 0
            continue
        expected, _ = np.polyfit(times[used], levels[used, module], 1)
        assert slopes.slope_upa_s[module] == pytest.approx(1e6 * expected, abs=40)  # 1/4096 Pa in 10 s
        mean_q12 = START_Q12 + 4096 * levels[used, module].mean()
        assert slopes.level_q12_pa[module] == pytest.approx(mean_q12, abs=2)
        assert slopes.pressure_pa[module] == pytest.approx(100_000 + times[used].mean(), abs=1)


def test_nothing_is_said_of_few_seconds():
    levels = np.zeros((LEAST_S - 1, 3))
    assert list(slopes_of(levels).sd_upa_s) == [0, 0, 0]
    assert list(slopes_of(np.zeros((LEAST_S, 3))).sd_upa_s) == [LEAST_SD_UPA_S] * 3


@pytest.mark.parametrize("seconds", [20, 60, 240])
@pytest.mark.parametrize(("white_pa", "flicker_pa"), [(0.25, 0.0), (0.25, 0.3), (0.02, 0.3)])
def test_the_uncertainty_is_what_repetition_shows(seconds, white_pa, flicker_pa):
    rng = np.random.default_rng(4)
    flicker = flicker_pa * flicker_noise_pa(rng, 8192, 40).reshape(8192, 40)
    errors, claims = [], []
    for start in range(0, 8192 - seconds, 800):
        for first in range(0, 40, 5):
            levels = flicker[start : start + seconds, first : first + 5]
            slopes = slopes_of(levels + rng.normal(0, white_pa, levels.shape), noise_mpa=10)
            errors += slopes.slope_upa_s
            claims += slopes.sd_upa_s
    ratio = np.std(errors) / np.sqrt(np.mean(np.square(claims, dtype=float)))
    assert 0.6 < ratio < 1.2


def test_known_noise_and_the_floor_are_not_undercut():
    """Levels on a line say nothing of their noise: 1 Pa over a minute is sqrt(12/(60 (60^2 - 1))) Pa/s."""
    levels = np.outer(np.arange(60), [0.5, -0.25])
    expected = 1e6 * np.sqrt(12 / (60 * (60**2 - 1)) * 68 / 58)
    assert slopes_of(levels, noise_mpa=1000).sd_upa_s[0] == pytest.approx(expected, rel=0.01)
    assert slopes_of(levels, floor_upa_s=5000).sd_upa_s[1] == pytest.approx(5000, rel=0.01)
    both = slopes_of(levels, noise_mpa=1000, floor_upa_s=5000).sd_upa_s[0]
    assert both == pytest.approx(np.hypot(expected, 5000), rel=0.01)


def test_one_sensor_with_flicker_noise_among_sound_ones_counts_with_its_own():
    rng = np.random.default_rng(5)
    errors, claims = [], []
    flicker = 0.5 * flicker_noise_pa(rng, 6000, 1)
    for start in range(0, 6000, 120):
        levels = rng.normal(0, 0.25, (120, 6))
        levels[:, 2] += flicker[start : start + 120, 0]
        slopes = slopes_of(levels)
        errors.append(slopes.slope_upa_s[2])
        claims.append(slopes.sd_upa_s[2])
        assert max(slopes.sd_upa_s[module] for module in (0, 1, 3, 4, 5)) < slopes.sd_upa_s[2]
    assert np.std(errors) < 2 * np.mean(claims)
