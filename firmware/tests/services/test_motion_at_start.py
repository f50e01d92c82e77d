"""What the parameters order at a start, and that nothing moves when they order nothing."""

import pytest
from rp2040py.peripherals.watchdog import CTRL
from running_firmware import RunningFirmware

from hatchwatch.link.packets import Event

TRIGGER = 1 << 31  # of CTRL: the watchdog bites at once
BOOT_S = 1.5
SAFE_S = 2.5  # three servos, one at a time


@pytest.fixture(scope="module")
def board():
    return RunningFirmware("pair")


def order(board, **values):
    wishes = [{"parameter": name, "value": value} for name, value in values.items()]
    assert board.command("set_parameters", parameters=wishes)[-1].ok
    assert board.command("save_parameters", wait_s=4.0)[-1].stage == "completed"


def start(board, how):
    """Start the board anew; what moved by itself, if anything, and which order the board told of."""
    board.command("move_hatch", wait_s=3.5, hatch=0, position="shut")
    if board.housekeeping().mode == "safe_mode":
        board.command("leave_safe_mode")
    seen = len(board.packets)
    how(board.chip)
    board.pass_time(BOOT_S + SAFE_S)
    opening = board.world.truth()["devices"]["servos"]["door"]["opening"]
    orders = [event.fields["cause"] for event in board.bodies(Event, seen) if event.name == "safe_ordered"]
    assert "sag_suspected" not in board.events(seen), "the last move was over long before"
    board.command("leave_safe_mode")
    return orders, opening


def power(chip):
    chip.set_power(on=False)
    chip.set_power(on=True)


def watchdog(chip):
    chip.mcu.watchdog.write_uint32(CTRL, TRIGGER)


@pytest.mark.swe134("a")
def test_nothing_is_ordered_by_default(board):
    assert start(board, power) == ([], 0.0)
    assert start(board, watchdog) == ([], 0.0)


def test_at_every_start_if_wanted(board):
    order(board, safe_at_boot=1)
    assert start(board, power) == (["boot"], 1.0)
    order(board, safe_at_boot=0)


def test_after_a_watchdog_reset_if_wanted(board):
    order(board, safe_after_watchdog=1)
    assert start(board, power) == ([], 0.0)
    assert start(board, watchdog) == (["watchdog"], 1.0)
    order(board, safe_after_watchdog=0)


@pytest.mark.swe134("a", "l")
def test_in_safe_mode_nothing_moves_but_for_safe(board):
    order(board, safe_at_boot=1)
    for _ in range(4):
        board.pass_time(0.2)
        watchdog(board.chip)
        board.pass_time(BOOT_S)
    seen = len(board.packets)
    watchdog(board.chip)
    board.pass_time(BOOT_S + SAFE_S)
    assert board.housekeeping().mode == "safe_mode"
    assert "safe_ordered" not in board.events(seen)
    assert board.housekeeping().hatches == ("unknown",)
    for name, fields in (
        ("move_hatch", {"hatch": 0, "position": "open"}),
        ("move_injector", {"injector": 0, "position": "open"}),
        ("arm_hatch", {"hatch": 0}),
    ):
        assert board.command(name, **fields)[-1].code_name == "safe_mode"
    assert board.command("safe", wait_s=SAFE_S)[-1].stage == "completed"
    assert board.housekeeping().hatches in (("open",), ("moving",))
