"""What hangs is reset; what only sleeps at the prompt is not."""

import itertools

import pytest
from running_firmware import RunningFirmware

from hatchwatch.link.packets import Event

WATCHDOG_S = 2
# In each start another part goes wrong after a second: it raises in every turn, or hangs.
BREAKING_MAIN = b"""
from micropython import kbd_intr
kbd_intr(-1)
import time
from fsw.kernel import boot
from fsw.link import numbers
build = boot.build
def hang(*arguments):
    time.sleep(1000)
def fail(*arguments):
    raise ValueError("broken")
def broken_build():
    system, bench = build()
    system.parameters.values[numbers.PARAMETER_WATCHDOG_MS] = 2000
    system.parameters.values[numbers.PARAMETER_UNHEALTHY_BOOTS] = 20
    system.servos.busy = system.motion.busy = True
    part, name, fault = (
        (system.sensors, "sweep", fail),
        (system.motion, "tick", fail),
        (system.housekeeping, "tick", fail),
        (system.sensors, "mend", fail),
        (system.housekeeping, "tick", hang),
        (system.sensors, "mend", None),
    )[system.health.boot_count - 1]
    if fault:
        sound = getattr(part, name)
        setattr(part, name, lambda *a: (fault if system.health.ticks > 9 else sound)(*a))
    return system, bench
boot.build = broken_build
boot.run()
"""


@pytest.fixture(scope="module")
def broken():
    board = RunningFirmware("single", extra_files={"main.py": BREAKING_MAIN})
    board.pass_time(28.0)
    return board


def started(board):
    return [body.fields["reset_cause"] for body in board.bodies(Event) if body.name == "started"]


@pytest.mark.swe134("k")
def test_what_fails_in_every_turn_or_hangs_leads_to_a_reset(broken):
    assert started(broken) == ["power_on"] + ["watchdog"] * 5, "five faults, and a start without one"


@pytest.mark.swe134("j")
def test_the_reset_comes_when_the_watchdog_had_nothing_for_its_time(broken):
    lasts = []
    for before, after in itertools.pairwise(broken.packets):
        if after.board_time_s < before.board_time_s:
            lasts.append(before.board_time_s)
    # 0.6 s to start, 1 s of health, then the time of the watchdog; the slow part feeds once a second.
    assert len(lasts) == 5
    assert all(0.9 + WATCHDOG_S <= last <= 2.8 + WATCHDOG_S for last in lasts[:4]), lasts
    assert lasts[4] <= 2.8, "what hangs says nothing any more"


def test_a_start_tells_the_last_event_before_the_reset(broken):
    reports = [body.fields for body in broken.bodies(Event) if body.name == "reset_report"]
    assert [report["boot_count"] for report in reports] == [1, 2, 3, 4, 5, 6]
    assert [report["event"] for report in reports[1:5]] == ["internal_error"] * 4
    assert all(1 <= report["time_s"] <= 5 for report in reports[1:5])


def test_at_the_prompt_nobody_is_reset_and_a_reset_there_is_somebodys_wish():
    board = RunningFirmware("single")
    board.write(b"\r\x03")
    board.pass_time(20.0)
    board.write(b"print(6*7)\r")
    board.pass_time(0.1)
    assert b"\r\n42\r\n" in board.raw
    board.write(b"import machine; machine.reset()\r")
    board.pass_time(2.0)
    assert started(board) == ["power_on", "prompt"]
    assert board.housekeeping().unhealthy_boots == 0
