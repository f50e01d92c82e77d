"""Counts starts, and keeps a firmware that resets over and over from doing harm."""

import struct

from fsw.kernel.storage import Record
from fsw.link import numbers

_KIND = 3
_VERSION = 1
_LAYOUT = ">IBB"  # starts, unhealthy starts in a row, whether the last one was healthy
_MARKED = (numbers.RESET_COMMAND, numbers.RESET_SOFT, numbers.RESET_PROMPT)


def next_start(stored, reset_cause):
    """Return (starts, unhealthy starts in a row) of the start that has just begun.

    `stored` is what the start before left behind, as `pack` writes it, or None. An unmarked reset counts if
    the start that it ended was not healthy; resets that somebody ordered change nothing.
    """
    starts, unhealthy, was_healthy = struct.unpack(_LAYOUT, stored) if stored else (0, 0, 1)
    if was_healthy:
        unhealthy = 0
    elif reset_cause not in _MARKED:
        unhealthy = min(unhealthy + 1, 255)
    return starts + 1 & 0xFFFFFFFF, unhealthy


def pack(starts, unhealthy, healthy):
    """Return the bytes to store."""
    return struct.pack(_LAYOUT, starts, unhealthy, healthy)


class BootGuard:
    """Stored count of starts; `limit` unhealthy ones in a row mean safe mode."""

    def __init__(self, reset_cause):
        """Count this start. A flash that cannot be written stops nothing; `failed` is its errno then."""
        self._record = Record("boots", _KIND, _VERSION)
        self.starts, self.unhealthy = next_start(self._record.load(), reset_cause)
        self.healthy = False
        self._save()

    def is_loop(self, limit):
        """Whether this start needs the safe mode."""
        return self.unhealthy >= limit

    def be_healthy(self):
        """Take note that this start has lasted long enough, or that somebody wants to begin anew."""
        self.healthy = True
        self.unhealthy = 0
        self._save()

    def _save(self):
        self.failed = 0
        try:
            self._record.save(pack(self.starts, self.unhealthy, self.healthy))
        except OSError as error:
            self.failed = error.errno
