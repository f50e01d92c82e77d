"""Telemetry as spacepackets reads it."""

from array import array

from cobs import cobs
from hypothesis import given
from hypothesis import strategies as st
from spacepackets.ecss.tm import PusTm

from fsw.link import numbers
from fsw.link.telemetry import DATA_AT, KINDS, TelemetryWriter, copy_bytes


class Clock:
    """A clock that stands."""

    def __init__(self, seconds=0, fraction=0):
        self.stamp = array("i", (seconds, fraction))


class Line:
    """Takes frames as the console does."""

    def __init__(self):
        self.packets = []

    def write(self, frame, count, kind):
        data = bytes(frame[:count])
        assert data.endswith(b"\0")
        self.packets.append(PusTm.unpack(cobs.decode(data[:-1]), timestamp_len=6))
        return True


@given(
    st.sampled_from(KINDS),
    st.binary(max_size=numbers.MAX_PACKET_BYTES - DATA_AT - 2),
    st.integers(0, (1 << 30) - 1),
    st.integers(0, 65535),
)
def test_any_data_arrives(kind, data, seconds, fraction):
    line = Line()
    writer = TelemetryWriter(Clock(seconds, fraction), line.write)
    end = copy_bytes(writer.packet, DATA_AT, data, 0, len(data))
    assert writer.send(kind >> 8, kind & 0xFF, end)
    (packet,) = line.packets
    assert packet.service << 8 | packet.message_subtype == kind
    assert bytes(packet.source_data) == data
    assert packet.timestamp == seconds.to_bytes(4, "big") + fraction.to_bytes(2, "big")
    assert packet.apid == numbers.APID


def test_sequence_and_message_counts():
    line = Line()
    writer = TelemetryWriter(Clock(), line.write)
    for n in range(16384 + 3):
        writer.send(17, 2 if n % 2 else 129, DATA_AT)
    assert [packet.seq_count for packet in line.packets] == [n % 16384 for n in range(16387)]
    pongs = [packet for packet in line.packets if packet.message_subtype == 2]
    assert [packet.pus_tm_sec_header.message_counter for packet in pongs] == list(range(len(pongs)))


def test_a_packet_that_did_not_go_leaves_a_gap():
    line = Line()
    writer = TelemetryWriter(Clock(), line.write)
    writer.send(17, 2, DATA_AT)
    writer._write = lambda frame, count, kind: False
    assert not writer.send(17, 2, DATA_AT)
    writer._write = line.write
    writer.send(17, 2, DATA_AT)
    assert [packet.seq_count for packet in line.packets] == [0, 2]
