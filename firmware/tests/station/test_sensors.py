"""Sensors that fail on the emulated bench: each is reported, the others go on, and it comes back."""

import math

import pytest
from running_firmware import RunningFirmware

from hatchwatch.link.packets import Event, Readings

ZVEZDA = 2


@pytest.fixture(scope="module")
def board():
    return RunningFirmware("station6")


@pytest.fixture
def seen(board):
    """Where a test's own packets begin; all faults end with the test."""
    yield len(board.packets)
    for fault in board.world.truth()["devices"]["faults"]:
        board.world.devices.clear(fault["kind"], fault["target"])
    board.pass_time(2.5)


def test_all_sensors_show_the_pressure_of_their_module(board, seen):
    truth = board.world.truth()["modules"]
    readings = board.readings()
    assert readings.state == ("fresh",) * 6
    for module, pressure_pa, temperature_c in zip(
        board.bench.modules, readings.pressure_pa, readings.temperature_c
    ):
        assert abs(pressure_pa - truth[module.name]["pressure_pa"]) < 250  # ±1 hPa is one sigma of 58 Pa
        assert abs(temperature_c + 273.15 - truth[module.name]["temperature_k"]) < 3


def test_a_silent_sensor_is_reported_and_the_others_go_on(board, seen):
    board.world.devices.fault("silence", "Zvezda")
    board.pass_time(1.0)
    readings = board.readings()
    assert readings.state[ZVEZDA] == "bus_error"
    assert math.isnan(readings.pressure_pa[ZVEZDA])
    assert readings.state[:ZVEZDA] + readings.state[ZVEZDA + 1 :] == ("fresh",) * 5
    event = next(body for body in board.bodies(Event, seen) if body.name == "sensor_lost")
    assert event.fields == {"module": ZVEZDA, "state": "bus_error"}
    board.world.devices.clear("silence", "Zvezda")
    board.pass_time(0.5)
    assert board.readings().state == ("fresh",) * 6
    assert board.events(seen).count("sensor_back") == 1


def test_a_frozen_sensor_is_reported(board, seen):
    board.world.devices.fault("freeze", "Zvezda")
    board.pass_time(2.0)
    assert board.readings().state[ZVEZDA] == "stale"
    assert "sensor_lost" in board.events(seen)


def test_a_held_bus_costs_neither_the_other_bus_nor_a_turn(board, seen):
    board.world.devices.fault("hold", "i2c1")
    board.pass_time(2.0)
    assert board.readings().state[:2] == ("fresh", "fresh")
    assert set(board.readings().state[2:]) <= {"bus_error", "mux_error"}
    assert board.housekeeping().slips == 0
    times = [packet.board_time_s for packet in board.packets[seen:] if isinstance(packet.body, Readings)]
    assert max(after - before for before, after in zip(times, times[1:])) < 0.11


def test_a_silent_mux_is_told_from_a_silent_sensor(board, seen):
    board.world.devices.fault("mux_silence", "mux")
    board.pass_time(1.0)
    assert board.readings().state == ("fresh", "fresh", "mux_error", "mux_error", "mux_error", "fresh")


def test_a_passing_fault_is_repeated_and_not_reported(board, seen):
    retries = board.housekeeping().sensors[0].retries
    board.world.devices.fault("refuse", "Progress", transactions=1)
    board.pass_time(2.0)
    assert board.housekeeping().sensors[0].retries == retries + 1
    assert "sensor_lost" not in board.events(seen)
    states = {readings.state[0] for readings in board.bodies(Readings, seen)}
    assert states == {"fresh"}


@pytest.mark.parametrize(
    ("kind", "value", "state"),
    [
        ("silence", {}, "absent"),
        ("chip_id", {"value": 0x55}, "wrong_chip"),
        ("trimming", {}, "bad_trimming"),
        ("busy", {"bits": "im_update"}, "not_ready"),
    ],
)
def test_a_sensor_that_does_not_start_is_named_and_taken_in_later(board, seen, kind, value, state):
    board.world.devices.fault(kind, "Zvezda", **value)
    board.chip.reset()
    board.pass_time(2.0)
    event = next(body for body in board.bodies(Event, seen) if body.name == "sensor_absent")
    assert event.fields == {"module": ZVEZDA, "state": state}
    assert board.readings().state == tuple(state if i == ZVEZDA else "fresh" for i in range(6))
    board.world.devices.clear(kind, "Zvezda")
    board.pass_time(1.5)
    assert board.readings().state == ("fresh",) * 6
    assert "sensor_back" in board.events(seen)
    assert board.housekeeping().slips == 0
