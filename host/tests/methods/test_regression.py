"""The regression against simulated sensors of known noise."""

from __future__ import annotations

import numpy as np
import pytest

from hatchwatch.methods.noise import BMP280_X16_IIR2, block_autocovariance, flicker_autocovariance
from hatchwatch.methods.regression import Problem, Series, solve, solve_at, solve_with

LAGS_S = np.arange(600) * 0.1
WHITE = block_autocovariance(BMP280_X16_IIR2.reading_autocovariance(LAGS_S), 10)
FLICKER = block_autocovariance(flicker_autocovariance(LAGS_S), 10)
TIME_S = np.arange(60.0)
ALL = np.ones(60, dtype=bool)


def line_problem(values: list[np.ndarray], measured: np.ndarray = ALL, **changes: object) -> Problem:
    """Each sensor has its own level and slope: parameters are levels, then slopes."""
    count = len(values)
    series = []
    for place, one in enumerate(values):
        design = np.zeros((60, 2 * count))
        design[:, place] = 1.0
        design[:, count + place] = TIME_S
        series.append(Series(one, design, measured))
    free = np.zeros(2 * count)
    known = {"prior_mean": free, "prior_precision": free, "stated_flicker_pa": 0.3, **changes}
    return Problem(tuple(series), WHITE, FLICKER, **known)  # type: ignore[arg-type]


def sensors(count: int, white_pa: float, flicker_pa: float, seed: int) -> list[np.ndarray]:
    lags = np.abs(np.subtract.outer(np.arange(60), np.arange(60)))
    factor = np.linalg.cholesky((white_pa**2 * WHITE + flicker_pa**2 * FLICKER)[lags])
    dice = np.random.default_rng(seed)
    return [factor @ dice.standard_normal(60) for _ in range(count)]


@pytest.mark.parametrize("flicker_pa", [0.0, 0.1, 0.3])
def test_intervals_hold_the_truth_as_often_as_they_say(flicker_pa: float) -> None:
    held = []
    for seed in range(40):
        estimate = solve(line_problem(sensors(6, 1.4, flicker_pa, seed)))
        standard = np.sqrt(np.diag(estimate.covariance)[6:])
        held.append(np.abs(estimate.parameters[6:]) < 1.96 * standard)
    assert 0.90 <= np.mean(held) <= 0.99


def test_noise_is_told_from_the_data() -> None:
    found = [solve(line_problem(sensors(6, 1.4, 0.3, seed))) for seed in range(20)]
    assert np.mean([one.white_pa for one in found]) == pytest.approx(1.4, rel=0.05)
    assert np.mean([one.flicker_pa for one in found]) == pytest.approx(0.3, rel=0.15)
    calm = [solve(line_problem(sensors(6, 1.4, 0.0, seed))) for seed in range(20)]
    assert np.mean([one.flicker_pa for one in calm]) < 0.03


def test_one_sensor_alone_is_less_sure() -> None:
    six = [solve(line_problem(sensors(6, 1.4, 0.1, seed))) for seed in range(10)]
    one = [solve(line_problem(sensors(6, 1.4, 0.1, seed)[:1])) for seed in range(10)]
    assert np.mean([e.flicker_standard_pa for e in one]) > np.mean([e.flicker_standard_pa for e in six])


def test_missing_blocks_cost_certainty_and_nothing_else() -> None:
    values = [one + 0.5 * TIME_S for one in sensors(2, 0.1, 0.0, 1)]
    full = solve(line_problem(values))
    half = solve(line_problem(values, measured=TIME_S % 2 == 0))
    assert half.parameters[2:] == pytest.approx([0.5, 0.5], abs=0.005)
    assert half.covariance[2, 2] > 1.5 * full.covariance[2, 2]


def test_a_prior_decides_where_the_data_are_silent() -> None:
    problem = line_problem(
        sensors(2, 1.0, 0.0, 1),
        prior_mean=np.array([0.0, 0.0, 7.0, 0.0]),
        prior_precision=np.array([0, 0, 1e12, 0]),
    )
    solution = solve_at(problem, 0.0)
    assert solution.parameters[2] == pytest.approx(7.0, abs=1e-4)


def test_given_noise_is_kept() -> None:
    noise = solve(line_problem(sensors(6, 1.4, 0.3, 2)))
    other = solve_with(line_problem(sensors(1, 50.0, 0.0, 3)), noise)
    assert (other.white_pa, other.flicker_pa) == (noise.white_pa, noise.flicker_pa)
    assert np.sqrt(other.covariance[1, 1]) == pytest.approx(0.0125, rel=0.3)


def test_too_few_values_are_refused() -> None:
    with pytest.raises(ValueError, match="can't determine"):
        solve(line_problem(sensors(1, 1.0, 0.0, 1), measured=TIME_S < 2))


def test_values_without_any_noise_do_not_break_it() -> None:
    estimate = solve(line_problem([3.0 + 0.25 * TIME_S]))
    assert estimate.parameters == pytest.approx([3.0, 0.25], abs=1e-6)
