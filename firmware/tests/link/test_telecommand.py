"""Telecommands made by spacepackets are opened; nothing else is."""

import pytest
from cobs import cobs
from hypothesis import given
from hypothesis import strategies as st
from spacepackets.ecss.tc import PusTc

from fsw.link import telecommand


def opened(packet):
    buffer = bytearray(cobs.encode(bytes(packet)))
    end = telecommand.open_telecommand(buffer, len(buffer))
    return buffer, end


@given(
    st.integers(0, 2047),
    st.integers(0, 255),
    st.integers(0, 255),
    st.binary(max_size=240),
    st.integers(0, 16383),
)
def test_every_command_of_spacepackets_is_opened(apid, service, subtype, data, sequence):
    packet = PusTc(apid=apid, service=service, message_subtype=subtype, app_data=data, seq_count=sequence)
    buffer, end = opened(packet.pack())
    assert bytes(buffer[telecommand.DATA_AT : end]) == data
    assert telecommand.apid(buffer) == apid
    assert telecommand.kind(buffer) == service << 8 | subtype
    assert telecommand.sequence(buffer) == sequence


@given(st.binary(max_size=40), st.integers(0, 200), st.integers(1, 255))
@pytest.mark.swe134("g")
def test_a_damaged_byte_is_seen(data, place, damage):
    packet = bytearray(PusTc(apid=0x42, service=17, message_subtype=130, app_data=data).pack())
    packet[place % len(packet)] ^= damage
    assert opened(packet)[1] == 0


@given(st.binary(max_size=260))
def test_noise_is_no_command(noise):
    assert opened(noise)[1] == 0


@given(st.binary(max_size=60).filter(lambda frame: 0 not in frame))
def test_damaged_frames_are_no_commands(frame):
    buffer = bytearray(frame)
    assert telecommand.open_telecommand(buffer, len(buffer)) == 0


def test_telemetry_is_no_command():
    packet = bytearray(PusTc(apid=0x42, service=17, message_subtype=1).pack())
    packet[0] &= ~0x10
    import binascii

    packet[-2:] = binascii.crc_hqx(bytes(packet[:-2]), 0xFFFF).to_bytes(2, "big")
    assert opened(packet)[1] == 0
