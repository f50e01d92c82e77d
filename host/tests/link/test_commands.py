"""Commands as other decoders see them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacepackets.ecss.tc import PusTc

from hatchwatch.link.codec import LayoutError
from hatchwatch.link.commands import command, request_id_of


def test_published_bytes_of_a_function_command():
    """TC[8,1] that spacepackets, puslib and COSMOS agree on, with all acknowledgements asked for."""
    packet = command("move_hatch", hatch=0, position="open").pack(5, ack_flags=0b1111)
    assert packet[:11] == bytes.fromhex("18 42 c0 05 00 09 2f 08 01 00 00".replace(" ", ""))
    assert packet[11:14] == bytes((3, 0, 1))


@given(st.binary(max_size=200), st.integers(0, 1 << 20))
def test_echo_carries_any_bytes(data: bytes, sequence: int):
    packet = command("echo", data=data).pack(sequence)
    decoded = PusTc.unpack(packet)
    assert (decoded.service, decoded.message_subtype, bytes(decoded.app_data)) == (17, 130, data)
    assert decoded.sp_header.seq_count == sequence % 16384
    assert len(packet) == 13 + len(data)


def test_request_id_is_packet_id_and_sequence_control():
    packet = command("ping").pack(0x1234)
    decoded = PusTc.unpack(packet)
    assert request_id_of(packet) == decoded.packet_id.raw() << 16 | decoded.packet_seq_control.raw()


def test_lists_are_preceded_by_their_length():
    built = command(
        "set_interval", structures=[{"sid": 1, "interval_ms": 200}, {"sid": 2, "interval_ms": 5000}]
    )
    assert built.data == bytes.fromhex("02 01 00c8 02 1388".replace(" ", ""))


@pytest.mark.parametrize(
    ("name", "fields", "message"),
    [
        ("move_hatches", {}, "did you mean move_hatch"),
        ("move_hatch", {"hatch": 0}, "position is missing"),
        ("move_hatch", {"hatch": 0, "position": "ajar"}, "unknown, open, shut"),
        ("move_hatch", {"hatch": 256, "position": "open"}, "does not fit"),
        ("move_hatch", {"hatch": 0, "position": "open", "speed": 1}, "no such field: speed"),
        ("readings_start", {"interval_ms": -1}, "does not fit"),
    ],
)
def test_what_does_not_fit_is_named(name: str, fields: dict[str, object], message: str):
    with pytest.raises(LayoutError, match=message):
        command(name, **fields)


def test_a_packet_that_the_board_would_throw_away_is_not_built():
    with pytest.raises(LayoutError, match="256 fit"):
        command("echo", data=bytes(244)).pack(0)
