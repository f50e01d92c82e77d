"""Detection as machine code gives the very integers that Python gives, with alarms, drop-outs and all."""

import sys
from array import array
from pathlib import Path

import numpy as np
import pytest

from hatchwatch.link.flight import flight_module

_BENCHMARKS = str(Path(__file__).resolve().parents[2] / "benchmarks")
GROUPS = [0, 0, 0, 1, 1, 1]
STAGES = ((0, 1203, 0), (1203, 1300, 3), (1300, 3300, 0))  # rows, and the state of a sensor


def _forget():
    for name in [name for name in sys.modules if name in ("_flight", "_viper") or name.startswith("fsw.")]:
        del sys.modules[name]


@pytest.fixture(autouse=True)
def modules_of_its_own(monkeypatch):
    """Firmware modules with machine code in them must not reach other tests, nor theirs this one."""
    before = {name: module for name, module in sys.modules.items() if name.startswith("fsw.")}
    _forget()
    monkeypatch.syspath_prepend(_BENCHMARKS)
    yield
    _forget()
    sys.modules.update(before)


def readings(seed, seconds):
    """Two volumes of three sensors: a leak in the second, a room that warms, chips that lag by 2 s."""
    rng = np.random.default_rng(seed)
    rows = 10 * seconds
    time_s = np.arange(rows)[:, None] / 10
    temperature_c = 22 + 0.0005 * np.maximum(time_s - 252, 0) + 0.004 * rng.standard_normal((rows, 6))
    pressure_pa = 105_000 + 0.178 * np.maximum(time_s - 250, 0) + 0.75 * rng.standard_normal((rows, 6))
    pressure_pa[:, 3:] -= 0.2 * np.maximum(time_s - 150, 0)
    return pressure_pa, temperature_c


def words(amounts, detector):
    return [list(buffer) for buffer in (amounts.words, detector._sensors, *detector._words)]


def by_machine_code(pressure_pa, temperature_c):
    flight_class = pytest.importorskip("_flight").Flight
    flight = flight_class(GROUPS, alarm_hours=10)
    found = []
    for begin, end, state in STAGES:
        flight.state[1] = state
        row = begin
        while row < end:  # on through the alarm, as a board that nobody answers
            stopped = flight.run(pressure_pa[row:end], temperature_c[row:end])
            row = end if stopped is None else row + stopped + 1
        found.append((flight.detector.alarm, words(flight.amounts, flight.detector)))
    return found


def by_python(pressure_pa, temperature_c):
    amounts = flight_module("fsw.station.amounts").Amounts(6)
    values = flight_module("fsw.services.parameters").default_values()
    values[flight_module("fsw.link.numbers").PARAMETER_ALARM_HOURS] = 10
    history = flight_module("fsw.station.history").History(6)
    detector = flight_module("fsw.station.detection").Detector([1000] * 6, values, history)
    detector.regroup(bytearray(GROUPS), 2)
    states = bytearray(6)
    found = []
    for begin, end, state in STAGES:
        states[1] = state
        for row in range(begin, end):
            p = array("i", [round(float(value) * 256) for value in pressure_pa[row]])
            t = array("i", [round(float(value) * 65536) for value in temperature_c[row]])
            detector.take(amounts, amounts.take(p, t, states, bytearray(6)))
        found.append((detector.alarm, words(amounts, detector)))
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_machine_code_and_python_agree_to_the_bit(seed):
    expected = by_python(*readings(seed, 330))
    _forget()
    assert by_machine_code(*readings(seed, 330)) == expected
    assert expected[-1][0] == 1, "the leak was found"
