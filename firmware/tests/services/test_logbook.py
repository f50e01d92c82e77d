"""The log within the firmware: what it says of starts before this one, and when it writes."""

import pytest
from running_firmware import RunningFirmware

from fsw.link import numbers
from hatchwatch.emulator.flash import read_filesystem
from hatchwatch.link.packets import Event, Report

RECORD_BYTES = 24
TWO_EVENTS_MAIN = b"""
from fsw.kernel.boot import start
from micropython import kbd_intr
kbd_intr(-1)
system = start()
class Two:
    def __getattr__(self, name):
        return getattr(system, name)
    def tick(self, turn):
        if turn == 5:
            system.events.u8_u8(%d, 0, 10)
        elif turn == 20:
            system.events.plain(%d)
        system.tick(turn)
system.loop.run(Two())
""" % (numbers.EVENT_HATCH_ARMED, numbers.EVENT_SAG_SUSPECTED)


def logged(board, newest=0, wait_s=0.6):
    """Read the log over the link: the fields of each event, in the order they came."""
    seen = len(board.packets)
    answers = board.command("report_logged_events", newest=newest, wait_s=wait_s)
    assert [body.stage for body in answers] == ["accepted", "completed"]
    return [body.fields for body in board.bodies(Report, seen) if body.name == "logged_event"]


def files_of_log(board):
    files = read_filesystem(board.chip.read_filesystem())
    return {path: content for path, content in files.items() if path.startswith("data/events.")}


@pytest.fixture(scope="module")
def board():
    """A board on its second start, by command; the first one moved the hatch."""
    board = RunningFirmware("pair")
    board.command("move_hatch", wait_s=2.0, hatch=0, position="shut")
    board.command("reset", wait_s=2.0)
    return board


def test_events_outlive_a_reset_that_follows_at_once(board):
    """None was a minute old; the reset waits for the log."""
    events = [(fields["boot_count"], fields["event"]) for fields in logged(board)]
    assert (1, "started") in events
    assert (1, "hatch_arrived") in events
    assert events.index((1, "hatch_arrived")) < events.index((2, "started"))


def test_the_log_has_what_was_told_and_when(board):
    told = [
        (packet.board_time_s, packet.body.name)
        for packet in board.packets
        if isinstance(packet.body, Event) and packet.body.name != "events_not_logged"
    ]
    kept = [(fields["time_s"] + fields["time_fraction"] / 65536, fields["event"]) for fields in logged(board)]
    assert kept == told


def test_places_count_without_a_gap_and_the_newest_can_be_asked_for(board):
    everything = logged(board)
    assert [fields["place"] for fields in everything] == list(range(len(everything)))
    assert logged(board, newest=2) == everything[-2:]
    assert logged(board, newest=500) == everything


def test_a_second_request_has_to_wait(board):
    first = board.send("report_logged_events", newest=0)
    (answer,) = board.command("report_logged_events", newest=0)
    assert (answer.stage, answer.code_name) == ("refused", "busy")
    board.pass_time(0.5)
    assert board.acknowledgements(first)[-1].stage == "completed"


def test_a_damaged_record_is_not_sent_and_its_place_tells(board):
    everything = logged(board)
    board.command("repl", wait_s=0.5)
    board.write(b"f = open('data/events.0', 'r+b'); f.seek(24 + 11); f.write(b'?'); f.close()\r")
    board.pass_time(0.3)
    board.write(b"import machine; machine.reset()\r")
    board.pass_time(2.0)
    places = [fields["place"] for fields in logged(board)]
    assert 1 not in places
    assert set(range(len(everything))) - {1} <= set(places)


def test_grave_events_are_written_within_two_seconds_and_others_wait_for_the_minute():
    """The first flush of a minute comes 6.5 s after the start."""
    board = RunningFirmware("single", extra_files={"main.py": TWO_EVENTS_MAIN})
    board.pass_time(1.5)
    assert "hatch_armed" in board.events()
    assert files_of_log(board) == {}
    board.pass_time(2.0)
    records = b"".join(files_of_log(board).values())
    kept = [records[i + 8] for i in range(0, len(records), RECORD_BYTES)]
    assert kept[-2:] == [numbers.EVENT_HATCH_ARMED, numbers.EVENT_SAG_SUSPECTED]
    assert board.housekeeping().slips == 0
