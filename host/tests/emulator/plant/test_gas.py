from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatchwatch.emulator.plant.gas import (
    CRITICAL_RATIO,
    MOLAR_MASS_KG,
    capillary_conductance,
    laminar_conductance,
    laminar_flow_mol_s,
    mol_s_from_pa_m3_s,
    orifice_area_m2,
    orifice_flow_mol_s,
    pa_m3_s_from_mol_s,
)

ATMOSPHERE_PA = 101_325.0
ROOM_K = 293.15

pressures_pa = st.floats(1_000.0, 200_000.0)
temperatures_k = st.floats(250.0, 400.0)


def test_units_agree_with_the_definition_of_a_standard_cubic_centimetre():
    sccm_mol_s = 7.4358e-7  # at 0 °C and 101325 Pa
    assert pa_m3_s_from_mol_s(sccm_mol_s) == pytest.approx(1.8124e-3, rel=2e-5)
    assert mol_s_from_pa_m3_s(1.8124e-3) == pytest.approx(sccm_mol_s, rel=2e-5)


def test_choked_flow_of_air_has_fliegners_constant():
    flow_kg_s = orifice_flow_mol_s(1.0, ATMOSPHERE_PA, ROOM_K, 0.0, ROOM_K) * MOLAR_MASS_KG
    assert flow_kg_s * math.sqrt(ROOM_K) / ATMOSPHERE_PA == pytest.approx(0.04042, rel=2e-4)
    assert pytest.approx(0.528282, rel=1e-6) == CRITICAL_RATIO


# Isentropic flow tables of air (k = 1.4; NACA report 1135): static over total pressure, and A/A*.
@pytest.mark.parametrize(
    ("pressure_ratio", "area_ratio"), [(0.93947, 2.0351), (0.84302, 1.3398), (0.65602, 1.0382)]
)
def test_flow_below_choking_follows_the_isentropic_tables(pressure_ratio: float, area_ratio: float):
    choked = orifice_flow_mol_s(1e-6, ATMOSPHERE_PA, ROOM_K, 0.0, ROOM_K)
    flow = orifice_flow_mol_s(1e-6, ATMOSPHERE_PA, ROOM_K, pressure_ratio * ATMOSPHERE_PA, ROOM_K)
    assert choked / flow == pytest.approx(area_ratio, rel=1e-4)


# Figures of a handbook table: what holes and 25 mm capillaries pass at 8 kPa over ambient, two digits.
@pytest.mark.parametrize(
    ("bore_mm", "rate_pa_m3_s"), [(0.05, 1.4e-2), (0.1, 5.7e-2), (0.2, 0.23), (0.5, 1.4)]
)
def test_holes_pass_what_the_table_says(bore_mm: float, rate_pa_m3_s: float):
    area_m2 = 0.62 * math.pi / 4.0 * (bore_mm * 1e-3) ** 2
    flow = orifice_flow_mol_s(area_m2, ATMOSPHERE_PA + 8e3, ROOM_K, ATMOSPHERE_PA, ROOM_K)
    assert pa_m3_s_from_mol_s(flow) == pytest.approx(rate_pa_m3_s, rel=0.03)


@pytest.mark.parametrize(("bore_mm", "rate_pa_m3_s"), [(0.05, 2.8e-4), (0.1, 4.6e-3), (0.2, 7.3e-2)])
def test_capillaries_pass_what_the_table_says(bore_mm: float, rate_pa_m3_s: float):
    conductance = capillary_conductance(bore_mm * 1e-3, 25e-3, ROOM_K)
    flow = laminar_flow_mol_s(conductance, ATMOSPHERE_PA + 8e3, ATMOSPHERE_PA)
    assert pa_m3_s_from_mol_s(flow) == pytest.approx(rate_pa_m3_s, rel=0.03)


@given(rate_pa_m3_s=st.floats(1e-9, 1.0), ambient_pa=st.floats(60_000.0, 105_000.0))
def test_a_rated_leak_passes_its_rate_at_8_kpa_over_ambient(rate_pa_m3_s: float, ambient_pa: float):
    inside_pa = ambient_pa + 8_000.0
    laminar = laminar_flow_mol_s(laminar_conductance(rate_pa_m3_s, ambient_pa), inside_pa, ambient_pa)
    hole = orifice_flow_mol_s(
        orifice_area_m2(rate_pa_m3_s, ambient_pa), inside_pa, ROOM_K, ambient_pa, ROOM_K
    )
    assert laminar * 8.314462618 * 293.15 == pytest.approx(rate_pa_m3_s, rel=1e-12)
    assert hole * 8.314462618 * 293.15 == pytest.approx(rate_pa_m3_s, rel=1e-12)


@given(pressures_pa, temperatures_k, pressures_pa, temperatures_k)
def test_flow_goes_downhill_and_is_antisymmetric(first_pa, first_k, second_pa, second_k):
    there = orifice_flow_mol_s(1e-6, first_pa, first_k, second_pa, second_k)
    back = orifice_flow_mol_s(1e-6, second_pa, second_k, first_pa, first_k)
    assert there == -back
    assert there * (first_pa - second_pa) >= 0.0
    assert laminar_flow_mol_s(1e-15, first_pa, second_pa) == -laminar_flow_mol_s(1e-15, second_pa, first_pa)


@given(upstream_pa=pressures_pa, first_pa=st.floats(0.0, 1e5), further_pa=st.floats(0.01, 1e4))
def test_more_difference_never_means_less_flow(upstream_pa, first_pa, further_pa):
    near_pa, far_pa = upstream_pa - first_pa, upstream_pa - first_pa - further_pa
    if far_pa <= 0.0:
        return
    near = orifice_flow_mol_s(1e-6, upstream_pa, ROOM_K, near_pa, ROOM_K)
    far = orifice_flow_mol_s(1e-6, upstream_pa, ROOM_K, far_pa, ROOM_K)
    assert far >= near * (1.0 - 1e-12)


@pytest.mark.parametrize("drop_pa", [1.0, ATMOSPHERE_PA * (1.0 - CRITICAL_RATIO)])
def test_value_and_slope_join_where_the_law_changes(drop_pa: float):
    def flow(difference_pa: float) -> float:
        return orifice_flow_mol_s(1e-6, ATMOSPHERE_PA, ROOM_K, ATMOSPHERE_PA - difference_pa, ROOM_K)

    step_pa = 1e-4 * drop_pa
    below = (flow(drop_pa) - flow(drop_pa - step_pa)) / step_pa
    above = (flow(drop_pa + step_pa) - flow(drop_pa)) / step_pa
    assert flow(drop_pa + step_pa) == pytest.approx(flow(drop_pa - step_pa), rel=2e-4)
    assert below == pytest.approx(above, rel=1e-3, abs=1e-3 * flow(drop_pa) / drop_pa)
