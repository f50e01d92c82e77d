"""Commands, acknowledgements and waits over a port in memory."""

from __future__ import annotations

import struct
from types import SimpleNamespace

import pytest

from hatchwatch.errors import BoardError, HatchwatchError, PortError, WaitTimeoutError
from hatchwatch.link import stream
from hatchwatch.link.commands import command, request_id_of
from hatchwatch.link.dictionary import dictionary
from hatchwatch.link.link import Link
from hatchwatch.link.packets import Packet, Pong, Verification


def is_pong(packet: Packet) -> bool:
    return isinstance(packet.body, Pong)


def acknowledging(port, *stages):
    """A board that answers every command with these (subtype, extra bytes) of service 1."""

    def board(_data: bytes) -> None:
        for raw in port.commands()[-1:]:
            request = request_id_of(bytes(raw.pack()))
            for subtype, extra in stages:
                port.tell(1, subtype, struct.pack(">I", request) + extra, time_s=1.0)

    return board


def test_a_command_is_accepted_and_completed(port):
    port.board = acknowledging(port, (1, b""), (7, b""))
    with Link(port) as link:
        sent = link.execute(command("ping"))
        stages = [body.stage for body in link.history.bodies(Verification, sent.since)]
    assert stages == ["accepted", "completed"]


def test_commands_have_their_own_sequence_numbers(port):
    with Link(port) as link:
        ids = {link.send(command("ping")).request_id for _ in range(3)}
    assert len(ids) == 3
    assert [each.seq_count for each in port.commands()] == [0, 1, 2]


def test_a_refusal_is_an_error_with_its_reason(port):
    port.board = acknowledging(port, (2, bytes((6, 0, 0, 0, 9))))
    with (
        Link(port) as link,
        pytest.raises(BoardError, match=r"refused move_hatch: .* index 9 .no_such_index"),
    ):
        link.execute(command("move_hatch", hatch=9, position="shut"))


def test_a_repair_that_cannot_be_compared_is_told_what_to_do_first(port):
    port.board = acknowledging(port, (2, bytes((17, 0, 0, 0, 0))))
    with Link(port) as link, pytest.raises(BoardError, match="nothing to compare") as refused:
        link.execute(command("verify_repair", module=1))
    assert "hatchwatch isolate" in refused.value.cure


def test_a_failure_after_acceptance_is_an_error(port):
    port.board = acknowledging(port, (1, b""), (8, bytes((20, 0, 0, 0, 0))))
    with Link(port) as link, pytest.raises(BoardError, match="failed safe: a later command took over"):
        link.execute(command("safe"))


def test_a_command_that_the_line_carried_twice_is_not_refused(port):
    (code,) = (entry.code for entry in dictionary().codes.values() if entry.name == "duplicate")
    duplicate = bytes((code, 0, 0, 0, 0))
    port.board = acknowledging(port, (1, b""), (2, duplicate), (7, b""))
    with Link(port) as link:
        link.execute(command("safe"))


def test_answers_to_another_command_are_not_taken(port):
    with Link(port) as link:
        first, second = link.send(command("ping")), link.send(command("ping"))
        port.tell(1, 2, struct.pack(">IBi", first.request_id, 8, 0))
        port.tell(1, 1, struct.pack(">I", second.request_id))
        link.wait_accepted(second)
        with pytest.raises(BoardError):
            link.wait_accepted(first)


def test_a_wait_sees_what_came_before_it_but_not_before_its_anchor(port):
    with Link(port) as link:
        port.tell(17, 2, time_s=1.0)
        link.wait(is_pong, since=0, timeout_s=1.0)
        anchor = len(link.history)
        port.tell(17, 2, time_s=2.0)
        assert link.wait(is_pong, since=anchor, timeout_s=1.0).board_time_s == 2.0
        assert link.wait(is_pong, since=0, timeout_s=1.0).board_time_s == 1.0


def test_time_is_counted_by_the_board_and_the_message_tells_what_was_seen(port):
    with Link(port) as link:
        port.tell(5, 3, bytes((14, 2, 3, 0, 0, 0, 4)), time_s=100.0)
        port.tell(3, 25, bytes((1, 0)), time_s=102.5)
        with pytest.raises(WaitTimeoutError) as caught:
            link.wait(is_pong, since=0, timeout_s=2.0, waiting_for="a pong")
    assert "a pong, which did not come within 2 s of board time" in caught.value.seen
    assert "sensor of number 2 has failed" in caught.value.seen


def test_what_the_board_kept_from_earlier_uses_up_no_time(port):
    """Nobody listened for an hour; the packets of then come first."""
    with Link(port) as link:
        port.tell(3, 25, bytes((1, 0)), time_s=100.0)
        port.sequence += 30_000
        port.sequence %= 16384
        port.tell(3, 25, bytes((1, 0)), time_s=3700.0)
        port.tell(17, 2, time_s=3700.1)
        assert link.wait(is_pong, since=0, timeout_s=2.0).board_time_s == pytest.approx(3700.1, abs=1e-4)


def test_packets_that_are_lost_on_the_line_do_not_make_a_wait_endless(port):
    with Link(port) as link:
        for second in range(4):
            port.tell(3, 25, bytes((1, 0)), time_s=second)
            port.sequence += 5
        with pytest.raises(WaitTimeoutError):
            link.wait(is_pong, since=0, timeout_s=2.0)


def test_a_reset_of_the_board_does_not_lengthen_a_wait(port):
    with Link(port) as link:
        for time_s in (500.0, 501.5, 0.5, 1.5):
            port.tell(3, 25, bytes((1, 0)), time_s=time_s)
        with pytest.raises(WaitTimeoutError):
            link.wait(is_pong, since=0, timeout_s=2.4)


def test_a_silent_line_ends_the_wait(port):
    with Link(port) as link:
        link.silence_s = 0.05
        port.feed(b"\r\nMicroPython v1.27.0\r\n>>> ")
        with pytest.raises(WaitTimeoutError, match=r"the board said: .*MicroPython"):
            link.wait(is_pong, since=0, timeout_s=60.0)


def test_a_board_slower_than_the_wall_clock_is_not_held_for_dead(port, monkeypatch):
    """Its packets show that a second of board time takes four of wall time, which the test turns by hand."""
    wall = SimpleNamespace(now_s=0.0, monotonic=lambda: wall.now_s)
    monkeypatch.setattr(stream, "time", wall)
    with Link(port) as link:
        link.silence_s = 1.0
        for second in range(3):
            wall.now_s += 4.0
            port.tell(3, 25, bytes((1, 0)), time_s=second)
            link.wait(lambda packet, s=second: packet.board_time_s == s, since=second, timeout_s=9.0)
        reads = iter(range(1000))
        usual_read = port.read

        def read() -> bytes:
            wall.now_s += 0.5
            if next(reads) == 6:
                port.tell(17, 2, time_s=2.9)
            return usual_read()

        port.read = read
        assert link.wait(is_pong, since=3, timeout_s=2.0).board_time_s == pytest.approx(2.9, abs=1e-4)


def test_a_pump_is_the_clock(port):
    granted = []

    def pump(seconds: float) -> None:
        granted.append(seconds)
        if sum(granted) > 0.99:
            port.tell(17, 2, time_s=50.0)
            link.wait_for_bytes(1)

    with Link(port, pump=pump) as link:
        link.wait(is_pong, since=0, timeout_s=2.0)
        assert sum(granted) == pytest.approx(1.0, abs=0.05)
        with pytest.raises(WaitTimeoutError):
            link.wait(lambda _: False, since=0, timeout_s=0.5)
    assert sum(granted) == pytest.approx(1.5, abs=0.1)


def test_bytes_are_counted_for_lockstep(port):
    with Link(port) as link:
        link.send(command("ping"))
        assert link.bytes_written == len(port.written)
        total = len(port.tell(17, 2)) + 2
        link.wait_for_bytes(total)
        assert link.bytes_read == total
        assert len(link.history) == 1
        with pytest.raises(WaitTimeoutError, match="of 1000 bytes"):
            link.wait_for_bytes(1000, timeout_s=0.05)


def test_every_packet_is_handed_on_with_its_exact_bytes(port):
    heard = []
    with Link(port, on_packet=lambda *what: heard.append(what)) as link:
        raw = port.tell(17, 2, time_s=3.0)
        link.wait(is_pong, since=0, timeout_s=1.0)
    assert heard == [(3.0, raw, Pong())]


def test_a_pulled_cable_reaches_who_waits(port):
    with Link(port) as link:
        port.unplug()
        with pytest.raises(PortError, match="went away"):
            link.wait(is_pong, since=0, timeout_s=60.0)
        with pytest.raises(PortError):
            link.send(command("ping"))


def test_a_listener_that_fails_reaches_who_waits(port):
    def listener(*_what: object) -> None:
        raise OSError("disk full")

    with Link(port, on_packet=listener) as link:
        port.tell(17, 2)
        with pytest.raises(HatchwatchError, match="disk full"):
            link.wait(lambda _: False, since=0, timeout_s=60.0)


def test_damaged_packets_are_counted_not_kept(port):
    with Link(port) as link:
        port.feed(b"\x05abcd\0garbage\0")
        port.tell(17, 2)
        link.wait(is_pong, since=0, timeout_s=1.0)
        assert len(link.history) == 1
        assert link.stream.bad_frames == 2
