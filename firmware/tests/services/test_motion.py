"""Hatches and injectors move for commands, one at a time, and the answers tell when they have arrived."""

import pytest
from running_firmware import RunningFirmware


@pytest.fixture
def board():
    return RunningFirmware("pair")


def opening(board, servo):
    return board.world.truth()["devices"]["servos"][servo]["opening"]


def test_a_move_is_completed_when_the_travel_time_is_over(board):
    request = board.send("move_hatch", hatch=0, position="shut")
    board.pass_time(0.4)
    assert [body.stage for body in board.acknowledgements(request)] == ["accepted"]
    board.pass_time(0.4)
    assert [body.stage for body in board.acknowledgements(request)] == ["accepted", "completed"]
    assert opening(board, "door") == 0.0
    assert "hatch_arrived" in board.events()


@pytest.mark.swe134("a")
def test_nothing_moves_before_a_command(board):
    board.pass_time(2.0)
    assert board.housekeeping().hatches == ("unknown",)
    assert board.housekeeping().injectors == ("unknown", "unknown")


def test_one_servo_moves_at_a_time(board):
    board.send("set_interval", structures=[{"sid": 2, "interval_ms": 100}])
    board.send("move_hatch", hatch=0, position="shut")
    board.send("move_injector", injector=1, position="open")
    board.pass_time(0.35)
    assert board.housekeeping().hatches == ("moving",)
    assert board.housekeeping().injectors == ("unknown", "queued")
    board.pass_time(0.5)
    assert board.housekeeping().hatches == ("shut",)
    assert board.housekeeping().injectors == ("unknown", "moving")
    board.pass_time(0.5)
    assert board.housekeeping().injectors == ("unknown", "open")
    assert opening(board, "right.injector") == 1.0


@pytest.mark.swe134("l")
def test_safe_shuts_injectors_and_opens_hatches(board):
    board.command("move_hatch", wait_s=0.8, hatch=0, position="shut")
    board.command("move_injector", wait_s=0.8, injector=0, position="open")
    request = board.send("safe")
    board.pass_time(2.5)
    assert [body.stage for body in board.acknowledgements(request)] == ["accepted", "completed"]
    assert opening(board, "door") == 1.0
    assert opening(board, "left.injector") == 0.0
    board.pass_time(1.0)
    assert board.housekeeping().hatches == ("open",)
    assert board.housekeeping().injectors == ("shut", "shut")


def test_a_later_command_takes_over(board):
    first = board.send("move_hatch", hatch=0, position="shut")
    board.pass_time(0.2)
    second = board.send("move_hatch", hatch=0, position="open")
    board.pass_time(1.5)
    answers = board.acknowledgements(first)
    assert [body.stage for body in answers] == ["accepted", "failed"]
    assert answers[-1].code_name == "superseded"
    assert [body.stage for body in board.acknowledgements(second)] == ["accepted", "completed"]
    assert opening(board, "door") == 1.0


@pytest.mark.swe134("b")
def test_safe_takes_over_and_is_taken_over(board):
    move = board.send("move_hatch", hatch=0, position="shut")
    safe = board.send("safe")
    board.pass_time(0.2)
    later = board.send("move_hatch", hatch=0, position="shut")
    board.pass_time(3.0)
    assert board.acknowledgements(move)[-1].code_name == "superseded"
    assert board.acknowledgements(safe)[-1].code_name == "superseded"
    assert board.acknowledgements(later)[-1].stage == "completed"


@pytest.mark.parametrize("position", ["open", "shut"])
@pytest.mark.parametrize("after_s", [0.1, 0.2, 0.3])
def test_safe_during_a_move_is_completed(board, position, after_s):
    move = board.send("move_hatch", hatch=0, position=position)
    board.pass_time(after_s)
    safe = board.send("safe")
    board.pass_time(3.5)
    assert board.acknowledgements(move)[-1].code_name == "superseded"
    assert [body.stage for body in board.acknowledgements(safe)] == ["accepted", "completed"]
    assert opening(board, "door") == 1.0
    assert board.housekeeping().hatches == ("open",)


def test_safe_sent_twice_is_completed_once(board):
    board.send("move_hatch", hatch=0, position="open")
    board.pass_time(0.2)
    first = board.send("safe")
    board.pass_time(0.7)  # by now an injector moves
    second = board.send("safe")
    board.pass_time(3.5)
    assert board.acknowledgements(first)[-1].code_name == "superseded"
    assert [body.stage for body in board.acknowledgements(second)] == ["accepted", "completed"]


@pytest.mark.swe134("c")
def test_leaving_for_the_prompt_ends_the_pulses_and_keeps_the_hatch(board):
    board.command("move_hatch", wait_s=0.8, hatch=0, position="shut")
    board.command("repl", wait_s=0.5)
    assert opening(board, "door") == 0.0
