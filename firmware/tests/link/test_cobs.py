"""COBS against the cobs package, whose encoder COSMOS agrees with."""

import pytest
from cobs import cobs
from hypothesis import example, given
from hypothesis import strategies as st

from fsw.link.cobs import cobs_decode, cobs_encode

# Runs around 254 bytes without zero are where implementations differ.
runs = st.lists(
    st.one_of(st.binary(max_size=8), st.sampled_from([b"\x01" * n for n in (252, 253, 254, 255)])), max_size=4
).map(b"".join)


def encode(packet):
    frame = bytearray(b"\xaa" + packet + b"\xaa")
    assert cobs_encode(frame, len(packet)) == len(frame)
    return bytes(frame)


def is_for_our_encoder(packet):
    """Whether a zero comes after 253 bytes at the latest, or the end after 254."""
    *before, last = packet.split(b"\0")
    return len(last) <= 254 and all(len(run) <= 253 for run in before)


def decode(frame):
    buffer = bytearray(frame)
    count = cobs_decode(buffer, len(frame))
    return None if count < 0 else bytes(buffer[:count])


@given(runs.filter(is_for_our_encoder))
@example(b"")
@example(b"\x01" * 254)
@example(b"\x01" * 253 + b"\x00")
@example(b"\x01" * 253 + b"\x00" + b"\x01" * 254)
def test_frames_are_those_of_the_cobs_package(packet):
    assert encode(packet) == cobs.encode(packet) + b"\0"


@given(runs)
def test_decoding_gives_the_packet_back(packet):
    assert decode(cobs.encode(packet)) == packet


@given(st.binary(max_size=300).filter(lambda frame: 0 not in frame))
def test_damaged_frames_are_refused_where_the_cobs_package_refuses(frame):
    try:
        expected = cobs.decode(frame)
    except cobs.DecodeError:
        expected = None
    assert decode(frame) == expected


@pytest.mark.parametrize("frame", [b"\x00", b"\x02\x01\x00\x01"])
def test_a_zero_where_a_code_should_be_is_damage(frame):
    assert decode(frame) is None
