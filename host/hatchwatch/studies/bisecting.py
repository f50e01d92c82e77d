"""Studies of strategies alone: how many closures a search takes when every answer is right.

Each scenario is one station. The firmware's strategy seeks a leak in every module in turn, the modules
weighted by volume and suspicion as the firmware does; the optimum is that of an exact search.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hatchwatch.link.flight import flight_module
from hatchwatch.studies.bisect import entropy_bits, optimal_closures
from hatchwatch.studies.measures import Measure
from hatchwatch.studies.onboard import flight_station, parameter_values

if TYPE_CHECKING:
    from array import array
    from collections.abc import Sequence

    from hatchwatch.studies.scenarios import Scenario

__all__ = ["MEASURES", "outcome"]

_ALL_PPM: Final = 1_000_000

MEASURES = (
    Measure(
        "closures", "mean", "closures", "hatches shut until one module is left, on the mean of all leaks"
    ),
    Measure("steps", "mean", "steps", "how often the pressures are measured for that"),
    Measure("optimum", "mean", "optimum", "closures of the best strategy there is"),
    Measure("entropy", "mean", "entropy_bits", "what no strategy goes below", unit="bits"),
    Measure("over-optimum", "spread", "over_optimum", "closures over those of the best strategy"),
    Measure("unresolved", "mean", "unresolved", "probability that crew rules leave more than one module"),
)


def outcome(scenario: Scenario) -> dict[str, Any]:
    """Expected closures of one station."""
    station = flight_station(scenario.bench)
    values = parameter_values(scenario)
    priors = _priors(station, scenario)
    found = {module: _search(station, values, priors, module) for module in priors}
    closures = sum(priors[module] * found[module][0] for module in priors)
    optimum = _optimum(station, priors)
    return {
        "closures": closures,
        "steps": sum(priors[module] * found[module][1] for module in priors),
        "optimum": optimum,
        "entropy_bits": entropy_bits(priors),
        "over_optimum": closures / optimum,
        "close_all": station.hatches,
        "unresolved": sum(priors[module] for module in priors if found[module][2] > 1),
    }


def _priors(station: Any, scenario: Scenario) -> dict[int, float]:
    suspicion = [scenario.parameters.get(f"suspicion_{module}", 10) for module in range(station.count)]
    weights = {
        module: station.volume_ul[module] * suspicion[module]
        for module in range(station.count)
        if station.inside >> module & 1
    }
    return {module: weight / sum(weights.values()) for module, weight in weights.items()}


def _search(station: Any, values: array[int], priors: dict[int, float], leaking: int) -> tuple[int, int, int]:
    """Closures, steps and modules left when `leaking` is sought and each answer is right."""
    strategies = flight_module("fsw.station.strategies")
    shut = steps = 0
    while True:
        left = [module for module in priors if station.reach(1 << leaking, shut) >> module & 1]
        if len(left) == 1:
            break
        total = sum(priors[module] for module in left)
        cut_ppm = [
            round(_ALL_PPM * priors[module] / total) if module in left else 0
            for module in range(station.count)
        ]
        target, _, _ = strategies.next_shut(station, values, cut_ppm, shut, 0)
        if target == shut:
            break
        shut, steps = target, steps + 1
    return shut.bit_count(), steps, len(left)


def _optimum(station: Any, priors: dict[int, float]) -> float:
    edges: Sequence[tuple[int, int]] = [
        (station.sides[2 * hatch], station.sides[2 * hatch + 1]) for hatch in range(station.hatches)
    ]
    return optimal_closures(edges, priors)
