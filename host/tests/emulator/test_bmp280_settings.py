"""Times and codes of the control registers against the tables of the datasheet."""

from __future__ import annotations

import pytest

from hatchwatch.emulator.bmp280_settings import FORCED, NORMAL, SLEEP, Settings

# Table 13: pressure and temperature oversampling, typical and maximum measurement time in ms.
TABLE_13 = [(1, 1, 5.5, 6.4), (2, 1, 7.5, 8.7), (4, 1, 11.5, 13.3), (8, 1, 19.5, 22.5), (16, 2, 37.5, 43.2)]
# Table 14: output data rate in Hz at t_sb 0.5 ms, by pressure and temperature oversampling.
TABLE_14 = [(1, 1, 166.67), (2, 1, 125.0), (4, 1, 83.33), (8, 1, 50.0), (16, 2, 26.32)]
# The same table's row x16/x2 by t_sb code.
STANDBY_RATES = [(1, 10.0), (2, 6.15), (3, 3.48), (4, 1.86), (5, 0.96), (6, 0.49), (7, 0.25)]
CODES = {0: 0, 1: 1, 2: 2, 4: 3, 8: 4, 16: 5}


def settings(pressure: int, temperature: int, *, standby_code: int = 0) -> Settings:
    return Settings.decode(CODES[temperature] << 5 | CODES[pressure] << 2 | NORMAL, standby_code << 5)


@pytest.mark.parametrize(("pressure", "temperature", "typical_ms", "maximum_ms"), TABLE_13)
def test_measurement_times_of_table_13(pressure, temperature, typical_ms, maximum_ms):
    one = settings(pressure, temperature)
    assert one.conversion_s(0) * 1e3 == pytest.approx(typical_ms, abs=0.05)
    assert one.conversion_s(1) * 1e3 == pytest.approx(maximum_ms, abs=0.05)


@pytest.mark.parametrize(("pressure", "temperature", "rate_hz"), TABLE_14)
def test_output_rates_of_table_14(pressure, temperature, rate_hz):
    one = settings(pressure, temperature)
    assert 1 / (one.conversion_s(0) + one.standby_s) == pytest.approx(rate_hz, rel=1e-3)


@pytest.mark.parametrize(("code", "rate_hz"), STANDBY_RATES)
def test_output_rates_with_standby(code, rate_hz):
    one = settings(16, 2, standby_code=code)
    assert 1 / (one.conversion_s(0) + one.standby_s) == pytest.approx(rate_hz, abs=0.005)


def test_codes():
    assert [Settings.decode(code, 0).mode for code in range(4)] == [SLEEP, FORCED, FORCED, NORMAL]
    assert [Settings.decode(code << 5, 0).temperature_oversampling for code in range(8)] == [
        0,
        1,
        2,
        4,
        8,
        16,
        16,
        16,
    ]
    assert [Settings.decode(code << 2, 0).pressure_oversampling for code in range(8)] == [
        0,
        1,
        2,
        4,
        8,
        16,
        16,
        16,
    ]
    assert [Settings.decode(0, code << 2).filter_coefficient for code in range(5)] == [1, 2, 4, 8, 16]


def test_converter_steps_of_table_4():
    """x1 resolves 2.62 Pa, x16 0.16 Pa: 16 bits of 20 at x1, one more per doubling."""
    steps = [settings(pressure, 1).pressure_step for pressure in (1, 2, 4, 8, 16)]
    assert [step * 0.164 for step in steps] == pytest.approx([2.62, 1.31, 0.66, 0.33, 0.16], abs=0.01)


def test_pressure_comes_last_in_a_conversion():
    one = settings(16, 2)
    assert 0 < one.pressure_centre_s(0) < one.conversion_s(0) / 2
    assert one.pressure_centre_s(0) == pytest.approx(16.25e-3)
