from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from hatchwatch.emulator.plant.rodas import Problem, Rodas


def solve(rates, jacobian, start, end_s: float, tolerance: float, longest_s: float = 1e9):
    problem = Problem(rates, jacobian, tolerance, np.full(len(start), tolerance), longest_s)
    solver = Rodas(problem, 0.0, np.array(start), end_s)
    steps = []
    while not solver.arrived:
        steps.append(solver.step())
    return steps


def robertson(_time_s, y):
    a, b, c = y
    return [-0.04 * a + 1e4 * b * c, 0.04 * a - 1e4 * b * c - 3e7 * b * b, 3e7 * b * b]


def robertson_jacobian(_time_s, y):
    _, b, c = y
    return np.array(
        [[-0.04, 1e4 * c, 1e4 * b], [0.04, -1e4 * c - 6e7 * b, -1e4 * b], [0.0, 6e7 * b, 0.0]],
    )


def test_robertsons_reaction_the_classic_of_stiff_problems():
    """Reference solution at t = 40 as printed in the example of LSODE."""
    steps = solve(robertson, robertson_jacobian, [1.0, 0.0, 0.0], 40.0, 1e-10)
    assert steps[-1].end == pytest.approx([7.158270e-01, 9.185512e-06, 2.841638e-01], rel=1e-5)
    assert len(steps) < 1000


def oscillation(time_s, y):
    return [y[1], -y[0] + math.sin(0.5 * time_s)]


def oscillation_jacobian(_time_s, _y):
    return np.array([[0.0, 1.0], [-1.0, 0.0]])


def exact_oscillation(time_s: float) -> float:
    """x'' + x = sin(t/2), x(0) = 1, x'(0) = 0."""
    return math.cos(time_s) - 2.0 / 3.0 * math.sin(time_s) + 4.0 / 3.0 * math.sin(0.5 * time_s)


def largest_error(step_s: float, part: float) -> float:
    """At a part (0 to 1) of each step. The tolerance accepts any step: all but a few have the same length."""
    steps = solve(oscillation, oscillation_jacobian, [1.0, 0.0], 6.0, 1e9, step_s)
    times_s = [step.start_s + part * (step.end_s - step.start_s) for step in steps]
    found = [step.at(time_s)[0] for step, time_s in zip(steps, times_s, strict=True)]
    return max(abs(x - exact_oscillation(time_s)) for x, time_s in zip(found, times_s, strict=True))


def test_steps_are_of_fourth_order_and_the_inside_of_third():
    at_ends = [largest_error(step_s, 1.0) for step_s in (0.2, 0.1)]
    inside = [largest_error(step_s, 0.4) for step_s in (0.2, 0.1)]
    assert math.log2(at_ends[0] / at_ends[1]) > 3.8
    assert math.log2(inside[0] / inside[1]) > 2.9
    assert at_ends[1] < 1e-6
    assert inside[1] < 1e-5


def test_the_error_follows_the_tolerance():
    errors = []
    for tolerance in (1e-5, 1e-7, 1e-9):
        steps = solve(oscillation, oscillation_jacobian, [1.0, 0.0], 6.0, tolerance)
        errors.append(abs(steps[-1].end[0] - exact_oscillation(6.0)))
    assert errors[0] < 1e-4
    assert errors[1] < 1e-6
    assert errors[2] < 1e-8


def test_the_last_step_ends_on_the_bound_and_steps_join():
    steps = solve(oscillation, oscillation_jacobian, [1.0, 0.0], 1.2345, 1e-8)
    assert steps[-1].end_s == 1.2345
    for before, after in itertools.pairwise(steps):
        assert before.end_s == after.start_s
        assert before.at(before.end_s) == pytest.approx(after.at(after.start_s), rel=1e-14)


def test_at_rest_steps_grow_to_the_longest_allowed():
    """What stops solvers that iterate: rates that are nothing but rounding of a very stiff equation."""

    def rates(_time_s, y):
        return [1e9 * ((0.1 + y[1]) - (0.1 + y[0])), 1e9 * ((0.1 + y[0]) - (0.1 + y[1]))]

    def jacobian(_time_s, _y):
        return 1e9 * np.array([[-1.0, 1.0], [1.0, -1.0]])

    steps = solve(rates, jacobian, [1e-9, 1e-9 + 1e-17], 3600.0, 1e-12, 60.0)
    assert len(steps) < 80
    assert steps[-1].end == pytest.approx([1e-9, 1e-9], abs=1e-15)


def test_a_step_out_of_the_range_of_the_equations_is_tried_again_shorter():
    def rates(_time_s, y):
        return [-math.sqrt(y[0])]  # y = (1 - t/2)²; negative values raise

    def jacobian(_time_s, y):
        return np.array([[-0.5 / math.sqrt(y[0])]])

    steps = solve(rates, jacobian, [1.0], 1.99, 1e-6)
    assert steps[-1].end[0] == pytest.approx(0.005**2, rel=1e-2)


def test_no_solution_is_told():
    def rates(_time_s, y):
        return [y[0] ** 2]  # 1 / (1 - t): ends at t = 1

    def jacobian(_time_s, y):
        return np.array([[2.0 * y[0]]])

    with pytest.raises(ArithmeticError, match="short enough"):
        solve(rates, jacobian, [1.0], 2.0, 1e-8)
