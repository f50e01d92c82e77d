"""The uncertainty of one module's leak, source by source."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hatchwatch.methods.flow import law_ratios
from hatchwatch.methods.results import BudgetItem
from hatchwatch.methods.units import RATE_TEMPERATURE_K

if TYPE_CHECKING:
    from hatchwatch.boards.model import SensorKnowledge

__all__ = ["TITLES", "Conditions", "budget", "combined"]

TCO_STANDARD_PA_K: Final = 1.5 / math.sqrt(3.0)  # temperature coefficient of the offset, datasheet Table 2

TITLES: Final = {
    "noise": "sensor noise",
    "seals": "flow through shut hatches",
    "volume": "volume of the module",
    "drift": "gas temperature that the chip doesn't see",
    "lag": "lag of the chip behind the gas",
    "tco": "pressure offset that moves with the chip's temperature",
    "temperature": "absolute temperature",
    "unsteady": "rate that changed during the window",
    "gauge": "pressure over ambient",
    "law": "flow law between the measured and the stated pressure",
}


@dataclass(frozen=True, slots=True)
class Conditions:
    """What one module's budget depends on besides the regression."""

    volume_m3: float
    volume_standard_m3: float
    pressure_pa: float  # mean over the window
    temperature_k: float
    temperature_slope_k_s: float
    ambient_pa: float
    reference_pa: float  # absolute pressure at which the leak is stated
    gauge_standard_pa: float  # of the pressure over ambient: ambient and sensor together


def budget(
    leak_pa_m3_s: float,
    drive_ratio: float,
    regression_pa_m3_s: dict[str, float],
    conditions: Conditions,
    sensors: SensorKnowledge,
) -> tuple[BudgetItem, ...]:
    """Standard uncertainties of a leak at the reference, and of the mean flow, by source.

    `drive_ratio` is mean flow over leak; `regression_pa_m3_s` what the regression found, at the reference.
    Pressure over ambient and flow law only matter to bring the mean flow to the reference.
    """
    leak = abs(leak_pa_m3_s)
    of_slope = conditions.volume_m3 * RATE_TEMPERATURE_K / conditions.temperature_k / abs(drive_ratio)
    unseen_pa_s = conditions.pressure_pa / conditions.temperature_k * sensors.temperature_drift_k_h / 3600.0
    gauge_pa = conditions.pressure_pa - conditions.ambient_pa
    laminar, orifice = law_ratios(conditions.pressure_pa, conditions.reference_pa, conditions.ambient_pa)
    both = {
        **regression_pa_m3_s,
        "volume": leak * conditions.volume_standard_m3 / conditions.volume_m3,
        "drift": of_slope * unseen_pa_s,
        "tco": of_slope * TCO_STANDARD_PA_K * abs(conditions.temperature_slope_k_s),
        "temperature": leak * sensors.temperature_offset_k / conditions.temperature_k,
    }
    only_leak = {
        "gauge": leak * conditions.gauge_standard_pa / abs(gauge_pa),
        # The laminar law is taken; the orifice law is the other end of what a real leak may follow.
        "law": leak * abs(1.0 - orifice / laminar) / math.sqrt(12.0),
    }
    items = [BudgetItem(key, TITLES[key], u, u * abs(drive_ratio)) for key, u in both.items()]
    items += [BudgetItem(key, TITLES[key], u, 0.0) for key, u in only_leak.items()]
    return tuple(items)


def combined(items: tuple[BudgetItem, ...]) -> tuple[float, float]:
    """Combined standard uncertainties of leak and mean flow, Pa·m³/s."""
    return (
        math.hypot(*(item.standard_pa_m3_s for item in items)),
        math.hypot(*(item.mean_flow_standard_pa_m3_s for item in items)),
    )
