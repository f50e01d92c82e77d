"""A solved decay model, told module by module and hatch by hatch."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from hatchwatch.methods.budget import Conditions, budget, combined
from hatchwatch.methods.model import DecayModel, Reference, Situation, build_model
from hatchwatch.methods.physical import rule_out_inflow
from hatchwatch.methods.regression import Estimate, Problem, Series, solve, solve_at, solve_with
from hatchwatch.methods.results import FitCurves, FloatArray, HatchResult, ModuleResult, NoiseEstimate
from hatchwatch.methods.verdict import judge

if TYPE_CHECKING:
    from hatchwatch.boards.model import SensorKnowledge
    from hatchwatch.methods.network import Network
    from hatchwatch.methods.truth import TrueFlows

__all__ = ["COVERAGE_FACTOR", "Fitted"]

COVERAGE_FACTOR: Final = 1.960  # two-sided 95 %
_UNSTEADY_FACTOR: Final = 3.5  # a change of rate beyond this many standard uncertainties is no chance
_UNSTEADY_SHARE: Final = 0.02  # but no matter if it is less than this part of the rate
_INFORMED_SHARE: Final = 0.7  # of the prior's spread: below it the data said something of a seal


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A decay model with its solution and the parts of the budget that need solutions of their own."""

    network: Network
    model: DecayModel
    reference: Reference
    sensors: SensorKnowledge
    gauge_standard_pa: float
    estimate: Estimate
    lag_standard: FloatArray  # (fitted,) share of the lag's uncertainty in the hull leaks
    rate_change: FloatArray  # (fitted,) change of the rate over the window, Pa/s
    rate_change_standard: FloatArray

    @classmethod
    def of(
        cls,
        situation: Situation,
        sensors: SensorKnowledge,
        gauge_standard_pa: float,
        noise: Estimate | None = None,
    ) -> Fitted:
        """Build and solve the model; `gauge_standard_pa` is the uncertainty of pressures over ambient.

        The noise is estimated unless an estimate from other sensors is given.
        """

        def model_with(lag_s: float) -> DecayModel:
            return build_model(situation, lag_s, sensors.flicker_pa)

        lag_s, lag_standard_s = sensors.temperature_lag_s, sensors.temperature_lag_uncertainty_s
        model = model_with(lag_s)
        estimate = solve(model.problem) if noise is None else solve_with(model.problem, noise)
        slow, quick = (
            solve_at(model_with(max(lag, 0.0)).problem, estimate.ratio, estimate.white_pa).parameters
            for lag in (lag_s + lag_standard_s, lag_s - lag_standard_s)
        )
        lag_standard = np.abs(slow - quick)[model.hull_indices] / 2.0
        blur = np.sqrt(_variances_given_seals(model, estimate) + lag_standard**2)
        side = math.copysign(1.0, situation.reference.at_pa)
        change, change_standard = _rate_change(model, estimate)
        return cls(
            network=situation.network,
            model=model,
            reference=situation.reference,
            sensors=sensors,
            gauge_standard_pa=gauge_standard_pa,
            estimate=rule_out_inflow(estimate, model.hull_indices, model.seal_indices, blur, side),
            lag_standard=lag_standard,
            rate_change=change,
            rate_change_standard=change_standard,
        )

    @property
    def noise(self) -> NoiseEstimate:
        """What the data say of the sensors' noise."""
        return NoiseEstimate(
            self.estimate.white_pa, self.estimate.flicker_pa, self.estimate.flicker_standard_pa
        )

    def module(self, chamber: int, limit_pa_m3_s: float, truth: TrueFlows | None) -> ModuleResult:
        """Leak, budget and verdict of one chamber (its index in the network)."""
        place = self.model.fitted.index(chamber)
        name = self.network.names[chamber]
        leak = float(self.estimate.parameters[self.model.hull_index(place)])
        drive = float(self.model.hull_drive[place])
        conditions = self._conditions(chamber)
        unsteady = self._unsteady_pa_m3_s(place)
        regression = {**self._regression_shares(place), "lag": float(self.lag_standard[place])}
        if unsteady:
            regression["unsteady"] = unsteady
        items = budget(leak, drive, regression, conditions, self.sensors)
        standard, flow_standard = combined(items)
        side = math.copysign(1.0, self.reference.at_pa)
        verdict, reason = judge(side * leak, standard, limit_pa_m3_s)
        half, flow_half = COVERAGE_FACTOR * standard, COVERAGE_FACTOR * flow_standard
        return ModuleResult(
            name=name,
            verdict=verdict,
            limit_pa_m3_s=limit_pa_m3_s,
            volume_m3=conditions.volume_m3,
            volume_uncertainty_m3=conditions.volume_standard_m3,
            leak_pa_m3_s=leak,
            leak_low_pa_m3_s=leak - half,
            leak_high_pa_m3_s=leak + half,
            leak_standard_pa_m3_s=standard,
            mean_flow_pa_m3_s=leak * drive,
            mean_flow_low_pa_m3_s=leak * drive - flow_half,
            mean_flow_high_pa_m3_s=leak * drive + flow_half,
            mean_flow_standard_pa_m3_s=flow_standard,
            reason=reason,
            truth_pa_m3_s=None if truth is None else truth.hull_at_reference[name],
            truth_mean_flow_pa_m3_s=None if truth is None else truth.hull[name],
            budget=items,
            warnings=("its rate changed during the window: not settled, or disturbed",) if unsteady else (),
            fit=self._curves(place),
        )

    def hatches(self, truth: TrueFlows | None) -> tuple[HatchResult, ...]:
        """Flow and seal of every hatch that has a living sensor on one side at least."""
        model, estimate = self.model, self.estimate
        results = []
        for e, hatch in enumerate(model.hatches):
            parameter = model.seal_indices.start + e
            seal = float(estimate.parameters[parameter])
            standard = math.sqrt(estimate.covariance[parameter, parameter])
            prior_standard = float(model.problem.prior_precision[parameter]) ** -0.5
            half = COVERAGE_FACTOR * standard
            results.append(
                HatchResult(
                    name=hatch.name,
                    between=hatch.names,
                    mean_flow_pa_m3_s=seal * float(model.seal_drive[e]),
                    mean_flow_standard_pa_m3_s=standard * abs(float(model.seal_drive[e])),
                    seal_leak_pa_m3_s=seal,
                    seal_leak_low_pa_m3_s=seal - half,
                    seal_leak_high_pa_m3_s=seal + half,
                    informative=standard < _INFORMED_SHARE * prior_standard,
                    truth_mean_flow_pa_m3_s=None if truth is None else truth.hatch.get(hatch.name),
                )
            )
        return tuple(results)

    def _conditions(self, chamber: int) -> Conditions:
        model = self.model
        temperature_k = model.temperature_k[:, chamber]
        slope_k_s = float(np.polynomial.polynomial.polyfit(model.block_time_s, temperature_k, 1)[1])
        return Conditions(
            volume_m3=float(self.network.volume_m3[chamber]),
            volume_standard_m3=float(self.network.volume_standard_m3[chamber]),
            pressure_pa=float(model.pressure_pa[:, chamber].mean()),
            temperature_k=float(temperature_k.mean()),
            temperature_slope_k_s=slope_k_s,
            ambient_pa=self.reference.ambient_pa,
            reference_pa=self.reference.ambient_pa + self.reference.at_pa,
            gauge_standard_pa=self.gauge_standard_pa,
        )

    def _regression_shares(self, place: int) -> dict[str, float]:
        """The regression's variance of a hull leak, divided into noise and not knowing the seals."""
        index = self.model.hull_index(place)
        total = float(self.estimate.covariance[index, index])
        of_noise = float(_variances_given_seals(self.model, self.estimate)[place])
        return {"noise": math.sqrt(of_noise), "seals": math.sqrt(max(total - of_noise, 0.0))}

    def _unsteady_pa_m3_s(self, place: int) -> float:
        """0 for a steady rate; otherwise its change over the window as the full width of a rectangle."""
        index, time_s = self.model.hull_index(place), self.model.block_time_s
        design = self.model.problem.series[place].design[:, index]
        per_leak_pa_s = abs(float((design[-1] - design[0]) / (time_s[-1] - time_s[0])))
        rate_pa_s = abs(float(self.estimate.parameters[index])) * per_leak_pa_s
        change_pa_s = abs(float(self.rate_change[place]))
        chance_pa_s = _UNSTEADY_FACTOR * float(self.rate_change_standard[place])
        if change_pa_s <= max(chance_pa_s, _UNSTEADY_SHARE * rate_pa_s):
            return 0.0
        return change_pa_s / per_leak_pa_s / math.sqrt(12.0)

    def _curves(self, place: int) -> FitCurves:
        model = self.model
        chamber = model.fitted[place]
        level_pa = model.start_amount_pa[place]
        fitted_pa = model.problem.series[place].design @ self.estimate.parameters + level_pa
        return FitCurves(
            time_s=model.block_time_s,
            pressure_pa=model.pressure_pa[:, chamber],
            temperature_k=model.temperature_k[:, chamber],
            amount_pa=model.amount_pa[:, place],
            fitted_pa=fitted_pa,
            residual_pa=model.amount_pa[:, place] - fitted_pa,
        )


def _variances_given_seals(model: DecayModel, estimate: Estimate) -> FloatArray:
    """What the variances of the hull leaks would be if the seals were known; (fitted,)."""
    covariance, hulls, seals = estimate.covariance, model.hull_indices, model.seal_indices
    own = np.diag(covariance)[hulls]
    if not model.hatches:
        return np.asarray(own)
    between = covariance[hulls, seals]
    of_seals = np.einsum("ke,ek->k", between, np.linalg.solve(covariance[seals, seals], between.T))
    return np.asarray(np.maximum(own - of_seals, 0.0))


def _rate_change(model: DecayModel, estimate: Estimate) -> tuple[FloatArray, FloatArray]:
    """Change of each chamber's rate over the window beyond the model, and its standard uncertainty, Pa/s.

    The same regression with a parabola added for each chamber: the transient check of a second window, in
    one.
    """
    time_s = model.block_time_s
    length_s = time_s[-1] - time_s[0]
    parabola = (time_s - time_s.mean()) ** 2 / (2.0 * length_s)  # rate changes by 1 Pa/s from end to end
    problem, count = model.problem, len(model.fitted)
    series = []
    for place, one in enumerate(problem.series):
        extra = np.zeros((len(time_s), count))
        extra[:, place] = parabola
        series.append(Series(one.values, np.hstack([one.design, extra]), one.measured))
    free = np.zeros(count)
    wider: Problem = replace(
        problem,
        series=tuple(series),
        prior_mean=np.concatenate([problem.prior_mean, free]),
        prior_precision=np.concatenate([problem.prior_precision, free]),
    )
    solution = solve_at(wider, estimate.ratio, estimate.white_pa)
    return solution.parameters[-count:], np.sqrt(np.diag(solution.covariance)[-count:])
