"""Who is there: firmware, prompt, another version, or nobody."""

from __future__ import annotations

import struct

import pytest

from hatchwatch.errors import BoardError
from hatchwatch.link import handshake
from hatchwatch.link.dictionary import dictionary
from hatchwatch.link.handshake import check_identity, identify, wake_firmware
from hatchwatch.link.link import Link
from hatchwatch.link.packets import Identity

OURS = Identity(
    dictionary_hash=dictionary().hash,
    firmware_version=dictionary().firmware_version,
    bench_state="valid",
    bench_name="pair",
    bench_hash=7,
)
PROMPT = b"\r\nMicroPython v1.27.0 on 2025-12-09; Raspberry Pi Pico W with RP2040\r\n>>> "


def completes(port) -> None:
    """Let the board say that it has done the newest command."""
    port.tell(1, 7, bytes(port.commands()[-1].pack()[:4]))


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    """The loopback board answers at once; these are wall times here."""
    for name in ("LISTEN_S", "BOOT_S", "START_SLICE_S", "PROMPT_ANSWER_S"):
        monkeypatch.setattr(handshake, name, 0.05)


def test_a_running_firmware_is_left_alone(port):
    port.board = lambda data: completes(port) if len(data) > 12 else None
    with Link(port) as link:
        assert wake_firmware(link) is False
    assert b"\x04" not in bytes(port.written[-1:])
    assert b"\x03\x03" not in port.written


def test_from_the_prompt_it_is_started_by_a_soft_reset(port):
    def board(data: bytes) -> None:
        if data == b"\x04":
            port.feed(b"\r\nMPY: soft reboot\r\n\0")
            port.tell(5, 1, bytes((1, 4, 0)))
        elif b"\x04" in port.written:
            if len(data) > 12:
                completes(port)
        else:
            port.feed(PROMPT)

    port.board = board
    with Link(port) as link:
        assert wake_firmware(link) is True
    assert b"\r\x03\x03\x02\x04" in port.written


def test_late_words_of_a_slow_board_are_not_taken_for_its_start(port):
    """It answers the first ping when the keys are already on their way, then acts on them and starts anew."""

    def board(data: bytes) -> None:
        if data == b"\x04":
            port.tell(17, 2)
            board.restarted = False
        elif len(data) > 12 and b"\x04" in port.written and not board.restarted:
            port.feed(b"\r\nMPY: soft reboot\r\n\0")
            port.tell(5, 1, bytes((1, 4, 0)))
            board.restarted = True
        elif len(data) > 12 and b"\x04" in port.written:
            completes(port)

    board.restarted = False
    port.board = board
    with Link(port) as link:
        assert wake_firmware(link) is True
    assert len(port.commands()) >= 3


def test_micropython_without_our_firmware_is_told_apart(port):
    port.board = lambda _data: port.feed(PROMPT)
    with Link(port) as link, pytest.raises(BoardError, match="but not our firmware") as caught:
        wake_firmware(link)
    assert "hatchwatch deploy" in (caught.value.cure or "")


def test_nobody(port):
    with Link(port) as link, pytest.raises(BoardError, match="Nothing came back"):
        wake_firmware(link)


def test_somebody_else(port):
    port.board = lambda _data: port.feed(b"NMEA 0183\r\n")
    with Link(port) as link, pytest.raises(BoardError, match=r"Only this came: .*NMEA"):
        wake_firmware(link)


def test_identify(port):
    port.board = lambda data: port.tell(17, 129, struct.pack(">I", 1)) if len(data) > 12 else None
    with Link(port) as link:
        assert identify(link) == Identity(1)


def test_our_own_identity_passes():
    check_identity(OURS, bench_name="pair", bench_hash=7)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dictionary_hash": 1}, "dictionary 00000001"),
        ({"firmware_version": "0.0.1"}, "firmware 0.0.1"),
        ({"bench_state": "missing"}, "no bench.json on the board"),
        ({"bench_name": "single"}, "bench single"),
        ({"bench_hash": 8}, "0000000000000008"),
    ],
)
def test_every_difference_is_named_with_its_cure(changes, message):
    identity = Identity(
        **{field: changes.get(field, getattr(OURS, field)) for field in Identity.__dataclass_fields__}
    )
    with pytest.raises(BoardError, match=message) as caught:
        check_identity(identity, bench_name="pair", bench_hash=7)
    assert "hatchwatch deploy" in (caught.value.cure or "")
