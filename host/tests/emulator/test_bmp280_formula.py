"""The compensation formula against the worked example of the datasheet and a part in the field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatchwatch.emulator.bmp280_formula import (
    PUBLISHED_TRIMMING,
    InverseFormula,
    Trimming,
    pressure_pa,
    temperature_c,
)

# Datasheet BST-BMP280-DS001-26, 3.12: trimming, converter values, and its figure of every step.
EXAMPLE = Trimming(27504, 26435, -1000, 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000)
EXAMPLE_ADC_T, EXAMPLE_ADC_P = 519888, 415148


def test_worked_example_of_the_datasheet():
    assert temperature_c(EXAMPLE, EXAMPLE_ADC_T) == pytest.approx(128422.28700578 / 5120, abs=1e-9)
    assert pressure_pa(EXAMPLE, EXAMPLE_ADC_T, EXAMPLE_ADC_P) == pytest.approx(100653.27, abs=0.005)


def test_temperature_of_a_part_in_the_field():
    # BoschSensortec/BMP280_driver issue 17: 28.199585 °C from 540380.
    trimming = Trimming(28256, 26879, -1000, 36243, -10606, 3024, 4102, 154, -7, 15500, -14600, 6000)
    assert temperature_c(trimming, 540380) == pytest.approx(28.199585, abs=1e-6)


def test_inverse_finds_the_converter_values_of_the_worked_example():
    inverse = InverseFormula(EXAMPLE)
    assert inverse.adc_t(25.08247793) == pytest.approx(EXAMPLE_ADC_T, abs=1e-3)
    count, _ = inverse.adc_p(100653.26677583, 25.08247793)
    assert count == pytest.approx(EXAMPLE_ADC_P, abs=1e-3)


@given(
    trimming=st.sampled_from(PUBLISHED_TRIMMING),
    pascal=st.floats(20_000, 140_000),
    celsius=st.floats(-40, 85),
)
def test_inverse_undoes_the_formula(trimming, pascal, celsius):
    inverse = InverseFormula(trimming)
    adc_t = inverse.adc_t(celsius)
    adc_p, _ = inverse.adc_p(pascal, celsius)
    assert temperature_c(trimming, adc_t) == pytest.approx(celsius, abs=1e-9)
    assert pressure_pa(trimming, adc_t, adc_p) == pytest.approx(pascal, abs=1e-6)


@given(
    trimming=st.sampled_from(PUBLISHED_TRIMMING),
    pascal=st.floats(30_000, 120_000),
    celsius=st.floats(-10, 60),
)
def test_slope_is_the_difference_quotient(trimming, pascal, celsius):
    inverse = InverseFormula(trimming)
    adc_t = inverse.adc_t(celsius)
    adc_p, slope = inverse.adc_p(pascal, celsius)
    quotient = (pressure_pa(trimming, adc_t, adc_p + 50) - pressure_pa(trimming, adc_t, adc_p - 50)) / 100
    assert slope == pytest.approx(quotient, rel=1e-6)


def test_one_count_and_one_kelvin_are_worth_what_they_are_on_real_parts():
    """0.164-0.173 Pa per count and 150-177 Pa/K at 25 °C and 1013 hPa."""
    for trimming in PUBLISHED_TRIMMING:
        inverse = InverseFormula(trimming)
        _, slope = inverse.adc_p(101_300, 25)
        assert 0.160 < -slope < 0.178
        assert 150 < inverse.crosstalk_pa_k(101_300, 25) < 177


@given(
    st.tuples(
        st.integers(0, 65535),
        *[st.integers(-32768, 32767)] * 2,
        st.integers(0, 65535),
        *[st.integers(-32768, 32767)] * 8,
    )
)
def test_trimming_survives_its_registers(words):
    trimming = Trimming(*words)
    assert Trimming.from_bytes(trimming.to_bytes()) == trimming


def test_trimming_is_little_endian_in_the_order_of_table_17():
    registers = EXAMPLE.to_bytes()
    assert registers[:2] == bytes([27504 & 0xFF, 27504 >> 8])
    assert int.from_bytes(registers[4:6], "little", signed=True) == -1000
    assert int.from_bytes(registers[6:8], "little") == 36477
    assert int.from_bytes(registers[22:24], "little", signed=True) == 6000
