"""Rates of gas: mol/s inside, Pa·m³/s, sccm and mbar·L/s at the border.

A rate in Pa·m³/s means nothing without the temperature of the gas, and a rate in sccm nothing without the
temperature of the "standard" litre. Here Pa·m³/s always means gas at 20 °C, and sccm always 0 °C and 101325
Pa.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "GAS_CONSTANT_J_MOL_K",
    "RATE_TEMPERATURE_K",
    "mbar_l_s_from_pa_m3_s",
    "mol_s_from_pa_m3_s",
    "pa_m3_s_from_mol_s",
    "sccm_from_pa_m3_s",
]

GAS_CONSTANT_J_MOL_K: Final = 8.31446261815324  # exact since the SI of 2019
RATE_TEMPERATURE_K: Final = 293.15  # of the gas that Pa·m³/s speaks of
_STANDARD_K: Final = 273.15
_STANDARD_PA: Final = 101_325.0
_MOL_S_OF_ONE_SCCM: Final = _STANDARD_PA * 1e-6 / (GAS_CONSTANT_J_MOL_K * _STANDARD_K * 60.0)
_J_MOL: Final = GAS_CONSTANT_J_MOL_K * RATE_TEMPERATURE_K


def pa_m3_s_from_mol_s(rate_mol_s: float) -> float:
    """A rate in mol/s as Pa·m³/s of gas at 20 °C."""
    return rate_mol_s * _J_MOL


def mol_s_from_pa_m3_s(rate_pa_m3_s: float) -> float:
    """A rate in Pa·m³/s of gas at 20 °C as mol/s."""
    return rate_pa_m3_s / _J_MOL


def sccm_from_pa_m3_s(rate_pa_m3_s: float) -> float:
    """A rate in Pa·m³/s of gas at 20 °C as cm³/min of gas at 0 °C and 101325 Pa."""
    return mol_s_from_pa_m3_s(rate_pa_m3_s) / _MOL_S_OF_ONE_SCCM


def mbar_l_s_from_pa_m3_s(rate_pa_m3_s: float) -> float:
    """A rate in Pa·m³/s as mbar·L/s, both of gas at 20 °C."""
    return rate_pa_m3_s * 10.0
