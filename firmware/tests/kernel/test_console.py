"""A host that stops reading, on the official image: who waits, who is dropped, and that no turn slips."""

from itertools import pairwise

import pytest
from running_firmware import RunningFirmware

from hatchwatch.link.packets import Event, Housekeeping, Readings, Verification

TURN_S = 0.1


@pytest.fixture(scope="module")
def station():
    return RunningFirmware("pair")


@pytest.fixture
def board(station):
    yield station
    station.chip.usb.release()
    station.heal()
    station.pass_time(1.5)


def missing(packets):
    """How many sequence numbers lie between the packets."""
    return sum((after.sequence - before.sequence - 1) % 16384 for before, after in pairwise(packets))


def unread(board, duration_s):
    """Let the host stop reading for a time; return where in `packets` the rest will come."""
    since = len(board.packets)
    board.chip.usb.hold()
    board.pass_time(duration_s)
    assert len(board.packets) == since
    return since


def test_turns_go_on_and_what_is_dropped_is_counted(board):
    board.pass_time(1.0)
    before = board.housekeeping()
    last = len(board.packets) - 1
    unread(board, 5.0)
    board.chip.usb.release()
    board.pass_time(2.0)
    after = board.housekeeping()
    assert after.slips == before.slips == 0
    dropped = after.packets_dropped - before.packets_dropped
    assert dropped == missing(board.packets[last:])
    assert 45 <= dropped <= 56, "five seconds of readings and housekeeping, but for what the board can hold"
    ticks = [(packet.board_time_s, packet.body) for packet in board.packets[last:]]
    reports = [(time_s, body.ticks) for time_s, body in ticks if isinstance(body, Housekeeping)]
    (first_s, first), (last_s, latest) = reports[0], reports[-1]
    assert latest - first == pytest.approx((last_s - first_s) / TURN_S, abs=1)


@pytest.mark.swe134("j")
def test_acknowledgements_and_alarms_wait_and_come_first(board):
    since = unread(board, 1.0)
    requests = [board.send("ping") for _ in range(8)]
    board.pass_time(0.5)
    board.world.devices.fault("silence", board.bench.modules[1].name)
    board.pass_time(3.0)
    released_s = board.chip.board_ns / 1e9
    board.chip.usb.release()
    board.pass_time(0.3)
    packets = board.packets[since:]
    for request in requests:
        assert [body.stage for body in board.acknowledgements(request)] == ["accepted", "completed"]
    fresh = next(place for place, packet in enumerate(packets) if packet.board_time_s > released_s)
    late = [packet.body for packet in packets[:fresh] if not isinstance(packet.body, Readings)]
    alarms = [body for body in late if isinstance(body, Event) and body.severity >= 3]
    assert sum(isinstance(body, Verification) for body in late) == 16
    assert "sensor_failed" in [body.name for body in alarms]
    assert packets[fresh].board_time_s - released_s < 2 * TURN_S
    times = [packet.board_time_s for packet in packets]
    assert times == sorted(times), "nothing overtakes"
    assert board.splitter.bad_frames == 0


def test_a_flood_of_commands_to_a_host_that_does_not_read(board):
    """More acknowledgements than can wait: the surplus is counted like everything that is dropped."""
    before, last = board.housekeeping(), len(board.packets) - 1
    board.chip.usb.hold()
    for _ in range(100):
        board.send("ping")
        board.pass_time(0.02)
    board.chip.usb.release()
    board.pass_time(2.0)
    after = board.housekeeping()
    assert after.commands_accepted - before.commands_accepted == 100
    assert after.packets_dropped - before.packets_dropped == missing(board.packets[last:])
    assert after.slips == 0
    assert [body.stage for body in board.command("ping")] == ["accepted", "completed"]


def test_a_slow_host_costs_packets_not_turns(board):
    before, last = board.housekeeping(), len(board.packets) - 1
    board.chip.usb.hold()
    for _ in range(60):
        board.chip.usb.take()  # 1.3 kB/s at most
        board.pass_time(0.05)
    board.chip.usb.release()
    board.pass_time(2.0)
    after = board.housekeeping()
    assert after.slips == 0
    assert after.packets_dropped - before.packets_dropped == missing(board.packets[last:])
    assert board.splitter.bad_frames == 0


def test_readings_come_again_at_once(board):
    unread(board, 2.0)
    since = len(board.packets)
    released_s = board.chip.board_ns / 1e9
    board.chip.usb.release()
    board.pass_time(0.25)
    fresh = [packet for packet in board.packets[since:] if packet.board_time_s > released_s]
    assert sum(isinstance(packet.body, Readings) for packet in fresh) >= 2
