"""The mass-point method in its plain form: gas from p, T and V, and a straight line through it.

Source: Daniels et al., NTRS 20150022419; 40 CFR 1065.644 for two points.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hatchwatch.methods.units import GAS_CONSTANT_J_MOL_K

if TYPE_CHECKING:
    from hatchwatch.methods.results import FloatArray

__all__ = ["amount_mol", "mass_point_flow_mol_s"]


def amount_mol(pressure_pa: FloatArray, temperature_k: FloatArray, volume_m3: float) -> FloatArray:
    """Amount of an ideal gas."""
    return np.asarray(pressure_pa * volume_m3 / (GAS_CONSTANT_J_MOL_K * temperature_k))


def mass_point_flow_mol_s(
    time_s: FloatArray, pressure_pa: FloatArray, temperature_k: FloatArray, volume_m3: float
) -> tuple[float, float]:
    """Mean outflow (mol/s, positive when gas leaves) and its standard uncertainty for independent readings.

    With two readings the uncertainty is not known: NaN. Readings that follow each other closely share noise,
    and the uncertainty is then too small (`regression` for how to do better). Raises ValueError for fewer
    than two readings.
    """
    if len(time_s) < 2:
        raise ValueError("a slope needs two readings")
    moles = amount_mol(pressure_pa, temperature_k, volume_m3)
    since_s = time_s - time_s.mean()
    spread_s2 = float(since_s @ since_s)
    slope = float(since_s @ (moles - moles.mean())) / spread_s2
    residual = moles - moles.mean() - slope * since_s
    freedom = len(time_s) - 2
    standard = math.sqrt(float(residual @ residual) / freedom / spread_s2) if freedom else math.nan
    return -slope, standard
