"""What an emulated plant knows, in the terms of a result."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from hatchwatch.methods.units import pa_m3_s_from_mol_s

__all__ = ["TrueFlows", "true_flows"]


@dataclass(frozen=True, slots=True)
class TrueFlows:
    """True mean flows over a window in Pa·m³/s by name, out of the module or from first to second."""

    hull: dict[str, float]  # through the hull to ambient
    hull_at_reference: dict[str, float]  # the same at the stated pressure over ambient
    hatch: dict[str, float]


def true_flows(start: dict[str, Any], end: dict[str, Any], at_pa: float) -> TrueFlows:
    """Mean flows between two statements of the plant (`emulator.plant`), the later one second.

    The flow at the reference follows from the mean flow by the laminar law at the plant's own pressures, as
    design defines it. Raises ValueError when no time passed.
    """
    duration_s = float(end["time_s"]) - float(start["time_s"])
    if duration_s <= 0.0:
        raise ValueError(f"truth needs two moments, got {start['time_s']} s and {end['time_s']} s")

    def flows(kind: str, amount: str) -> dict[str, float]:
        return {
            name: pa_m3_s_from_mol_s((state[amount] - start[kind][name][amount]) / duration_s)
            for name, state in end[kind].items()
            if amount in state
        }

    hull = flows("modules", "hull_mol")
    ambient_pa = 0.5 * (start["ambient_pa"] + end["ambient_pa"])
    reference_drive = (ambient_pa + at_pa) ** 2 - ambient_pa**2
    at_reference = {}
    for name, flow in hull.items():
        drive = _mean_of_decay(_drive(start, name), _drive(end, name))
        at_reference[name] = flow * reference_drive / drive if drive else 0.0
    return TrueFlows(hull, at_reference, flows("hatches", "flow_mol"))


def _mean_of_decay(first: float, last: float) -> float:
    """Mean of a quantity that decays exponentially from `first` to `last`; both have the same sign."""
    if first * last <= 0.0 or math.isclose(first, last, rel_tol=1e-6):
        return 0.5 * (first + last)
    return (first - last) / math.log(first / last)


def _drive(state: dict[str, Any], name: str) -> float:
    return float(state["modules"][name]["pressure_pa"]) ** 2 - float(state["ambient_pa"]) ** 2
