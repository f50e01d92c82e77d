"""Parts drawn by seed stay within what the datasheet promises."""

from __future__ import annotations

import numpy as np
import pytest

from hatchwatch.emulator.bmp280_formula import InverseFormula, pressure_pa
from hatchwatch.emulator.bmp280_part import Part

PARTS = [Part.draw(seed, sensor) for seed in range(50) for sensor in range(6)]


def test_the_same_seed_and_sensor_give_the_same_part():
    assert Part.draw(3, 1) == Part.draw(3, 1)
    assert Part.draw(3, 1) != Part.draw(3, 2)
    assert Part.draw(3, 1) != Part.draw(4, 1)


def test_errors_stay_within_table_2():
    for part in PARTS:
        assert abs(part.pressure_offset_pa) <= 100
        assert abs(part.tco_pa_k) <= 1.5
        assert abs(part.temperature_offset_k) <= 1
        assert abs(part.pressure_gain) * 20_000 <= 12
        assert abs(part.standby_factor - 1) <= 0.05
        assert 0 <= part.conversion_stretch <= 1


def test_offsets_spread_as_bench_files_state_them():
    """Rectangular ±1 hPa and ±1 K: standard uncertainties 58 Pa and 0.58 K."""
    offsets_pa = [part.pressure_offset_pa for part in PARTS]
    offsets_k = [part.temperature_offset_k for part in PARTS]
    assert np.std(offsets_pa) == pytest.approx(58, rel=0.12)
    assert np.std(offsets_k) == pytest.approx(0.58, rel=0.12)


def test_converter_reaches_zero_well_above_the_range():
    """Known parts reach count 0 at 1494 to 1732 hPa at 25 °C; the other end is below the range too."""
    for part in PARTS:
        inverse = InverseFormula(part.trimming)
        assert 140_000 < pressure_pa(part.trimming, inverse.adc_t(25), 0) < 180_000
        assert pressure_pa(part.trimming, inverse.adc_t(25), 0xFFFFF) < 30_000
        for celsius in (-40, 85):
            assert 0 < inverse.adc_t(celsius) < 0xFFFFF
