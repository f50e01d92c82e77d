"""Resets in a row: which of them count, and what the board still does when there were too many."""

import pytest
from running_firmware import RunningFirmware

from fsw.kernel.boot_guard import next_start, pack
from fsw.link import numbers as n
from hatchwatch.emulator.flash import read_filesystem
from hatchwatch.link.packets import Event

CRASHING_MAIN = b"""
from micropython import kbd_intr
kbd_intr(-1)
import machine
from fsw.kernel import loop
from fsw.kernel.boot import run
turn = loop.Loop.run
def crashing(self, system, turns=-1):
    if system.health.mode:
        return turn(self, system)
    turn(self, system, 3)
    machine.reset()
loop.Loop.run = crashing
run()
"""


def run_of(*starts):
    """Unhealthy starts in a row after a series of (reset cause, whether the start before was healthy)."""
    stored, unhealthy = None, 0
    for number, (cause, was_healthy) in enumerate(starts, start=1):
        if stored is not None:
            stored = pack(number - 1, 0 if was_healthy else unhealthy, was_healthy)
        count, unhealthy = next_start(stored, cause)
        assert count == number
        stored = pack(count, unhealthy, False)
    return unhealthy


FIRST = (n.RESET_POWER_ON, False)


@pytest.mark.parametrize(
    ("starts", "unhealthy"),
    [
        ([FIRST], 0),
        ([FIRST, (n.RESET_WATCHDOG, False)], 1),
        ([FIRST] + [(n.RESET_WATCHDOG, False)] * 3, 3),
        ([FIRST, (n.RESET_POWER_ON, False), (n.RESET_WATCHDOG, False)], 2),
        ([FIRST] + [(n.RESET_WATCHDOG, True)] * 5, 0),
        ([FIRST] + [(n.RESET_COMMAND, False)] * 5, 0),
        ([FIRST] + [(n.RESET_SOFT, False)] * 5, 0),
        ([FIRST] + [(n.RESET_PROMPT, False)] * 5, 0),
        ([FIRST, (n.RESET_WATCHDOG, False), (n.RESET_COMMAND, False), (n.RESET_WATCHDOG, False)], 2),
        ([FIRST, (n.RESET_WATCHDOG, False), (n.RESET_WATCHDOG, True)], 0),
    ],
)
def test_which_resets_count(starts, unhealthy):
    assert run_of(*starts) == unhealthy


def test_the_count_stays_in_one_byte():
    assert next_start(pack(7, 255, False), n.RESET_WATCHDOG) == (8, 255)


@pytest.fixture(scope="module")
def looping():
    """A board whose firmware resets itself after three turns, whenever it may do more than read."""
    board = RunningFirmware("pair", extra_files={"main.py": CRASHING_MAIN})
    board.pass_time(6.0)
    return board


@pytest.mark.swe134("a")
def test_the_third_reset_in_a_row_leads_to_safe_mode(looping):
    events = looping.events()
    assert events.count("started") == 4
    told = next(body for body in looping.bodies(Event) if body.name == "boot_loop")
    assert told.fields == {"resets": 3}
    assert events.index("boot_loop") > [at for at, name in enumerate(events) if name == "started"][3]


def test_in_safe_mode_there_are_readings_and_a_link(looping):
    housekeeping = looping.housekeeping()
    assert (housekeeping.mode, housekeeping.unhealthy_boots, housekeeping.boot_count) == ("safe_mode", 3, 4)
    seen = len(looping.packets)
    looping.pass_time(1.0)
    assert {"fresh"} == set(looping.readings().state)
    assert len(looping.packets) > seen + 9
    assert [body.stage for body in looping.command("ping")] == ["accepted", "completed"]


def test_a_reset_by_command_does_not_end_the_safe_mode(looping):
    looping.command("reset", wait_s=2.5)
    assert looping.housekeeping().mode == "safe_mode"


def test_the_safe_mode_ends_by_command(looping):
    seen = len(looping.packets)
    assert [body.stage for body in looping.command("leave_safe_mode", wait_s=1.2)] == [
        "accepted",
        "completed",
    ]
    assert "safe_mode_left" in looping.events(seen)
    assert (looping.housekeeping().mode, looping.housekeeping().unhealthy_boots) == ("normal", 0)


def test_a_start_is_healthy_after_a_minute():
    board = RunningFirmware("single")
    board.pass_time(58.0)
    before = read_filesystem(board.chip.read_filesystem())
    board.pass_time(4.0)
    after = read_filesystem(board.chip.read_filesystem())
    assert pack(1, 0, False) in b"".join(before.values())
    assert pack(1, 0, True) in b"".join(after.values())
    assert board.housekeeping().slips == 0
