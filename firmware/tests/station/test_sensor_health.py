"""The table of sensor health, on sweeps as packets of readings hold them; noise is that of the datasheet."""

from array import array

import numpy as np
import pytest

from fsw.link import numbers
from fsw.services.parameters import default_values
from fsw.station.sensor_health import SensorHealth

OK, SUSPECT, FAILED, RECOVERING = "sensor_ok", "sensor_suspect", "sensor_failed", "sensor_recovering"
NAMES = {
    numbers.EVENT_SENSOR_OK: OK,
    numbers.EVENT_SENSOR_SUSPECT: SUSPECT,
    numbers.EVENT_SENSOR_FAILED: FAILED,
    numbers.EVENT_SENSOR_RECOVERING: RECOVERING,
}
FRESH, STALE, BUS_ERROR = numbers.SENSOR_FRESH, numbers.SENSOR_STALE, numbers.SENSOR_BUS_ERROR
PRESSURE_Q8_PA = 109_000 * 256
TEMPERATURE_Q16_C = 22 * 65536
STEP_Q8_PA = 43  # of the converter: 0.17 Pa
NOISE_STEPS = 0.8 / 0.17  # table 8 at x16, filter 2


class Bank:
    """Sensors under judgement. Values are given by hand; `events` has (sweep, name, module, state, seen)."""

    def __init__(self, count=2):
        self.state = bytearray(count)
        self.pressure = array("i", [PRESSURE_Q8_PA] * count)
        self.temperature = array("i", [TEMPERATURE_Q16_C] * count)
        self.values = default_values()
        self.judge = SensorHealth(self.state, self.pressure, self.temperature, self.values)
        self.judge.tell = lambda number, *fields: self.events.append((self.sweeps, NAMES[number], *fields))
        self.events = []
        self.sweeps = 0
        self._offset_q8_pa = 0

    def sweep(self, state=FRESH, change_pa=0, times=1, *, frozen=False):
        """Sweep; `state`, `change_pa` and `frozen` are of sensor 0, the others stay well."""
        for _ in range(times):
            self.sweeps += 1
            noise = STEP_Q8_PA * (self.sweeps % 7)
            for i in range(len(self.state)):
                self.state[i] = FRESH
                self.pressure[i] = PRESSURE_Q8_PA + noise if i or not frozen else self.pressure[i]
            self.state[0] = state
            if not frozen:
                self._offset_q8_pa += 256 * change_pa
                self.pressure[0] += self._offset_q8_pa
            self.judge.look()

    @property
    def names(self):
        return [(sweep, name) for sweep, name, *_ in self.events]


def test_a_healthy_sensor_is_never_told_of():
    """Readings with the noise of table 8, rounded to the steps of the converter: an hour of 16 sensors."""
    bank = Bank(16)
    bank.values[numbers.PARAMETER_SENSOR_FROZEN_COUNT] = 10  # the most touchy
    dice = np.random.default_rng(5)
    for steps in np.rint(dice.normal(0.0, NOISE_STEPS, (36_000, 16))).astype(int):
        bank.pressure[:] = array("i", (PRESSURE_Q8_PA + STEP_Q8_PA * steps).tolist())
        bank.judge.look()
    assert bank.events == []
    assert bytes(bank.state) == bytes(16)


def test_one_missing_reading_makes_a_suspect_that_is_cleared():
    bank = Bank()
    bank.sweep(times=3)
    bank.sweep(BUS_ERROR)
    bank.sweep(times=12)
    assert bank.events == [
        (4, SUSPECT, 0, BUS_ERROR, 1),
        (14, OK, 0, FRESH, PRESSURE_Q8_PA),  # whose noise is 0 in every seventh sweep
    ]


@pytest.mark.swe134("b")
def test_three_in_a_row_have_failed_and_must_prove_themselves():
    bank = Bank()
    bank.sweep()
    bank.sweep(BUS_ERROR, times=20)
    bank.sweep(change_pa=1, times=20)
    assert bank.names == [(2, SUSPECT), (4, FAILED), (22, RECOVERING), (31, OK)]
    assert bank.events[1][2:] == (0, BUS_ERROR, 3)


def test_a_relapse_while_recovering_has_failed_at_once():
    bank = Bank()
    bank.sweep(BUS_ERROR, times=3)
    bank.sweep(times=5)
    bank.sweep(BUS_ERROR)
    assert bank.names == [(1, SUSPECT), (3, FAILED), (4, RECOVERING), (9, FAILED)]


def test_faults_that_come_and_go_keep_a_sensor_suspect():
    bank = Bank()
    for _ in range(10):
        bank.sweep(BUS_ERROR)
        bank.sweep(times=8)
    assert bank.names == [(1, SUSPECT)]
    assert bank.judge.health[0] == numbers.HEALTH_SUSPECT


@pytest.mark.parametrize("state", [FRESH, STALE])
@pytest.mark.swe134("g")
def test_the_same_value_for_five_seconds_is_frozen(state):
    bank = Bank()
    bank.sweep()
    bank.sweep(state, times=49, frozen=True)
    assert bank.events == []
    bank.sweep(state, frozen=True)
    assert bank.events == [(51, FAILED, 0, numbers.SENSOR_FROZEN, bank.pressure[0])]
    assert bank.state[0] == numbers.SENSOR_FROZEN
    bank.sweep(state, times=20, frozen=True)
    bank.sweep(times=10)
    assert [name for _, name in bank.names] == [FAILED, RECOVERING, OK]


def test_missing_readings_do_not_thaw_a_frozen_sensor():
    bank = Bank()
    bank.sweep(times=2)
    for _ in range(10):
        bank.sweep(BUS_ERROR, frozen=True)
        bank.sweep(times=5, frozen=True)
    assert bytes(bank.state) == bytes((numbers.SENSOR_FROZEN, FRESH))
    bank.sweep(times=2)
    assert bank.state[0] == FRESH


@pytest.mark.parametrize("step_pa", [5200, -5200, 30_000])
def test_a_step_that_stays_makes_a_suspect_and_no_failure(step_pa):
    bank = Bank()
    bank.sweep(times=2)
    bank.sweep(change_pa=step_pa)
    assert bank.state[0] == numbers.SENSOR_JUMPED
    assert bank.state[1] == FRESH
    bank.sweep()
    assert bank.state[0] == FRESH
    bank.sweep(times=20)
    assert bank.names == [(3, SUSPECT), (13, OK)]
    assert abs(bank.events[0][4] - PRESSURE_Q8_PA - 256 * step_pa) <= 7 * STEP_Q8_PA


def test_a_step_that_gas_can_make_is_none():
    """2413 Pa per sweep is the most when a hatch of station6 opens between modules 8 kPa apart."""
    bank = Bank()
    bank.sweep()
    for change_pa in (2413, 1800, 900, -2413, -4900):
        bank.sweep(change_pa=change_pa)
    assert bank.events == []


@pytest.mark.swe134("g")
def test_a_sensor_that_jumps_to_and_fro_has_failed_until_it_is_steady():
    bank = Bank()
    bank.sweep(times=2)
    for change_pa in (9000, -9000, 9000, -9000, 9000):
        bank.sweep(change_pa=change_pa)
    assert bank.names == [(3, SUSPECT), (5, FAILED)]
    bank.sweep(times=10)
    assert bank.names[2:] == [(8, RECOVERING), (17, OK)]


def test_what_changed_during_a_gap_is_no_jump():
    bank = Bank()
    bank.sweep()
    bank.sweep(BUS_ERROR)
    bank.sweep(change_pa=20_000)
    assert bank.state[0] == FRESH
    bank.sweep(times=10)
    assert bank.names == [(2, SUSPECT), (12, OK)]


@pytest.mark.parametrize(
    "state",
    [
        numbers.SENSOR_ABSENT,
        numbers.SENSOR_WRONG_CHIP,
        numbers.SENSOR_BAD_TRIMMING,
        numbers.SENSOR_NOT_READY,
        numbers.SENSOR_BAD_SETTINGS,
    ],
)
def test_what_did_not_start_has_failed_at_once(state):
    bank = Bank()
    bank.sweep(state)
    assert bank.events == [(1, FAILED, 0, state, 1)]


def test_parameters_act_at_once():
    bank = Bank()
    bank.values[numbers.PARAMETER_SENSOR_FAILED_COUNT] = 5
    bank.sweep(BUS_ERROR, times=4)
    assert bank.names == [(1, SUSPECT)]
    bank.values[numbers.PARAMETER_SENSOR_FAILED_COUNT] = 2
    bank.sweep(BUS_ERROR)
    assert bank.names[1:] == [(5, FAILED)]


def test_a_recording_gives_the_same_decisions_again():
    """A recording has FROZEN and JUMPED where the board had seen FRESH."""
    bank = Bank(1)
    recording = []
    for step in (
        {"times": 3},
        {"change_pa": 9000},
        {"times": 4},
        {"frozen": True, "times": 60},
        {"times": 15},
    ):
        for _ in range(step.pop("times", 1)):
            bank.sweep(**step)
            recording.append((bank.state[0], bank.pressure[0], bank.temperature[0]))
    assert {numbers.SENSOR_FROZEN, numbers.SENSOR_JUMPED} <= {state for state, _, _ in recording}
    again = Bank(1)
    for state, pressure, temperature in recording:
        again.sweeps += 1
        again.state[0], again.pressure[0], again.temperature[0] = state, pressure, temperature
        again.judge.look()
        assert again.state[0] == state
    assert again.events == bank.events
