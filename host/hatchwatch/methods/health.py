"""Which sensors may take part in an analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from hatchwatch.methods.signals import Readings

__all__ = ["sensor_defects"]

_LEAST_VALID_SHARE: Final = 0.5  # of a sensor's readings
_MOST_REPEATED_SHARE: Final = 0.8  # equal to the one before; in a living sensor noise makes that rare


def sensor_defects(readings: Readings) -> tuple[str, ...]:
    """For each chamber what is wrong with its sensor, in one clause; empty when nothing is.

    `readings` are those of the window alone.
    """
    return tuple(_defect(readings, chamber) for chamber in range(readings.pressure_pa.shape[1]))


def _defect(readings: Readings, chamber: int) -> str:
    valid = readings.valid[:, chamber] > 0
    if not valid.any():
        return "its sensor gave no reading"
    share = float(valid.mean())
    if share < _LEAST_VALID_SHARE:
        return f"its sensor gave only {share:.0%} of its readings"
    pressure_pa = readings.pressure_pa[valid, chamber]
    temperature_k = readings.temperature_k[valid, chamber]
    repeated = (np.diff(pressure_pa) == 0.0) & (np.diff(temperature_k) == 0.0)
    if len(repeated) and repeated.mean() > _MOST_REPEATED_SHARE:
        return f"its sensor stands still: {repeated.mean():.0%} of its readings repeat the one before"
    return ""
