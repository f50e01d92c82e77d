"""Telemetry packets: PUS-C header with board time, CRC, frame."""

# ptr8 and the like are names of viper; ruff checks all others.
# pyright: reportUndefinedVariable=false

from array import array

import micropython
from micropython import const

from fsw.link.cobs import cobs_encode
from fsw.link.crc import crc16
from fsw.link.numbers import APID, MAX_PACKET_BYTES

# Every kind of packet the board sends: service * 256 + subtype.
KINDS = (
    (0x0101, 0x0102, 0x0107, 0x0108)
    + (0x0319,)
    + (0x0501, 0x0502, 0x0503, 0x0504, 0x0508, 0x0581)
    + (0x0902, 0x0C0C, 0x0C0E)
    + (0x1102, 0x1104, 0x1181, 0x1183)
    + (0x1307, 0x1402)
)

DATA_AT = 19  # after 6 bytes of primary and 13 of secondary header
_CRC_BYTES = const(2)

# How much it matters that a packet arrives.
ORDINARY = 0
ACKNOWLEDGEMENT = 1
ALARM = 2  # an event of severity medium or high


def importance(kind):
    """Return how much it matters that a packet of a kind (service * 256 + subtype) arrives."""
    if kind >> 8 == 1:
        return ACKNOWLEDGEMENT
    return ALARM if kind in (0x0503, 0x0504) else ORDINARY


@micropython.viper
def _finish(packet, end: int, kind: int, counter: int, stamp, sequence_count):
    """Fill what changes in the header, and the CRC; `end` is the packet's length without it.

    The sequence count goes on by one. Zeros must be written again: the last frame was made where they are.
    """
    p = ptr8(packet)
    time = ptr32(stamp)
    count = ptr16(sequence_count)
    sequence = count[0]
    count[0] = sequence + 1
    p[2] = 0xC0 | (sequence >> 8) & 0x3F  # unsegmented
    p[3] = sequence & 0xFF
    p[4] = (end - 5) >> 8
    p[5] = (end - 5) & 0xFF
    p[7] = kind >> 8
    p[8] = kind & 0xFF
    p[9] = counter >> 8
    p[10] = counter & 0xFF
    p[11] = 0  # destination
    p[12] = 0
    seconds = time[0]
    p[13] = (seconds >> 24) & 0xFF
    p[14] = (seconds >> 16) & 0xFF
    p[15] = (seconds >> 8) & 0xFF
    p[16] = seconds & 0xFF
    fraction = time[1]
    p[17] = fraction >> 8
    p[18] = fraction & 0xFF
    crc = int(crc16(packet, end))
    p[end] = crc >> 8
    p[end + 1] = crc & 0xFF


@micropython.viper
def copy_bytes(target: ptr8, at: int, source: ptr8, start: int, stop: int) -> int:
    """Copy source[start:stop] to target[at:]; return where the copy ends."""
    while start < stop:
        target[at] = source[start]
        at += 1
        start += 1
    return at


class TelemetryWriter:
    """One packet at a time: fill `packet` from DATA_AT on, then `send`, which leaves it unreadable.

    A packet's time is what the clock was last updated to: the start of the turn, or the arrival of the
    command, that caused it. `write(frame, count, kind)` sends a frame and says whether it went or will go.
    """

    def __init__(self, clock, write):
        self._frame = bytearray(1 + MAX_PACKET_BYTES + 1)
        self.packet = memoryview(self._frame)[1:-1]
        self.packet[0] = 0x08 | APID >> 8  # version 0, telemetry, secondary header
        self.packet[1] = APID & 0xFF
        self.packet[6] = 0x20  # PUS-C
        self._sequence_count = array("H", (0,))  # of the next packet; its upper two bits are not sent
        self.stamp = clock.stamp  # what the next packet's time will be
        self._write = write
        # Packets sent of each kind; all are there from the start, for a dict takes heap when it grows.
        self._counters = dict.fromkeys(KINDS, 0)

    @micropython.native
    def send(self, service, subtype, data_end):
        """Send `packet` up to `data_end`; return whether it went.

        A packet that did not go leaves a gap in the sequence count.
        """
        kind = service << 8 | subtype
        counter = self._counters[kind]
        self._counters[kind] = (counter + 1) & 0xFFFF
        frame = self._frame
        _finish(self.packet, data_end, kind, counter, self.stamp, self._sequence_count)
        return self._write(frame, cobs_encode(frame, data_end + _CRC_BYTES), kind)


assert MAX_PACKET_BYTES - 13 < 254  # no more without a zero, as `cobs_encode` wants it: p[12] is one
assert APID & 0xFF  # nor is p[1] changed by it
