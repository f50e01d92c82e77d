"""Noise of the emulated sensor against Tables 8 and 9 of the datasheet, as a driver would see it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hatchwatch.emulator.bmp280 import Bmp280
from hatchwatch.emulator.bmp280_noise import ConversionNoise, FlickerNoise
from hatchwatch.emulator.bmp280_part import Part, Surroundings

CTRL_MEAS = {(1, 1): 0x27, (2, 1): 0x2B, (4, 1): 0x2F, (8, 1): 0x33, (16, 2): 0x57, (16, 16): 0xB7}
# Table 8: Pa rms by (pressure, temperature) oversampling and filter code (off, 2, 4, 8). The column for 16 is
# not here: white noise gives 0.23-0.60 Pa there, and the sheet prints 0.2-0.4 Pa.
TABLE_8 = {
    (1, 1): (3.3, 1.9, 1.2, 0.9),
    (2, 1): (2.6, 1.5, 1.0, 0.6),
    (4, 1): (2.1, 1.2, 0.8, 0.5),
    (8, 1): (1.6, 1.0, 0.6, 0.4),
    (16, 2): (1.3, 0.8, 0.5, 0.4),
}


class Still:
    """Gas that does not change."""

    def state(self, module: str, time_s: float) -> tuple[float, float]:
        return 101_325.0, 298.15


def datasheet(words, adc_t, adc_p):
    """The formula of section 8.1 in whole numbers of arrays, written anew from the sheet."""
    t1, t2, t3, p1, p2, p3, p4, p5, p6, p7, p8, p9 = (float(word) for word in words)
    fine = (adc_t / 16384 - t1 / 1024) * t2 + (adc_t / 131072 - t1 / 8192) ** 2 * t3
    x = fine / 2 - 64000
    offset = (x * x * p6 / 32768 + 2 * x * p5) / 4 + 65536 * p4
    gain = (1 + (p3 * x * x / 524288 + p2 * x) / 524288 / 32768) * p1
    y = (1048576 - adc_p - offset / 4096) * 6250 / gain
    return fine / 5120, y + (p9 * y * y / 2**31 + p8 * y / 32768 + p7) / 16


def readings(ctrl_meas: int, config: int, count: int, *, seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Temperatures in °C and pressures in Pa of `count` conversions, read like a driver reads."""
    sensor = Bmp280("jar", Still(), Part(), Surroundings(), seed=seed, sensor=0)
    start_s = 0.01
    words = np.frombuffer(bytes(sensor.read(0x88 + i, start_s) for i in range(24)), "<i2").astype(int)
    words[[0, 3]] &= 0xFFFF
    sensor.start_normal(start_s, ctrl_meas, config)
    raw = np.empty((count, 2))
    now_s, seen = start_s, 0
    while seen < count + 100:
        now_s += 5e-3
        data = sensor.data(now_s)
        if sensor.truth()["conversions"] > seen:
            seen += 1
            if seen > 100:  # the filter has settled
                raw[seen - 101] = int.from_bytes(data[3:], "big") >> 4, int.from_bytes(data[:3], "big") >> 4
    return datasheet(words, raw[:, 0], raw[:, 1])


@pytest.mark.parametrize("oversampling", TABLE_8)
def test_pressure_noise_of_table_8(oversampling):
    for code, expected_pa in enumerate(TABLE_8[oversampling]):
        _, pressure = readings(CTRL_MEAS[oversampling], code << 2, 10_000)
        rounding = 0.05  # of the printed figures
        assert pressure.std() == pytest.approx(expected_pa, abs=rounding + 0.05 * expected_pa)
        assert pressure.mean() == pytest.approx(101_325, abs=0.3)


def test_filter_of_16_at_x16_gives_the_lowest_noise():
    _, pressure = readings(0x57, 4 << 2, 8000)
    assert pressure.std() == pytest.approx(1.3 / math.sqrt(31), rel=0.08)


@pytest.mark.parametrize(
    ("oversampling", "expected_k"), [((1, 1), 0.005), ((8, 1), 0.005), ((16, 2), 0.004), ((16, 16), 0.002)]
)
def test_temperature_noise_of_table_9(oversampling, expected_k):
    temperature, _ = readings(CTRL_MEAS[oversampling], 0, 4000)
    assert temperature.std() == pytest.approx(expected_k, rel=0.05)
    assert temperature.mean() == pytest.approx(25, abs=5e-4)


def test_temperature_noise_shows_in_the_pressure():
    """The converters are independent, so the compensated values correlate by dP/dT: 155 Pa/K here."""
    temperature, pressure = readings(0x57, 0, 8000)
    slope = np.cov(temperature, pressure)[0, 1] / temperature.var()
    assert slope == pytest.approx(155, rel=0.1)


def test_conversions_are_independent_without_the_filter():
    _, pressure = readings(0x57, 0, 8000)
    centred = pressure - pressure.mean()
    assert abs((centred[1:] * centred[:-1]).mean() / centred.var()) < 0.04


def test_noise_depends_on_seed_sensor_and_number_only():
    forwards = ConversionNoise(1, 2)
    there = [forwards.pair(number) for number in range(600)]
    backwards = ConversionNoise(1, 2)
    back = [backwards.pair(number) for number in reversed(range(600))]
    assert there == back[::-1]
    assert ConversionNoise(1, 3).pair(0) != there[0]
    assert ConversionNoise(2, 2).pair(0) != there[0]


def allan_deviation(values: np.ndarray, span: int) -> float:
    means = values[: len(values) // span * span].reshape(-1, span).mean(axis=1)
    return float(np.sqrt(np.mean(np.diff(means) ** 2) / 2))


def test_flicker_has_a_flat_allan_deviation():
    """0.3 Pa at averaging times from 4 s to 10 min, to the scatter of a few hours of record."""
    step_s = 0.5
    per_time: dict[float, list[float]] = {4: [], 30: [], 120: [], 600: []}
    for sensor in range(6):
        flicker = FlickerNoise(11, sensor, 0.3)
        values = np.array([flicker.value_pa(i * step_s) for i in range(40_000)])
        for time_s, found in per_time.items():
            found.append(allan_deviation(values, round(time_s / step_s)) ** 2)
    for time_s, found in per_time.items():
        assert math.sqrt(np.mean(found)) == pytest.approx(0.3, rel=0.15), f"at {time_s} s"


def test_flicker_does_not_depend_on_when_it_is_asked():
    steady, hasty = FlickerNoise(3, 0, 0.3), FlickerNoise(3, 0, 0.3)
    walked = [steady.value_pa(time_s) for time_s in np.arange(0, 2000, 0.7)]
    assert hasty.value_pa(1999.9) != 0
    assert [hasty.value_pa(time_s) for time_s in np.arange(0, 2000, 0.7)] == walked
    assert FlickerNoise(3, 0, 0.0).value_pa(100) == 0
