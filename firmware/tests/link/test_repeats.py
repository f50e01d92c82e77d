"""The same command again is known; another one, however alike, is not taken for it."""

from hypothesis import given
from hypothesis import strategies as st
from spacepackets.ecss.tc import PusTc

from fsw.link.repeats import Repeats

REMEMBERED = 8
commands = st.builds(
    lambda sequence, subtype, data: bytes(
        PusTc(apid=0x42, service=8, message_subtype=subtype, app_data=data, seq_count=sequence).pack()
    ),
    st.integers(0, 3),
    st.integers(1, 2),
    st.binary(max_size=2),
)


def has(repeats, packet):
    return repeats.has(packet, len(packet) - 2)


def keep(repeats, packet):
    repeats.keep(packet, len(packet) - 2)


@given(st.lists(commands, max_size=30))
def test_exactly_the_last_commands_are_known(sequence):
    repeats = Repeats()
    for place, packet in enumerate(sequence):
        assert has(repeats, packet) == (packet in sequence[max(0, place - REMEMBERED) : place])
        keep(repeats, packet)


@given(commands, commands)
def test_another_host_begins_anew(first, second):
    repeats = Repeats()
    keep(repeats, first)
    repeats.forget()
    assert not has(repeats, first)
    assert not has(repeats, second)


def test_one_changed_byte_of_the_request_or_the_crc_makes_another_command():
    packet = bytes(PusTc(apid=0x42, service=8, message_subtype=1, app_data=b"\5").pack())
    repeats = Repeats()
    keep(repeats, packet)
    for place in (0, 1, 2, 3, len(packet) - 2, len(packet) - 1):
        other = bytearray(packet)
        other[place] ^= 1
        assert not has(repeats, other)
