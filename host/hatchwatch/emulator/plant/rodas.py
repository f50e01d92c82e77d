"""RODAS, a solver for stiff equations: stiffly accurate Rosenbrock method of order 4(3) with dense output.

E. Hairer, G. Wanner: Solving Ordinary Differential Equations II, 2nd edition (1996), sections IV.7 and IV.10.

Why not one of scipy's: gas behind open hatches is stiff by a factor of millions, and at rest most of the
time. At rest the Newton iterations of scipy's BDF and Radau see nothing but rounding, call that divergence,
and give up; LSODA may stay in its non-stiff half for thousands of tiny steps. A Rosenbrock method solves
one linear system per stage and never iterates. scipy's solvers are what the tests compare with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.linalg import lu_factor, lu_solve

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FloatArray", "Problem", "Rodas", "Step"]

FloatArray = npt.NDArray[np.float64]

_GAMMA = 0.25
_NODES = (0.0, 0.386, 0.21, 0.63, 1.0, 1.0)
_SLOPE_WEIGHTS = (0.25, -0.1043, 0.1035, -0.03620000000000023, 0.0, 0.0)  # of the derivative by time
_A = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [1.544, 0.0, 0.0, 0.0, 0.0],
        [0.9466785280815826, 0.2557011698983284, 0.0, 0.0, 0.0],
        [3.314825187068521, 2.896124015972201, 0.9986419139977817, 0.0, 0.0],
        [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950, 0.0],
        [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950, 1.0],
    ]
)
_C = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [-5.6688, 0.0, 0.0, 0.0, 0.0],
        [-2.430093356833875, -0.2063599157091915, 0.0, 0.0, 0.0],
        [-0.1073529058151375, -9.594562251023355, -20.47028614809616, 0.0, 0.0],
        [7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160, 0.0],
        [8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054],
    ]
)
_DENSE = np.array(
    [
        [10.12623508344586, -7.487995877610167, -34.80091861555747, -7.992771707568823, 1.025137723295662],
        [-0.6762803392801253, 6.087714651680015, 16.43084320892478, 24.76722511418386, -6.594389125716872],
    ]
)
_STAGES = 6

_FIRST_STEP_S = 1e-4
_SAFETY = 0.9
_SMALLEST_CHANGE, _LARGEST_CHANGE = 0.2, 6.0  # of the step from one to the next
_TIME_PROBE = 1e-4  # of a step: where the derivative by time is taken


@dataclass(frozen=True)
class Problem:
    """y' = rates(t, y), with its Jacobian and the error that a step may make in each element."""

    rates: Callable[[float, FloatArray], list[float]]
    jacobian: Callable[[float, FloatArray], FloatArray]
    relative_tolerance: float
    absolute_tolerance: FloatArray
    longest_step_s: float


@dataclass(frozen=True)
class Step:
    """One accepted step, and the solution inside it (third order)."""

    start_s: float
    end_s: float
    start: FloatArray
    end: FloatArray
    bend: FloatArray  # the two terms of the dense output
    twist: FloatArray

    def at(self, time_s: float) -> FloatArray:
        """Solution at a time from `start_s` to `end_s`."""
        part = (time_s - self.start_s) / (self.end_s - self.start_s)
        rest = 1.0 - part
        solution: FloatArray = rest * self.start + part * (self.end + rest * (self.bend + part * self.twist))
        return solution


class Rodas:
    """Steps a problem from a start to a bound, each step as long as its tolerance allows."""

    def __init__(self, problem: Problem, start_s: float, start: FloatArray, bound_s: float) -> None:
        self._problem = problem
        self._vector = start
        self._bound_s = bound_s
        self._next_step_s = min(_FIRST_STEP_S, problem.longest_step_s)
        self.time_s = start_s

    @property
    def arrived(self) -> bool:
        """The bound has been reached."""
        return self.time_s >= self._bound_s

    def step(self) -> Step:
        """Take one step; `ArithmeticError` when none is short enough."""
        rates = np.array(self._problem.rates(self.time_s, self._vector))
        jacobian = self._problem.jacobian(self.time_s, self._vector)
        shortened = False
        while True:
            length_s, end_s = self._length_s()
            if not self.time_s + 0.1 * length_s > self.time_s:
                raise ArithmeticError(f"no step is short enough at {self.time_s} s")
            try:
                with np.errstate(over="ignore", invalid="ignore"):  # both end in an error that asks for less
                    step, error = self._try(length_s, end_s, rates, jacobian)
            except (ArithmeticError, ValueError):  # a step far too long left the range of the equations
                step, error = None, np.inf
            change = _change(error)
            # After a rejection the step may not grow at once: it would be rejected again.
            self._next_step_s = length_s * (min(change, 1.0) if shortened else change)
            if step is not None and error <= 1.0:
                self.time_s, self._vector = step.end_s, step.end
                return step
            shortened = True

    def _length_s(self) -> tuple[float, float]:
        """Length and end of the next step; the last one ends on the bound, with no sliver left over."""
        length_s = min(self._next_step_s, self._problem.longest_step_s)
        left_s = self._bound_s - self.time_s
        if left_s <= length_s:
            return left_s, self._bound_s
        if left_s <= 2.0 * length_s:
            length_s = 0.5 * left_s
        return length_s, self.time_s + length_s

    def _try(
        self, length_s: float, end_s: float, rates: FloatArray, jacobian: FloatArray
    ) -> tuple[Step, float]:
        """Make a step of a given length, and tell its error in units of the tolerance."""
        problem, start = self._problem, self._vector
        factors = lu_factor(np.eye(len(start)) / (_GAMMA * length_s) - jacobian, check_finite=False)
        probed = np.array(problem.rates(self.time_s + _TIME_PROBE * length_s, start))
        drift = (probed - rates) / _TIME_PROBE  # length x derivative of the rates by time
        stages = np.zeros((_STAGES, len(start)))
        point, slope = start, rates
        for i in range(_STAGES):
            if i:
                point = start + _A[i, :i] @ stages[:i]
                slope = np.array(problem.rates(self.time_s + _NODES[i] * length_s, point))
            right = slope + (_C[i, :i] @ stages[:i]) / length_s + _SLOPE_WEIGHTS[i] * drift
            stages[i] = lu_solve(factors, right, check_finite=False)
        end = point + stages[-1]
        bend, twist = _DENSE @ stages[:-1]
        scale = problem.absolute_tolerance + problem.relative_tolerance * np.maximum(
            np.abs(start), np.abs(end)
        )
        error = float(np.sqrt(np.mean((stages[-1] / scale) ** 2)))
        return Step(self.time_s, end_s, start, end, bend, twist), error


def _change(error: float) -> float:
    """By what factor the next step may be longer; an error that is no number asks for a shorter one."""
    if not error > 0.0:
        return _LARGEST_CHANGE if error == 0.0 else _SMALLEST_CHANGE
    return float(min(_LARGEST_CHANGE, max(_SMALLEST_CHANGE, _SAFETY * error**-0.25)))
