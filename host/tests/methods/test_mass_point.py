"""The mass-point slope against the worked example of 40 CFR 1065.644."""

from __future__ import annotations

import numpy as np
import pytest

from hatchwatch.methods.mass_point import mass_point_flow_mol_s

# Vacuum-side leak check: 2.0000 L from 25.300 to 50.600 kPa at 293.15 K, from 10:56:25 to 10:57:35.
TIME_S = np.array([25.0, 95.0])
PRESSURE_PA = np.array([25_300.0, 50_600.0])
TEMPERATURE_K = np.array([293.15, 293.15])
VOLUME_M3 = 2.0e-3
OUTFLOW_MOL_S = -2.9657e-4  # gas enters


def test_two_points_of_the_regulation() -> None:
    flow, standard = mass_point_flow_mol_s(TIME_S, PRESSURE_PA, TEMPERATURE_K, VOLUME_M3)
    assert flow == pytest.approx(OUTFLOW_MOL_S, rel=1e-4)
    assert np.isnan(standard)


def test_many_points_on_the_same_line() -> None:
    time_s = np.linspace(25.0, 95.0, 701)
    pressure_pa = np.interp(time_s, TIME_S, PRESSURE_PA)
    flow, standard = mass_point_flow_mol_s(time_s, pressure_pa, np.full(701, 293.15), VOLUME_M3)
    assert flow == pytest.approx(OUTFLOW_MOL_S, rel=1e-4)
    assert standard < 1e-6 * abs(flow)


def test_uncertainty_of_independent_readings() -> None:
    # 1.3 Pa at 26.32 Hz over a minute: 1.89e-3 Pa/s (leak-testing, slope accuracy).
    dice = np.random.default_rng(5)
    time_s = np.arange(1579) / 26.32
    pressure_pa = 109_000.0 + 1.3 * dice.standard_normal(1579)
    _, standard = mass_point_flow_mol_s(time_s, pressure_pa, np.full(1579, 293.15), 1e-3)
    assert standard * 8.314463 * 293.15 / 1e-3 == pytest.approx(1.89e-3, rel=0.06)


def test_one_reading_has_no_slope() -> None:
    with pytest.raises(ValueError, match="two readings"):
        mass_point_flow_mol_s(TIME_S[:1], PRESSURE_PA[:1], TEMPERATURE_K[:1], VOLUME_M3)
