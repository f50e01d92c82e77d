"""Reduced pressures against the gas law in floating point, and what their temperatures are made of."""

import math
import random
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st
from int32 import check_int32

from fsw.link import numbers as n
from fsw.station import amounts as module
from fsw.station.amounts import BLOCK, MEMORY_S, Amounts

Q12, KELVIN = 4096, 273.15


class Sensors:
    """One module or more, told what to read in Pa and °C."""

    def __init__(self, count=1):
        self.amounts = Amounts(count)
        self.pressure = array("i", [0] * count)
        self.temperature = array("i", [0] * count)
        self.state = bytearray(count)
        self.health = bytearray(count)

    def read(self, pressure_pa, celsius, turns=1):
        for i in range(len(self.pressure)):
            self.pressure[i] = round(pressure_pa * 256)
            self.temperature[i] = round(celsius * 65536)
        for _ in range(turns):
            second = self.amounts.take(self.pressure, self.temperature, self.state, self.health)
        return second

    def amount_pa(self, module=0):
        return self.amounts.amount_q12_pa[module] / Q12


@given(st.floats(85_000, 110_000), st.floats(0, 45))
def test_a_steady_amount_is_that_of_the_gas_law(pressure_pa, celsius):
    sensors = Sensors()
    sensors.read(pressure_pa, celsius, turns=2 * BLOCK)
    exact = round(pressure_pa * 256) / 256 * 293.15 / (round(celsius * 65536) / 65536 + KELVIN)
    assert sensors.amount_pa() == pytest.approx(exact, abs=0.02)
    assert sensors.amounts.mean_q12_pa[0] / Q12 == pytest.approx(exact, abs=0.02)


@given(st.lists(st.tuples(st.integers(30_000, 130_000), st.floats(-40, 85)), min_size=1, max_size=4))
def test_no_reading_of_the_sensor_takes_it_out_of_32_bits(readings):
    with pytest.MonkeyPatch.context() as patch:
        check_int32(patch)
        sensors = Sensors()
        for pressure_pa, celsius in readings:
            sensors.read(pressure_pa, celsius, turns=3 * BLOCK)
    assert 0 < sensors.amounts.amount_q12_pa[0] < 2**30, "a small integer on the board"


@pytest.mark.parametrize("step_k", [0.499, -0.499])
def test_nor_does_the_largest_step_after_the_longest_memory(step_k):
    with pytest.MonkeyPatch.context() as patch:
        check_int32(patch)
        sensors = Sensors()
        sensors.read(100_000, 20, turns=BLOCK)
        sensors.amounts.words[module.LENGTH] = MEMORY_S
        sensors.read(100_000, 20 + step_k, turns=BLOCK)
    exact_k = step_k * 4 / MEMORY_S
    assert sensors.amounts.words[module._LEVEL] / 2**20 == pytest.approx(20 + exact_k, rel=1e-5)


@pytest.mark.parametrize("drift_k_h", [1.0, -5.0, 20.0])
def test_gas_that_warms_steadily_stays_the_same_amount(drift_k_h):
    """A closed vessel whose gas the chip follows with a lag of 2 s: both are lines, the chip's 2 s behind."""
    sensors = Sensors()
    drift_k_s = drift_k_h / 3600
    amounts_pa = []
    for turn in range(200 * BLOCK):
        gas_c = 20 + drift_k_s * turn / BLOCK
        sensors.read(100_000 * (gas_c + KELVIN) / 293.15, gas_c - 2 * drift_k_s)
        amounts_pa.append(sensors.amount_pa())
    assert amounts_pa[-50:] == pytest.approx([100_000] * 50, abs=0.05)


def test_noise_of_the_temperature_hardly_reaches_the_amount():
    """0.004 K would be 1.4 Pa."""
    rng = random.Random(1)
    sensors = Sensors()
    errors = []
    for turn in range(500 * BLOCK):
        sensors.read(100_000, 20 + rng.gauss(0, 0.004))
        if turn > 300 * BLOCK:
            errors.append(sensors.amount_pa() - 100_000)
    assert (sum(error**2 for error in errors) / len(errors)) ** 0.5 < 0.1


def test_quick_heating_is_followed():
    """0.02 K/s sets in at once, and the chip lags by 2 s: 200 Pa within 30 s."""
    sensors = Sensors()
    for turn in range(340 * BLOCK):
        since_s = max(turn / BLOCK - 300, 0)
        gas_c = 20 + 0.02 * since_s
        sensors.read(100_000 * (gas_c + KELVIN) / 293.15, gas_c - 0.04 * (1 - math.exp(-since_s / 2)))
        if since_s >= 30:
            assert sensors.amount_pa() == pytest.approx(100_000, abs=2.0)


@pytest.mark.parametrize(
    ("state", "health", "valid"),
    [
        (n.SENSOR_FRESH, n.HEALTH_OK, 1),
        (n.SENSOR_STALE, n.HEALTH_SUSPECT, 1),
        (n.SENSOR_SKIPPED, n.HEALTH_OK, 0),
        (n.SENSOR_FROZEN, n.HEALTH_SUSPECT, 0),
        (n.SENSOR_FRESH, n.HEALTH_FAILED, 0),
        (n.SENSOR_FRESH, n.HEALTH_RECOVERING, 0),
    ],
)
def test_only_readings_that_count_are_taken(state, health, valid):
    sensors = Sensors(2)
    sensors.read(100_000, 20, turns=2 * BLOCK)
    sensors.state[0], sensors.health[0] = state, health
    sensors.read(100_000, 20, turns=BLOCK)
    assert list(sensors.amounts.valid) == [valid, 1]
    assert bool(sensors.amounts.mean_q12_pa[0]) == bool(valid)
    assert sensors.amounts.mean_q12_pa[1]


def test_there_is_no_amount_before_the_first_second_is_over():
    sensors = Sensors()
    assert [sensors.read(100_000, 20) for _ in range(BLOCK)] == [False] * (BLOCK - 1) + [True]
    assert (sensors.amounts.valid[0], sensors.amounts.mean_q12_pa[0]) == (0, 0)
    assert sensors.read(100_000, 20, turns=BLOCK)
    assert sensors.amounts.valid[0] == 1
    assert sensors.amounts.mean_q12_pa[0]


def test_a_sensor_that_was_away_for_minutes_begins_anew():
    sensors = Sensors()
    sensors.read(100_000, 20, turns=MEMORY_S * BLOCK)
    sensors.state[0] = n.SENSOR_ABSENT
    sensors.read(100_000, 20, turns=120 * BLOCK)
    sensors.state[0] = n.SENSOR_FRESH
    sensors.read(100_000, 25, turns=BLOCK)
    assert sensors.amounts.mean_q12_pa[0] == 0
    sensors.read(100_000, 25, turns=BLOCK)
    assert sensors.amount_pa() == pytest.approx(100_000 * 293.15 / 298.15, abs=0.02)


def test_a_mean_of_too_few_readings_does_not_count():
    sensors = Sensors()
    sensors.read(100_000, 20, turns=2 * BLOCK)
    sensors.state[0] = n.SENSOR_SKIPPED
    sensors.read(100_000, 20, turns=6)
    sensors.state[0] = n.SENSOR_FRESH
    sensors.read(100_000, 20, turns=4)
    assert sensors.amounts.mean_q12_pa[0] == 0


def test_what_others_read_is_where_they_look():
    words = {
        name: getattr(module, "_" + name) for name in ("WORDS", "LENGTH", "DEPARTURE", "PRESSURE", "ERROR")
    }
    assert words == {name: getattr(module, name) for name in words}
