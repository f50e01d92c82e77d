"""Commands that came twice: a line or a program that repeats what it carries must not repeat what it does."""

from micropython import const

from fsw.link.telemetry import copy_bytes

_KEPT = const(8)
_BYTES = const(6)  # request id (APID and sequence count), CRC


class Repeats:
    """Remembers the last commands by what tells one from any other: their request id and their CRC."""

    def __init__(self):
        self._kept = bytearray(_KEPT * _BYTES)
        self._place = 0

    def forget(self):
        """Begin anew: another host has come, which counts its commands from 0 again."""
        for i in range(_KEPT * _BYTES):
            self._kept[i] = 0

    def keep(self, packet, end):
        """Remember an opened command whose data end at `end`."""
        at = self._place * _BYTES
        at = copy_bytes(self._kept, at, packet, 0, 4)
        copy_bytes(self._kept, at, packet, end, end + 2)
        self._place = (self._place + 1) % _KEPT

    def has(self, packet, end):
        """Whether this very command is among those remembered."""
        kept = self._kept
        for at in range(0, _KEPT * _BYTES, _BYTES):
            if (
                kept[at + 3] == packet[3]
                and kept[at + 2] == packet[2]
                and kept[at + 1] == packet[1]
                and kept[at] == packet[0]
                and kept[at + 4] == packet[end]
                and kept[at + 5] == packet[end + 1]
            ):
                return True
        return False
