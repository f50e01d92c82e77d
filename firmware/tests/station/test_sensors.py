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


def test_a_sweep_finds_the_mux_where_the_last_one_left_it(board, seen):
    (mux,) = board.world.devices.muxes.values()
    found = []
    for _ in range(8):
        board.pass_time(0.1)
        found.append(mux.control)
    there, back = 1 << 2, 1 << 0  # the last of three channels, and the first
    assert found in ([there, back] * 4, [back, there] * 4)


def test_a_silent_sensor_is_reported_and_the_others_go_on(board, seen):
    board.world.devices.fault("silence", "Zvezda")
    board.pass_time(1.5)
    readings = board.readings()
    assert readings.state[ZVEZDA] == "bus_error"
    assert math.isnan(readings.pressure_pa[ZVEZDA])
    assert readings.state[:ZVEZDA] + readings.state[ZVEZDA + 1 :] == ("fresh",) * 5
    assert [event.fields for event in board.bodies(Event, seen)] == [
        {"module": ZVEZDA, "state": "bus_error", "seen": 1},
        {"module": ZVEZDA, "state": "bus_error", "seen": 3},
    ]
    assert board.housekeeping().sensors[ZVEZDA].health == "failed"
    board.world.devices.clear("silence", "Zvezda")
    board.pass_time(1.5)
    assert board.readings().state == ("fresh",) * 6
    assert board.events(seen) == ["sensor_suspect", "sensor_failed", "sensor_recovering", "sensor_ok"]


def test_a_frozen_sensor_is_reported_and_started_anew(board, seen):
    board.world.devices.fault("freeze", "Zvezda")
    board.pass_time(4.5)
    assert board.readings().state[ZVEZDA] == "stale"
    assert board.events(seen) == []
    board.pass_time(2.0)
    event = board.bodies(Event, seen)[0]
    assert (event.name, event.fields["state"]) == ("sensor_failed", "frozen")
    assert abs(event.fields["seen"] / 256 - board.world.truth()["modules"]["Zvezda"]["pressure_pa"]) < 250
    assert board.readings().state[ZVEZDA] == "skipped"  # a frozen chip has no measurement after a reset


def test_a_step_of_the_pressure_does_not_fail_a_sensor(board, seen):
    """The gas of a module goes at once: no sensor is to blame.

    The sensor's filter takes half of a step with each of the two or three measurements between two sweeps, so
    a step must have twice `sensor_jump_pa` to be seen as a jump in any case.
    """
    for hatch in range(5):
        board.send("move_hatch", hatch=hatch, position="shut")
    board.pass_time(4.0)
    since = len(board.packets)
    board.world.fill(gauge_pa=-4000, modules=["Zvezda"])
    board.pass_time(2.0)
    names = [name for name in board.events(since) if name.startswith("sensor")]
    assert names == ["sensor_suspect", "sensor_ok"]
    board.world.fill(gauge_pa=8000, modules=["Zvezda"])
    board.send("safe")
    board.pass_time(5.0)


def gap_s(board, since):
    """The longest time between two readings."""
    times = [packet.board_time_s for packet in board.packets[since:] if isinstance(packet.body, Readings)]
    return max(after - before for before, after in zip(times, times[1:]))


@pytest.mark.parametrize(
    ("kind", "levels"), [("hold", {"sda": 1, "scl": 0}), ("hold_data", {"sda": 0, "scl": 1})]
)
def test_a_held_bus_costs_neither_the_other_bus_nor_a_turn(board, seen, kind, levels):
    value = {"clocks": 0} if kind == "hold_data" else {}
    board.world.devices.fault(kind, "i2c1", **value)
    board.pass_time(4.5)  # the events of it are in flash by then
    assert {readings.state[:2] for readings in board.bodies(Readings, seen)} == {("fresh", "fresh")}
    assert set(board.readings().state[2:]) == {"bus_error"}
    stuck = [event.fields for event in board.bodies(Event, seen) if event.name == "bus_stuck"]
    assert stuck == [{"bus": 1, **levels}]
    assert board.housekeeping().slips == 0
    assert board.housekeeping().worst_loop_us < 10_000  # nothing waits for a time-out any more
    assert gap_s(board, seen) < 0.11
    board.world.devices.clear(kind, "i2c1")
    board.pass_time(2.0)
    assert board.readings().state == ("fresh",) * 6
    recovered = [event.fields for event in board.bodies(Event, seen) if event.name == "bus_recovered"]
    assert recovered == [{"bus": 1, "clocks": 0}]


BOTH_WAYS = pytest.mark.parametrize("turns", [1, 2], ids=["one way", "the other way"])  # a sweep may go


def let_a_part_hold_data(board, turns, clocks):
    """Return the states of the sensors of that bus in the next 2 s, and the events of the bus."""
    board.pass_time(2.0 + 0.1 * turns)
    since = len(board.packets)
    before = board.housekeeping()
    board.world.devices.fault("hold_data", "i2c1", clocks=clocks)
    board.pass_time(2.0)
    states = [readings.state for readings in board.bodies(Readings, since)]
    assert {state[:ZVEZDA] for state in states} == {("fresh", "fresh")}
    assert "sensor_failed" not in board.events(since)
    after = board.housekeeping()
    assert after.slips == before.slips
    retries = sum(sensor.retries for sensor in after.sensors) - sum(
        sensor.retries for sensor in before.sensors
    )
    bus_events = [event.fields for event in board.bodies(Event, since) if event.name == "bus_recovered"]
    return [state[ZVEZDA:] for state in states], retries, bus_events


@BOTH_WAYS
def test_a_part_that_lost_count_of_the_clock_within_a_byte_costs_nothing(board, seen, turns):
    # After a read that failed, MicroPython addresses the part once more: nine clocks, and a stop.
    states, retries, bus_events = let_a_part_hold_data(board, turns, clocks=9)
    assert set(states) == {("fresh",) * 4}
    assert (retries, bus_events) == (1, [])


@BOTH_WAYS
def test_a_part_that_a_repeated_read_does_not_free_costs_two_sweeps(board, seen, turns):
    states, _, bus_events = let_a_part_hold_data(board, turns, clocks=26)  # ten go with each of the reads
    assert [state for state in states if "bus_error" in state] == [("bus_error",) * 4] * 2
    assert bus_events == [{"bus": 1, "clocks": 6}]


def test_a_bus_held_at_the_start_is_freed_before_the_sensors_are_asked(board, seen):
    board.world.devices.fault("hold_data", "i2c0", clocks=9)
    board.chip.reset()
    board.pass_time(1.5)
    since = [packet.body.name for packet in board.packets[seen:] if isinstance(packet.body, Event)]
    assert "bus_recovered" in since
    assert not [name for name in since if name.startswith("sensor")]
    assert board.readings().state == ("fresh",) * 6


def test_a_silent_mux_is_told_from_a_silent_sensor(board, seen):
    board.world.devices.fault("mux_silence", "mux")
    board.pass_time(1.0)
    assert board.readings().state == ("fresh", "fresh", "mux_error", "mux_error", "mux_error", "fresh")


def test_a_passing_fault_is_repeated_and_not_reported(board, seen):
    retries = board.housekeeping().sensors[0].retries
    board.world.devices.fault("refuse", "Progress", transactions=1)
    board.pass_time(2.0)
    assert board.housekeeping().sensors[0].retries == retries + 1
    assert board.events(seen) == []
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
    event = next(body for body in board.bodies(Event, seen) if body.name == "sensor_failed")
    assert event.fields == {"module": ZVEZDA, "state": state, "seen": 1}
    assert board.readings().state == tuple(state if i == ZVEZDA else "fresh" for i in range(6))
    board.world.devices.clear(kind, "Zvezda")
    board.pass_time(2.5)
    assert board.readings().state == ("fresh",) * 6
    assert board.events(seen)[-2:] == ["sensor_recovering", "sensor_ok"]
    assert board.housekeeping().slips == 0
