"""The arithmetic under CPython, against the datasheet and against the formula in double precision."""

import math
import random
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsw.drivers import bmp280_compensation as compensation
from fsw.drivers.bmp280 import TRIMMING_LIMITS
from hatchwatch.emulator.bmp280_formula import (
    PUBLISHED_TRIMMING,
    InverseFormula,
    Trimming,
    pressure_pa,
    temperature_c,
)

DATASHEET = Trimming(27504, 26435, -1000, 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000)
# Two BME280: the same formula, other magnitudes. From BME280 drivers' tests in public code.
BME280_SETS = (
    Trimming(27875, 26642, 50, 36478, -10481, 3024, 8926, -73, -7, 12300, -12000, 5000),
    Trimming(28417, 26721, 50, 38042, -10559, 3024, 8726, -185, -7, 9900, -10230, 4285),
)
ALL_SETS = PUBLISHED_TRIMMING + BME280_SETS
SKIPPED = 0x80000
WORST_PA = 0.006
WORST_K = 0.00003


class Sensor:
    """What `sampler` asks of its sensor, with a bus that gives the bytes set before."""

    def __init__(self, trimming, stale_after=3, smooth=0):
        self.results = array("i", (0, 0))
        self.burst = bytes(6)
        self.work = compensation.work_area()
        compensation.fold(self.work, words(trimming), 0x76, stale_after, smooth)
        self.sample = compensation.sampler(self, self.read_into, self.work, self.results)

    @property
    def pressure_q8_pa(self):
        return self.results[0]

    @property
    def temperature_q16_c(self):
        return self.results[1]

    def read_into(self, address, register, buffer):
        assert (address, register, len(buffer)) == (0x76, 0xF7, 6)
        buffer[:] = self.burst

    def on_unchanged(self):
        return compensation.STALE

    def on_bus_error(self):
        raise NotImplementedError

    def give(self, adc_t, adc_p):
        self.burst = (adc_p << 4).to_bytes(3, "big") + (adc_t << 4).to_bytes(3, "big")
        return self.sample()


def words(trimming):
    return tuple(getattr(trimming, name) for name in trimming.__slots__)


def counts(trimming, pressure, celsius):
    inverse = InverseFormula(trimming)
    return round(inverse.adc_t(celsius)), round(inverse.adc_p(pressure, celsius)[0])


def test_worked_example_of_the_datasheet():
    """Section 3.12; the figure's own pressure 25767236 is in 1/256 Pa."""
    sensor = Sensor(DATASHEET)
    assert sensor.give(519888, 415148) == compensation.FRESH
    assert sensor.pressure_q8_pa / 256 == pytest.approx(100653.26678, abs=0.01)
    assert sensor.temperature_q16_c / 65536 == pytest.approx(25.08247793, abs=0.001)


def test_temperature_of_a_published_part():
    sensor = Sensor(PUBLISHED_TRIMMING[2])
    sensor.give(540380, 394626)
    assert sensor.temperature_q16_c / 65536 == pytest.approx(28.199585, abs=0.001)


@pytest.mark.parametrize("trimming", ALL_SETS, ids=range(len(ALL_SETS)))
@given(pressure=st.floats(30_000, 110_000), celsius=st.floats(-40, 85))
def test_agrees_with_the_double_formula(trimming, pressure, celsius):
    sensor = Sensor(trimming)
    adc_t, adc_p = counts(trimming, pressure, celsius)
    assert sensor.give(adc_t, adc_p) == compensation.FRESH
    assert abs(sensor.pressure_q8_pa / 256 - pressure_pa(trimming, adc_t, adc_p)) < WORST_PA
    assert abs(sensor.temperature_q16_c / 65536 - temperature_c(trimming, adc_t)) < WORST_K


def test_temperature_drift_invents_no_pressure_steps():
    """0.2 K of drift at one pressure; integer formulas with a coarse t_fine make steps of 0.4 Pa of it."""
    sensor = Sensor(DATASHEET)
    errors = []
    for adc_t in range(*(counts(DATASHEET, 101325, celsius)[0] for celsius in (25.0, 25.2))):
        adc_p = counts(DATASHEET, 101325, temperature_c(DATASHEET, adc_t))[1]
        sensor.give(adc_t, adc_p)
        errors.append(sensor.pressure_q8_pa / 256 - pressure_pa(DATASHEET, adc_t, adc_p))
    assert max(errors) - min(errors) < 0.008


class Word(int):
    """A 32-bit integer that says when a result is none."""


def _checked(name):
    def operate(self, other):
        result = getattr(int, name)(self, other)
        assert -(2**31) <= result < 2**31, f"{int(self)} {name} {int(other)}"
        return Word(result)

    return operate


for _name in ("add", "sub", "mul", "lshift", "rshift", "and", "or", "floordiv"):
    for _method in (f"__{_name}__", f"__r{_name}__"):
        setattr(Word, _method, _checked(_method))


class Words:
    """A pointer whose elements are `Word`s."""

    def __init__(self, memory, code):
        self._memory = getattr(memory, "_memory", memory)
        self._view = memoryview(self._memory).cast("B").cast(code)

    def __getitem__(self, index):
        return Word(self._view[index])

    def __setitem__(self, index, value):
        self._view[index] = value


def random_plausible_trimming(dice):
    """Any mixture that `check_trimming` lets pass, its corners preferred."""
    return Trimming(
        *(
            dice.choice((lowest, highest)) if dice.random() < 0.5 else dice.randint(lowest, highest)
            for _, lowest, highest in TRIMMING_LIMITS
        )
    )


def test_no_intermediate_value_leaves_32_bits(monkeypatch):
    """For any trimming that passes as plausible, real or not, and for all that a converter can say."""
    monkeypatch.setattr(compensation, "ptr8", lambda memory: Words(memory, "B"), raising=False)
    monkeypatch.setattr(compensation, "ptr32", lambda memory: Words(memory, "i"), raising=False)
    dice = random.Random(280)
    for _ in range(3000):
        trimming = random_plausible_trimming(dice)
        sensor = Sensor(trimming, smooth=dice.randrange(7))
        centre = InverseFormula(trimming).adc_t(25.0)
        for _ in range(3):
            adc_t = min(max(round(centre + dice.uniform(-320_000, 320_000)), 0), 0xFFFFF)
            sensor.give(adc_t, dice.choice((0, 1, 0xFFFFE, 0xFFFFF, dice.randrange(1 << 20))))


def test_no_measurement_is_skipped():
    sensor = Sensor(DATASHEET)
    assert sensor.give(SKIPPED, SKIPPED) == compensation.SKIPPED
    assert sensor.pressure_q8_pa == 0


def test_half_a_skipped_value_is_a_measurement():
    """0x80000 alone is a temperature (26.4 °C here) or a pressure that a good sensor passes through."""
    sensor = Sensor(DATASHEET)
    assert sensor.give(SKIPPED, 415148) == compensation.FRESH
    assert sensor.temperature_q16_c / 65536 == pytest.approx(temperature_c(DATASHEET, SKIPPED), abs=0.001)
    assert sensor.give(519888, SKIPPED) == compensation.FRESH


@pytest.mark.parametrize(
    ("adc_t", "adc_p"),
    [(0, 415148), (0xFFFFF, 415148), (0xFFFFF, 0xFFFFF), (0, 0), (519888, 0), (519888, 0xFFFFF)],
)
def test_what_no_sensor_says_is_out_of_range(adc_t, adc_p):
    """Among them a silent SPI bus, high or low."""
    sensor = Sensor(DATASHEET)
    sensor.give(519888, 415148)
    before = sensor.pressure_q8_pa, sensor.temperature_q16_c
    assert sensor.give(adc_t, adc_p) == compensation.OUT_OF_RANGE
    assert (sensor.pressure_q8_pa, sensor.temperature_q16_c) == before


def test_pressure_beyond_the_specification_is_not_clamped():
    sensor = Sensor(DATASHEET)
    for pressure in (20_000, 115_000, 130_000):
        adc_t, adc_p = counts(DATASHEET, pressure, 25)
        assert sensor.give(adc_t, adc_p) == compensation.FRESH
        assert sensor.pressure_q8_pa / 256 == pytest.approx(pressure, abs=0.3)  # one LSB of adc_P


def test_repeated_bytes_become_stale_and_fresh_again():
    sensor = Sensor(DATASHEET, stale_after=3)
    states = [sensor.give(519888, 415148) for _ in range(6)]
    assert states == [compensation.FRESH] * 3 + [compensation.STALE] * 3
    assert sensor.give(519889, 415148) == compensation.FRESH


def test_every_repetition_is_stale_when_asked_for():
    sensor = Sensor(DATASHEET, stale_after=1)
    assert [sensor.give(519888, 415148) for _ in range(2)] == [compensation.FRESH, compensation.STALE]


def test_smoothing_takes_temperature_noise_out_of_the_pressure():
    """A low-pass over 2^n values y += (x - y)/2^n leaves 1/(2^(n+1) - 1) of the variance of white noise."""
    dice = random.Random(1)
    noise_lsb = 10
    spread = {}
    for smooth in (0, 4):
        sensor = Sensor(DATASHEET, smooth=smooth)
        seen = []
        for _ in range(3000):
            sensor.give(519888 + round(dice.gauss(0, noise_lsb)), 415148)
            seen.append(sensor.pressure_q8_pa / 256)
        mean = sum(seen) / len(seen)
        spread[smooth] = math.sqrt(sum((x - mean) ** 2 for x in seen) / len(seen))
    assert spread[4] / spread[0] == pytest.approx(1 / math.sqrt(31), rel=0.25)


def test_smoothing_follows_a_jump_at_once():
    """A step of temperature is no noise: the pressure must not lag behind it."""
    sensor = Sensor(DATASHEET, smooth=6)
    for celsius in (20.0, 21.0):
        adc_t, adc_p = counts(DATASHEET, 101325, celsius)
        sensor.give(adc_t, adc_p)
        assert abs(sensor.pressure_q8_pa / 256 - pressure_pa(DATASHEET, adc_t, adc_p)) < WORST_PA
