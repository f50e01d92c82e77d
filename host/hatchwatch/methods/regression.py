"""Linear regression of several sensors at once, with correlated noise whose flicker part the data must tell.

For a given ratio of flicker to white noise the answer is generalised least squares with normal priors on
some parameters. The ratio itself is not picked but averaged over: every ratio on a grid weighs as much as
its restricted (marginal) likelihood, pooled over all sensors, times a prior. The prior gives even odds to
sensors without any flicker that would matter, and to flicker of the order that the bench file states
(half-Cauchy). So sensors that show themselves calm are believed, and a short test of one sensor, which can't
tell flicker from a leak, says so by a wider interval.

Sources: restricted likelihood: Patterson & Thompson, Biometrika 58 (1971) 545; half-Cauchy for scales:
Gelman, Bayesian Analysis 1 (2006) 515.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import cho_factor, cho_solve, cholesky, solve_triangular

if TYPE_CHECKING:
    from hatchwatch.methods.results import FloatArray

__all__ = ["Estimate", "Problem", "Series", "Solution", "solve", "solve_at", "solve_with"]

_WHITE_ROUNDS = 3  # of the fixed point for the white noise; it is settled to 1e-4 after two
_ODDS_OF_NONE = 0.5  # prior odds of sensors without flicker that would matter
_LEAST_SCALE_PA = 0.05  # of the prior on flicker: a statement of none is no more than a statement
_LEAST_VARIANCE_PA2 = 1e-10  # keeps data without noise from dividing by zero
_RATIO_GRID = np.concatenate([[0.0], np.geomspace(0.008, 1.6, 25)])  # flicker floor over white noise


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One sensor's values on the common grid of blocks, and how they depend on all parameters."""

    values: FloatArray  # (blocks,)
    design: FloatArray  # (blocks, parameters)
    measured: np.typing.NDArray[np.bool_]  # (blocks,) which of them count


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """All sensors, the noise they share in kind, and what is known of the parameters beforehand."""

    series: tuple[Series, ...]
    white: FloatArray  # (blocks,) autocovariance of white noise with 1 Pa before the sensor's filter
    flicker: FloatArray  # (blocks,) autocovariance of flicker noise with a floor of 1 Pa
    prior_mean: FloatArray  # (parameters,)
    prior_precision: FloatArray  # (parameters,) 0 where nothing is known
    stated_flicker_pa: float  # scale of the prior on flicker


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """Parameters with their covariance, averaged over what the flicker noise may be."""

    parameters: FloatArray
    covariance: FloatArray
    white_pa: float
    flicker_pa: float
    flicker_standard_pa: float

    @property
    def ratio(self) -> float:
        """Flicker over white noise, for repeated solutions with fixed noise."""
        return self.flicker_pa / self.white_pa


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Parameters at one ratio of flicker to white noise."""

    parameters: FloatArray
    covariance: FloatArray
    white_pa: float
    log_likelihood: float


def solve(problem: Problem) -> Estimate:
    """Estimate the parameters, averaged over the flicker noise.

    Raises ValueError when there are no more values than parameters, or a parameter is left open by data and
    prior.
    """
    solutions = [solve_at(problem, float(ratio)) for ratio in _RATIO_GRID]
    floors_pa = np.array([ratio * s.white_pa for ratio, s in zip(_RATIO_GRID, solutions, strict=True)])
    weights = _weights(floors_pa, np.array([s.log_likelihood for s in solutions]), problem.stated_flicker_pa)
    parameters = np.stack([s.parameters for s in solutions])
    mean = weights @ parameters
    apart = parameters - mean
    covariance = np.tensordot(weights, np.stack([s.covariance for s in solutions]), axes=1)
    covariance = covariance + np.einsum("k,ki,kj->ij", weights, apart, apart)
    flicker_pa = float(weights @ floors_pa)
    return Estimate(
        parameters=np.asarray(mean),
        covariance=np.asarray(covariance),
        white_pa=float(weights @ [s.white_pa for s in solutions]),
        flicker_pa=flicker_pa,
        flicker_standard_pa=float(np.sqrt(weights @ (floors_pa - flicker_pa) ** 2)),
    )


def solve_with(problem: Problem, noise: Estimate) -> Estimate:
    """Estimate the parameters with the noise that another estimate found."""
    solution = solve_at(problem, noise.ratio, noise.white_pa)
    return replace(noise, parameters=solution.parameters, covariance=solution.covariance)


def _weights(floors_pa: FloatArray, log_likelihoods: FloatArray, stated_pa: float) -> FloatArray:
    """Posterior weights on the grid, whose first point is no flicker at all."""
    scale_pa = max(stated_pa, _LEAST_SCALE_PA)
    half_cauchy = np.gradient(floors_pa) / (1.0 + (floors_pa / scale_pa) ** 2)
    half_cauchy[0] = 0.0
    prior = (1.0 - _ODDS_OF_NONE) * half_cauchy / half_cauchy.sum()
    prior[0] = _ODDS_OF_NONE
    weights = np.exp(log_likelihoods - log_likelihoods.max()) * prior
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def solve_at(problem: Problem, ratio: float, white_pa: float | None = None) -> Solution:
    """Generalised least squares at one ratio of flicker to white noise.

    The white noise is estimated too unless it is given.
    """
    autocovariance = problem.white + ratio**2 * problem.flicker
    design, values, log_determinant = _whitened(problem, autocovariance)
    count = len(values)
    if count <= design.shape[1]:
        raise ValueError(f"{count} values can't determine {design.shape[1]} parameters")
    gram, moment = design.T @ design, design.T @ values
    prior = np.diag(problem.prior_precision)
    variance = _start_variance(design, values) if white_pa is None else white_pa**2
    for _ in range(_WHITE_ROUNDS if white_pa is None else 1):
        factor = cho_factor(gram / variance + prior)
        parameters = cho_solve(factor, moment / variance + prior @ problem.prior_mean)
        residual = values - design @ parameters
        if white_pa is None:
            taken = np.trace(cho_solve(factor, gram)) / variance  # parameters that the data had to pay for
            variance = max(float(residual @ residual) / (count - taken), _LEAST_VARIANCE_PA2)
    away = parameters - problem.prior_mean
    misfit = residual @ residual / variance + away @ prior @ away
    log_posterior_determinant = 2.0 * np.log(np.diag(factor[0])).sum()
    return Solution(
        parameters=np.asarray(parameters),
        covariance=np.asarray(cho_solve(factor, np.eye(len(parameters)))),
        white_pa=float(np.sqrt(variance)),
        log_likelihood=-0.5
        * float(log_determinant + count * np.log(variance) + log_posterior_determinant + misfit),
    )


def _start_variance(design: FloatArray, values: FloatArray) -> float:
    residual = values - design @ np.linalg.lstsq(design, values, rcond=None)[0]
    mean_square = float(residual @ residual) / max(len(values) - design.shape[1], 1)
    return float(max(mean_square, _LEAST_VARIANCE_PA2))


def _whitened(problem: Problem, autocovariance: FloatArray) -> tuple[FloatArray, FloatArray, float]:
    """All series in units of their noise, one below the other, and the log determinant of the covariance."""
    blocks = len(autocovariance)
    lags = np.abs(np.subtract.outer(np.arange(blocks), np.arange(blocks)))
    covariance = autocovariance[lags]
    factors: dict[bytes, tuple[FloatArray, float]] = {}
    designs, values = [], []
    log_determinant = 0.0
    for series in problem.series:
        rows = series.measured
        key = rows.tobytes()
        if key not in factors:
            lower = cholesky(covariance[np.ix_(rows, rows)], lower=True)
            factors[key] = lower, 2.0 * float(np.log(np.diag(lower)).sum())
        lower, log_of_it = factors[key]
        log_determinant += log_of_it
        both = np.column_stack([series.design[rows], series.values[rows]])
        white = solve_triangular(lower, both, lower=True)
        designs.append(white[:, :-1])
        values.append(white[:, -1])
    return np.concatenate(designs), np.concatenate(values), log_determinant
