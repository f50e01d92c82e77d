"""Leaks so large that a module has lost its pressure before the window begins.

A regression has nothing left to fit then, but the loss itself tells the rate well enough for a verdict: the
gas that went between the sealing and the moment when only a quarter of the pressure was left, over what
drove it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from hatchwatch.methods.flow import laminar_drive
from hatchwatch.methods.units import RATE_TEMPERATURE_K

if TYPE_CHECKING:
    from hatchwatch.methods.model import Reference
    from hatchwatch.methods.signals import Readings

__all__ = ["GROSS_STANDARD_SHARE", "GrossLeak", "find_gross_leak"]

GROSS_STANDARD_SHARE: Final = 0.2  # of the rate: gas that expands this fast is colder than its wall
_LEAST_START_GAUGE_PA: Final = 1_000.0
_LEFT_SHARE: Final = 0.25


@dataclass(frozen=True, slots=True)
class GrossLeak:
    """A rate from the loss of most of the gas."""

    leak_pa_m3_s: float  # at the reference, with its sign
    mean_flow_pa_m3_s: float  # over the loss


def find_gross_leak(
    readings: Readings, chamber: int, volume_m3: float, reference: Reference
) -> GrossLeak | None:
    """The leak of a chamber that lost three quarters of its pressure within `readings`, else None.

    `readings` begin when the hatches are shut.
    """
    pressure_pa = readings.pressure_pa[:, chamber]
    gauge_pa = np.abs(pressure_pa - reference.ambient_pa)
    below = gauge_pa < _LEFT_SHARE * gauge_pa[0]
    if gauge_pa[0] < _LEAST_START_GAUGE_PA or not below.any():
        return None
    end = max(int(np.argmax(below)), 1)
    time_s = readings.time_s[: end + 1]
    drive = laminar_drive(pressure_pa[: end + 1], reference.ambient_pa)
    lost_pa = pressure_pa[0] - pressure_pa[end]
    temperature_k = float(readings.temperature_k[: end + 1, chamber].mean())
    lost_pa_m3 = float(lost_pa) * volume_m3 * RATE_TEMPERATURE_K / temperature_k
    driven_pa2_s = float(np.trapezoid(drive, time_s))
    return GrossLeak(
        leak_pa_m3_s=lost_pa_m3 * reference.drive_pa2 / driven_pa2_s,
        mean_flow_pa_m3_s=lost_pa_m3 / float(time_s[-1] - time_s[0]),
    )
