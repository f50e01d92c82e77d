"""Air as an ideal gas, and how it flows through a capillary and through an orifice.

Flows are mol/s, positive from the first side to the second. Only plain floats and `math`: these functions
run a few thousand times per event.
"""

from __future__ import annotations

import math

__all__ = [
    "AIR_VISCOSITY_PA_S",
    "CP_J_MOL_K",
    "CRITICAL_RATIO",
    "CV_J_MOL_K",
    "GAS_CONSTANT_J_MOL_K",
    "KAPPA",
    "MOLAR_MASS_KG",
    "RATE_TEMPERATURE_K",
    "RATING_GAUGE_PA",
    "capillary_conductance",
    "laminar_conductance",
    "laminar_flow_mol_s",
    "mol_s_from_pa_m3_s",
    "orifice_area_m2",
    "orifice_flow_mol_s",
    "orifice_slopes",
    "pa_m3_s_from_mol_s",
]

GAS_CONSTANT_J_MOL_K = 8.314462618  # CODATA 2018, exact
SPECIFIC_GAS_CONSTANT_J_KG_K = 287.05  # dry air, US Standard Atmosphere 1976
MOLAR_MASS_KG = GAS_CONSTANT_J_MOL_K / SPECIFIC_GAS_CONSTANT_J_KG_K
KAPPA = 1.4
CP_J_MOL_K = GAS_CONSTANT_J_MOL_K * KAPPA / (KAPPA - 1.0)
CV_J_MOL_K = GAS_CONSTANT_J_MOL_K / (KAPPA - 1.0)
AIR_VISCOSITY_PA_S = 1.82e-5  # at 20 °C

RATE_TEMPERATURE_K = 293.15  # "Pa·m³/s" always means mol/s x R x this
RATING_GAUGE_PA = 8_000.0  # "a leak of Q" passes Q at this pressure over ambient

CRITICAL_RATIO = math.pow(2.0 / (KAPPA + 1.0), KAPPA / (KAPPA - 1.0))  # 0.528282: below it an orifice chokes
# 0.684731: the outflow function where the orifice chokes
_CHOKED_PSI = math.sqrt(KAPPA) * math.pow(2.0 / (KAPPA + 1.0), (KAPPA + 1.0) / (2.0 * (KAPPA - 1.0)))
# An orifice's flow rises as a square root of the pressure drop: no solver likes its infinite slope at zero.
_SMOOTH_BELOW_PA = 1.0
_RATE_J_MOL = GAS_CONSTANT_J_MOL_K * RATE_TEMPERATURE_K


def mol_s_from_pa_m3_s(rate_pa_m3_s: float) -> float:
    """Turn a leak rate in Pa·m³/s (of gas at 293.15 K) into mol/s."""
    return rate_pa_m3_s / _RATE_J_MOL


def pa_m3_s_from_mol_s(rate_mol_s: float) -> float:
    """Turn a leak rate in mol/s into Pa·m³/s (of gas at 293.15 K)."""
    return rate_mol_s * _RATE_J_MOL


def capillary_conductance(
    bore_m: float, length_m: float, temperature_k: float, viscosity_pa_s: float = AIR_VISCOSITY_PA_S
) -> float:
    """Conductance of a round capillary in mol/(s·Pa²).

    Hagen-Poiseuille, integrated along the tube for an ideal gas: pi d⁴ / (256 mu L R T).
    """
    return math.pi * bore_m**4 / (256.0 * viscosity_pa_s * length_m * GAS_CONSTANT_J_MOL_K * temperature_k)


def laminar_conductance(leak_pa_m3_s: float, ambient_pa: float) -> float:
    """Conductance in mol/(s·Pa²) of the capillary that passes `leak_pa_m3_s` at 8 kPa over `ambient_pa`."""
    upstream_pa = ambient_pa + RATING_GAUGE_PA
    return mol_s_from_pa_m3_s(leak_pa_m3_s) / (upstream_pa**2 - ambient_pa**2)


def orifice_area_m2(leak_pa_m3_s: float, ambient_pa: float) -> float:
    """Effective area in m² (area x discharge coefficient) that passes a rate at 8 kPa over ambient."""
    upstream_pa = ambient_pa + RATING_GAUGE_PA
    per_area_mol_s_m2 = orifice_flow_mol_s(
        1.0, upstream_pa, RATE_TEMPERATURE_K, ambient_pa, RATE_TEMPERATURE_K
    )
    return mol_s_from_pa_m3_s(leak_pa_m3_s) / per_area_mol_s_m2


def laminar_flow_mol_s(conductance_mol_s_pa2: float, first_pa: float, second_pa: float) -> float:
    """Flow of an ideal gas through a capillary in mol/s: conductance x (p1² - p2²), laminar and isothermal.

    Factored, so that two nearly equal pressures keep all their digits.
    """
    return conductance_mol_s_pa2 * (first_pa - second_pa) * (first_pa + second_pa)


def orifice_flow_mol_s(
    effective_area_m2: float, first_pa: float, first_k: float, second_pa: float, second_k: float
) -> float:
    """Flow through an orifice in mol/s, choked or not, in either direction.

    Saint-Venant and Wantzel: m' = Cd A p1 / sqrt(R T1) psi(p2/p1). Below a difference of 1 Pa an odd cubic
    of the same value and slope takes the place of the square root: the solver's Jacobian stays finite.
    """
    difference_pa = first_pa - second_pa
    if difference_pa >= 0.0:
        upstream_pa, upstream_k, sign = first_pa, first_k, 1.0
    else:
        upstream_pa, upstream_k, sign = second_pa, second_k, -1.0
        difference_pa = -difference_pa
    scale_mol_s = (
        sign * effective_area_m2 * upstream_pa / math.sqrt(MOLAR_MASS_KG * GAS_CONSTANT_J_MOL_K * upstream_k)
    )
    if difference_pa >= _SMOOTH_BELOW_PA:
        return scale_mol_s * _psi(difference_pa / upstream_pa)
    part = difference_pa / _SMOOTH_BELOW_PA
    return scale_mol_s * _psi(_SMOOTH_BELOW_PA / upstream_pa) * part * (1.25 - 0.25 * part * part)


def _psi(drop: float) -> float:
    """Outflow function of `drop` = 1 - p2/p1; `log1p` and `expm1` keep its digits where the drop is tiny."""
    if drop >= 1.0 - CRITICAL_RATIO:
        return _CHOKED_PSI
    log_ratio = math.log1p(-drop)
    gap = -math.expm1(log_ratio * (KAPPA - 1.0) / KAPPA)
    return math.sqrt(2.0 * KAPPA / (KAPPA - 1.0) * math.exp(log_ratio * 2.0 / KAPPA) * gap)


def orifice_slopes(
    effective_area_m2: float, first_pa: float, first_k: float, second_pa: float, second_k: float
) -> tuple[float, float, float, float]:
    """Derivatives of `orifice_flow_mol_s` by its first and second pressure, first and second temperature.

    The flow is seen as a function of the difference and of the upstream pressure, so that a rise of both
    pressures together changes it by what it should, with no rest of two large slopes that nearly cancel.
    """
    forward = first_pa >= second_pa
    upstream_pa, upstream_k = (first_pa, first_k) if forward else (second_pa, second_k)
    difference_pa = abs(first_pa - second_pa)
    scale = effective_area_m2 / math.sqrt(MOLAR_MASS_KG * GAS_CONSTANT_J_MOL_K * upstream_k)
    if difference_pa >= _SMOOTH_BELOW_PA:
        drop = difference_pa / upstream_pa
        psi, slope = _psi(drop), _psi_slope(drop)
        flow = scale * upstream_pa * psi
        by_difference = scale * slope
        by_upstream = scale * (psi - slope * drop)
    else:
        part = difference_pa / _SMOOTH_BELOW_PA
        drop = _SMOOTH_BELOW_PA / upstream_pa
        psi, slope = _psi(drop), _psi_slope(drop)
        cubic = part * (1.25 - 0.25 * part * part)
        flow = scale * upstream_pa * psi * cubic
        by_difference = scale * upstream_pa * psi * (1.25 - 0.75 * part * part) / _SMOOTH_BELOW_PA
        by_upstream = scale * (psi - slope * drop) * cubic
    by_upstream_k = -0.5 * flow / upstream_k
    if forward:
        return by_difference + by_upstream, -by_difference, by_upstream_k, 0.0
    return by_difference, -by_difference - by_upstream, 0.0, -by_upstream_k


def _psi_slope(drop: float) -> float:
    """Derivative of `_psi`: ((k + 1) r^(1/k) - 2 r^(2/k - 1)) / ((k - 1) psi), r = p2/p1."""
    if drop >= 1.0 - CRITICAL_RATIO:
        return 0.0
    log_ratio = math.log1p(-drop)
    numerator = (KAPPA + 1.0) * math.exp(log_ratio / KAPPA) - 2.0 * math.exp(log_ratio * (2.0 / KAPPA - 1.0))
    return numerator / ((KAPPA - 1.0) * _psi(drop))
