"""Why the firmware started, as its first event says, and what a reset leaves behind."""

import pytest
from running_firmware import RunningFirmware

from hatchwatch.link.packets import Event


def cause(board, since):
    return next(body for body in board.bodies(Event, since) if body.name == "started").fields["reset_cause"]


def test_power_on():
    assert cause(RunningFirmware("single"), 0) == "power_on"


def test_reset_by_command_answers_first_and_sets_board_time_back():
    board = RunningFirmware("single")
    board.pass_time(1.0)
    seen = len(board.packets)
    assert [body.stage for body in board.command("reset", wait_s=1.5)] == ["accepted", "completed"]
    assert cause(board, seen) == "command"
    assert board.packets[-1].board_time_s < 1.5


@pytest.mark.swe134("a")
def test_after_a_reset_positions_are_unknown_and_no_pulses_come():
    board = RunningFirmware("pair")
    board.command("move_hatch", wait_s=2.0, hatch=0, position="shut")
    assert board.housekeeping().hatches == ("shut",)
    board.command("reset", wait_s=2.5)
    assert board.housekeeping().hatches == ("unknown",)
    assert board.world.truth()["devices"]["servos"]["door"]["opening"] == 0.0, "it stays where it was"


def test_power_cut():
    """The log in flash knows what came last, up to the minute in which nothing grave happened."""
    board = RunningFirmware("single")
    board.pass_time(8.0)  # the events of the start are in flash then
    board.chip.set_power(on=False)
    board.pass_time(0.5)
    seen = len(board.packets)
    board.chip.set_power(on=True)
    board.pass_time(1.5)
    assert cause(board, seen) == "power_on"
    report = next(body for body in board.bodies(Event, seen) if body.name == "reset_report").fields
    assert (report["boot_count"], report["event"], report["time_s"]) == (2, "reset_report", 0)
    assert board.readings().state == ("fresh",)
