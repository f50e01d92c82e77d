"""The kink fit: exact cases, a library's least squares, and intervals that hold the truth as often as
they say.
"""

import numpy as np
import pytest

from fsw.station.onset import Kink, leak_interval_npa_m3_s, leak_npa_m3_s

Q12 = 4096


def kinked(seconds, onset_s, slope_pa_s, noise_pa=0.0, seed=0):
    """Residuals in q12 Pa, newest first, of a leak that began `onset_s` before the newest one."""
    ages = np.arange(seconds)
    residual = slope_pa_s * np.maximum(onset_s - ages, 0)
    residual = residual + noise_pa * np.random.default_rng(seed).standard_normal(seconds)
    return [round(value * Q12) for value in residual]


@pytest.mark.parametrize("slope_pa_s", [-0.5, -0.01, 0.02, -40.0])
@pytest.mark.parametrize("onset_s", [5, 20, 60])
def test_without_noise_the_kink_is_found_where_it_is(slope_pa_s, onset_s):
    kink = Kink(kinked(90, onset_s, slope_pa_s), 4, 400)
    assert kink.age_s == pytest.approx(onset_s, abs=1)
    assert kink.age_low_s <= onset_s <= kink.age_high_s
    assert kink.slope_upa_s == pytest.approx(1e6 * slope_pa_s, rel=0.03)
    assert kink.slope_low_upa_s <= 1e6 * slope_pa_s <= kink.slope_high_upa_s


def test_the_slope_is_that_of_a_library_for_the_same_onset():
    """Level and slope of the baseline are free, with as many readings on the baseline before."""
    residuals, learned_s = kinked(80, 30, -0.05, noise_pa=0.1, seed=3), 200
    kink = Kink(residuals, 410, learned_s)
    ages = np.arange(80 + learned_s)
    values = np.concatenate([residuals, np.zeros(learned_s)]) / Q12
    fits = []
    for onset_s in np.arange(1, 80, 0.125):
        design = np.column_stack([np.ones_like(ages), ages, np.maximum(onset_s - ages, 0)])
        solution, squares, *_ = np.linalg.lstsq(design, values, rcond=None)
        fits.append((squares[0], onset_s, solution[2]))
    _, onset_s, slope_pa_s = min(fits)
    assert kink.age_s == pytest.approx(onset_s, abs=0.5)
    assert kink.slope_upa_s == pytest.approx(1e6 * slope_pa_s, abs=300)  # in steps of 1/4096 Pa


@pytest.mark.parametrize(("slope_pa_s", "onset_s"), [(-0.3, 9), (-0.05, 25), (-0.01, 60)])
def test_intervals_of_95_percent_hold_the_truth_in_about_95_of_100(slope_pa_s, onset_s):
    trials, held_onset, held_slope = 200, 0, 0
    for seed in range(trials):
        onset = onset_s + seed % 10 / 10
        kink = Kink(kinked(100, onset, slope_pa_s, noise_pa=0.1, seed=seed), 410, 400)
        held_onset += kink.age_low_s <= onset <= kink.age_high_s
        held_slope += kink.slope_low_upa_s <= 1e6 * slope_pa_s <= kink.slope_high_upa_s
    assert 0.91 * trials <= held_onset <= trials
    assert 0.91 * trials <= held_slope <= trials


def test_intervals_are_no_wider_than_a_kink_must_have_them():
    """The bound of a slope whose onset and baseline are known is sqrt(3) times noise over duration^1.5."""
    kink = Kink(kinked(100, 40, -0.05, noise_pa=0.1), 410, 400)
    bound_upa_s = 1e6 * 0.1 * np.sqrt(3) / 40**1.5
    assert kink.slope_high_upa_s - kink.slope_low_upa_s < 2 * 1.96 * 4 * bound_upa_s


def test_seconds_that_are_missing_are_left_out():
    residuals = kinked(80, 30, -0.1)
    residuals[3] = residuals[40] = None
    kink = Kink(residuals, 4, 100)
    assert kink.age_s == pytest.approx(30, abs=1)
    assert kink.slope_upa_s == pytest.approx(-100_000, rel=0.03)


@pytest.mark.parametrize("residuals", [[], [100], [None, 100, None]])
def test_one_second_tells_nothing(residuals):
    with pytest.raises(ValueError, match=str(len(residuals))):
        Kink(residuals, 4, 0)


def test_a_leak_is_slope_times_volume_and_positive_when_gas_leaves():
    """A litre whose pressure falls by 1 Pa/s loses 1e-3 Pa m3/s."""
    assert leak_npa_m3_s(-1_000_000, 1_000_000) == 1_000_000
    assert leak_npa_m3_s(1_000_000, 500_000) == -500_000


def test_the_interval_of_the_leak_has_the_volume_in_it():
    kink = Kink(kinked(90, 30, -1.0), 4, 400)
    low, high = leak_interval_npa_m3_s(kink, 1_000_000, 0)
    wide_low, wide_high = leak_interval_npa_m3_s(kink, 1_000_000, 20_000)
    assert low <= 1_000_000 <= high
    assert (wide_low, wide_high) == (pytest.approx(960_000, rel=0.01), pytest.approx(1_040_000, rel=0.01))
