"""Gas does not enter against the pressure."""

from __future__ import annotations

import numpy as np
import pytest

from hatchwatch.methods.physical import rule_out_inflow
from hatchwatch.methods.regression import Estimate

HULLS, SEALS = slice(0, 2), slice(2, 3)


def two_modules(flow: float, flow_standard: float) -> Estimate:
    """Rates of two modules are known to 1; what passes the seal from the first to the second is not."""
    # first = 100 - flow, second = -100 + flow
    shape = np.array([-1.0, 1.0, 1.0])
    mean = np.array([100.0 - flow, -100.0 + flow, flow])
    covariance = flow_standard**2 * np.outer(shape, shape) + np.diag([1.0, 1.0, 0.0])
    return Estimate(mean, covariance, 1.0, 0.0, 0.0)


def rule_out(estimate: Estimate, side: float = 1.0) -> Estimate:
    return rule_out_inflow(estimate, HULLS, SEALS, np.ones(2), side)


def test_what_one_gains_came_through_the_seal() -> None:
    found = rule_out(two_modules(flow=50.0, flow_standard=40.0))
    assert found.parameters == pytest.approx([0.0, 0.0, 100.0], abs=6.0)
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx(np.zeros(3), abs=6.0)


def test_below_ambient_the_signs_turn() -> None:
    estimate = two_modules(flow=50.0, flow_standard=40.0)
    mirrored = Estimate(-estimate.parameters, estimate.covariance, 1.0, 0.0, 0.0)
    found = rule_out(mirrored, side=-1.0)
    assert found.parameters == pytest.approx(-rule_out(estimate).parameters)


def test_two_leaks_that_need_no_flow_stay_as_they_are() -> None:
    estimate = Estimate(np.array([50.0, 30.0, 5.0]), np.diag([100.0, 100.0, 100.0]), 1.0, 0.0, 0.0)
    assert rule_out(estimate).parameters == pytest.approx(estimate.parameters)


def test_a_gain_that_no_seal_explains_is_not_explained_away() -> None:
    estimate = two_modules(flow=0.0, flow_standard=4.0)
    assert rule_out(estimate).parameters == pytest.approx(estimate.parameters)


def test_without_hatches_nothing_is_ruled_out() -> None:
    estimate = Estimate(np.array([-3.5]), np.array([[1.0]]), 1.0, 0.0, 0.0)
    found = rule_out_inflow(estimate, slice(0, 1), slice(1, 1), np.ones(1), 1.0)
    assert found is estimate
