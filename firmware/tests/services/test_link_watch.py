"""A host that hangs with the port open is a lost link; the board does what its parameters say, once."""

import pytest
from running_firmware import RunningFirmware

from hatchwatch.link.packets import Event

LOSS_S = 2  # the least that the parameter allows


@pytest.fixture(scope="module")
def board():
    """A board whose host reads nothing for 6 s, with a move to the safe state ordered for that."""
    board = RunningFirmware("pair")
    wishes = [{"parameter": "link_loss_s", "value": LOSS_S}, {"parameter": "safe_on_link_loss", "value": 1}]
    board.command("set_parameters", parameters=wishes)
    board.command("move_hatch", wait_s=1.0, hatch=0, position="shut")
    board.since = len(board.packets)
    board.chip.usb.hold()
    board.pass_time(6.0)
    board.opening_while_lost = board.world.truth()["devices"]["servos"]["door"]["opening"]
    board.chip.usb.release()
    board.pass_time(2.2)
    return board


def told(board, name):
    return [event.fields for event in board.bodies(Event, board.since) if event.name == name]


def test_the_loss_is_told_once_and_acted_on_while_it_lasts(board):
    assert told(board, "link_lost") == [{"link_loss": "not_read", "time_s": LOSS_S}]
    assert told(board, "safe_ordered") == [{"cause": "link_loss"}]
    assert board.opening_while_lost == 1.0, "the safe state of this door is open"


def test_the_return_is_told_and_the_loss_is_counted(board):
    (back,) = told(board, "link_back")
    assert 5 <= back["time_s"] <= 8
    assert board.housekeeping().link_losses == 1
    assert board.housekeeping().slips == 0


def test_a_host_that_reads_and_says_nothing_is_no_loss_by_default(board):
    seen = len(board.packets)
    board.pass_time(15.0)
    assert "link_lost" not in board.events(seen)
