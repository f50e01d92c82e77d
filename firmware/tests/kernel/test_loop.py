"""The loop on the official image: cycles, heap, floods, slips."""

import random

import pytest
from running_firmware import RunningFirmware

from hatchwatch.link.packets import Event, Pong, Readings

CYCLES_PER_S = 4_500_000  # the watch for leaks included


def test_six_sensors_cost_at_most_the_budget():
    """Cycles are exact in the emulator, so this is no matter of the machine's speed."""
    board = RunningFirmware("station6")
    board.pass_time(7.0)  # by then the events of the start are in flash
    assert board.busy_cycles(10.0) / 10.0 < CYCLES_PER_S
    assert board.housekeeping().slips == 0


@pytest.mark.parametrize("frequency_hz", [100_000, 400_000])
def test_readings_come_ten_times_a_second(frequency_hz):
    board = RunningFirmware("station6", frequency_hz=frequency_hz)
    board.pass_time(5.0)
    times = [packet.board_time_s for packet in board.packets if isinstance(packet.body, Readings)]
    gaps = [after - before for before, after in zip(times, times[1:])]
    assert len(times) >= 50
    assert max(gaps) < 0.102
    assert min(gaps) > 0.098
    assert board.housekeeping().slips == 0


def test_board_time_is_time_since_power_on():
    board = RunningFirmware("single")
    last = board.packets[-1]
    assert 0 < board.chip.board_ns / 1e9 - last.board_time_s < 0.12


LOCKED_MAIN = b"""
import micropython
from fsw.kernel.boot import start
micropython.kbd_intr(-1)
system = start()
system.loop.run(system, 55)  # the first move of a servo makes its PWM; the mark of moves in flash goes again
class NoFile:
    is_set = True
    def clear(self):
        return 0
system.motion._mark = NoFile()  # a file takes heap; the moves themselves take none
micropython.heap_lock()
try:
    system.loop.run(system, 50)
finally:
    micropython.heap_unlock()
system.events.plain(3)
system.loop.run(system)
"""


def test_the_steady_loop_allocates_nothing():
    """50 turns under heap_lock: readings, housekeeping, moves, noise, and answers to commands of every
    kind. Only when a hatch has moved are there new gas volumes to learn, which takes heap.
    """
    board = RunningFirmware("pair", extra_files={"main.py": LOCKED_MAIN}, readable=["fsw/services/motion.py"])
    assert board.command("safe", wait_s=5.0)[-1].stage == "completed"
    requests = [
        board.send("ping"),
        board.send("identify"),
        board.send("echo", data=bytes(range(200))),
        board.send("report_once", structures=[{"sid": 1}, {"sid": 2}]),
        board.send("set_interval", structures=[{"sid": 2, "interval_ms": 500}]),
        board.send("readings_start", interval_ms=100),
        board.send("move_hatch", hatch=9, position="open"),
        board.send("move_injector", injector=1, position="shut"),
    ]
    board.write(b"\r\x0fnoise\0")
    board.pass_time(6.5)
    stages = [[body.stage for body in board.acknowledgements(request)] for request in requests]
    assert stages == [["accepted", "completed"]] * 6 + [["refused"], ["accepted", "completed"]]
    assert "left_for_repl" in board.events(), "the locked part did not come to its end"
    assert "internal_error" not in board.events()


def test_a_flood_neither_stops_nor_delays_the_loop():
    board = RunningFirmware("station6")
    noise = random.Random(5)
    start = len(board.packets)
    for _ in range(16):  # 80 kB/s
        board.write(noise.randbytes(4000))
        board.pass_time(0.05)
    board.pass_time(0.5)
    times = [packet.board_time_s for packet in board.packets[start:] if isinstance(packet.body, Readings)]
    assert max(after - before for before, after in zip(times, times[1:])) < 0.11
    assert board.housekeeping().slips == 0
    assert "frames_bad" in board.events(start)
    assert len([name for name in board.events(start) if name == "frames_bad"]) <= 4


def test_commands_pass_after_a_flood():
    board = RunningFirmware("single")
    board.write(random.Random(6).randbytes(3000) + b"\0")
    board.pass_time(0.5)
    assert [body.stage for body in board.command("ping")] == ["accepted", "completed"]


def test_a_host_that_does_not_read_costs_no_heap():
    """50 turns under heap_lock: the host stops, commands come, it reads again."""
    board = RunningFirmware("pair", extra_files={"main.py": LOCKED_MAIN}, readable=["fsw/services/motion.py"])
    board.pass_time(5.5)  # 55 turns come first
    board.chip.usb.hold()
    board.pass_time(1.0)
    requests = [board.send("ping") for _ in range(5)]
    board.pass_time(0.5)
    board.chip.usb.release()
    board.pass_time(4.5)
    stages = [[body.stage for body in board.acknowledgements(request)] for request in requests]
    assert stages == [["accepted", "completed"]] * 5
    assert "left_for_repl" in board.events(), "the locked part did not come to its end"
    assert "internal_error" not in board.events()


@pytest.mark.swe134("k")
def test_an_error_in_a_turn_is_told_and_the_next_turn_comes():
    main = b"""
from fsw.kernel.boot import start
from micropython import kbd_intr
kbd_intr(-1)
system = start()
count = [0]
def broken():
    count[0] += 1
    if count[0] < 3:
        raise ValueError("broken part")
system.sensors.sweep = broken
system.loop.run(system)
"""
    board = RunningFirmware("single", extra_files={"main.py": main})
    assert board.events().count("internal_error") == 2
    board.command("ping")
    assert board.bodies(Pong)


@pytest.mark.swe134("k")
def test_errors_that_cannot_be_told_do_not_end_the_loop_and_are_counted():
    """As when the text of the error finds no memory."""
    main = b"""
from fsw.kernel.boot import start
from micropython import kbd_intr
kbd_intr(-1)
system = start()
sweep = system.sensors.sweep
count = [0]
class Unspeakable(Exception):
    def __repr__(self):
        raise MemoryError
def broken():
    count[0] += 1
    if count[0] == 3:
        system.sensors.sweep = sweep
    raise Unspeakable
system.sensors.sweep = broken
system.loop.run(system)
"""
    board = RunningFirmware("single", extra_files={"main.py": main})
    board.pass_time(1.5)
    told = [event.fields["what"] for event in board.bodies(Event) if event.name == "internal_error"]
    assert told == ["'3 errors could not be told when they came'"]
    assert [body.stage for body in board.command("ping")] == ["accepted", "completed"]
