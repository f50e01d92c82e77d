"""Conversions against published factors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatchwatch.methods import units

RATES = st.floats(min_value=-1e3, max_value=1e3, allow_nan=False)


def test_one_sccm_is_what_the_tables_say() -> None:
    assert units.sccm_from_pa_m3_s(units.pa_m3_s_from_mol_s(7.4358e-7)) == pytest.approx(1.0, rel=1e-5)
    assert units.sccm_from_pa_m3_s(1.8124e-3) == pytest.approx(1.0, rel=5e-5)


def test_one_pascal_cubic_metre_per_second_of_gas_at_20_degrees() -> None:
    assert units.sccm_from_pa_m3_s(1.0) == pytest.approx(551.8, rel=1e-4)
    assert units.mbar_l_s_from_pa_m3_s(1.0) == 10.0


def test_one_kilogram_of_air_a_day_is_about_one_pascal_cubic_metre_per_second() -> None:
    kilogram_a_day_mol_s = 1.0 / 28.9647e-3 / 86_400.0
    assert units.pa_m3_s_from_mol_s(kilogram_a_day_mol_s) == pytest.approx(0.974, rel=1e-3)


@given(RATES)
def test_there_and_back_is_the_same_rate(rate: float) -> None:
    assert units.pa_m3_s_from_mol_s(units.mol_s_from_pa_m3_s(rate)) == pytest.approx(rate, abs=1e-12)
