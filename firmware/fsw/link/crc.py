"""CRC-16/CCITT-FALSE, the packet error control of ECSS-E-ST-70-41C: 0x1021, start 0xFFFF, not reflected."""

# ptr8 and the like are names of viper; ruff checks all others.
# pyright: reportUndefinedVariable=false

from array import array

import micropython


@micropython.viper
def _entry(byte: int) -> int:
    """Return what one byte contributes: its remainder after division by the polynomial."""
    crc = byte << 8
    bit = 0
    while bit < 8:
        high = crc & 0x8000
        crc = crc << 1
        if high:
            crc ^= 0x1021
        bit += 1
    return crc & 0xFFFF


_TABLE = array("H", [_entry(byte) for byte in range(256)])  # takes 4 ms at import


@micropython.viper
def crc16(data: ptr8, count: int) -> int:
    """Return the CRC of the first `count` bytes; over a packet together with its CRC it is 0."""
    table = ptr16(_TABLE)
    crc = 0xFFFF
    i = count & 1
    if i:
        crc = 0xFF00 ^ table[0xFF ^ data[0]]
    while i < count:  # two at a time: going round costs a quarter of what a byte does
        crc = (crc << 8 & 0xFF00) ^ table[crc >> 8 ^ data[i]]
        crc = (crc << 8 & 0xFF00) ^ table[crc >> 8 ^ data[i + 1]]
        i += 2
    return crc
