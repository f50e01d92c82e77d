"""Telecommands: is this frame one, and where in it is what."""

from micropython import const

from fsw.link.cobs import cobs_decode
from fsw.link.crc import crc16

DATA_AT = 11  # after 6 bytes of primary and 5 of secondary header
_CRC_BYTES = const(2)


def open_telecommand(buffer, count):
    """Decode a frame in place; return where its data ends, or 0 if it is no undamaged PUS-C telecommand.

    The data lies from DATA_AT on.
    """
    count = cobs_decode(buffer, count)
    if count < DATA_AT + _CRC_BYTES or crc16(buffer, count) != 0:
        return 0
    if buffer[0] & 0xF8 != 0x18 or buffer[2] & 0xC0 != 0xC0 or buffer[6] >> 4 != 2:
        return 0
    if (buffer[4] << 8 | buffer[5]) + 7 != count:
        return 0
    return count - _CRC_BYTES


def apid(buffer):
    """Return the APID of an opened telecommand."""
    return (buffer[0] & 7) << 8 | buffer[1]


def kind(buffer):
    """Return service * 256 + subtype of an opened telecommand."""
    return buffer[7] << 8 | buffer[8]


def sequence(buffer):
    """Return the sequence count of an opened telecommand."""
    return (buffer[2] & 0x3F) << 8 | buffer[3]
