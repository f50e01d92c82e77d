"""Frames that must not be lost wait here while the host does not read."""

# ptr8 and the like are names of viper; ruff checks all others.
# pyright: reportUndefinedVariable=false

import micropython
from micropython import const

from fsw.link.telemetry import ALARM

_BYTES = const(1536)  # 56 acknowledgements
_FOR_ALARMS = const(256)  # what only alarms may use: a flood of commands must not shut them out


@micropython.viper
def _move(buffer: ptr8, start: int, stop: int):
    """Move buffer[start:stop] to the front."""
    at = 0
    while start < stop:
        buffer[at] = buffer[start]
        at += 1
        start += 1


@micropython.viper
def _whole_frames(buffer: ptr8, start: int, stop: int, limit: int) -> int:
    """Return the bytes of the frames from `start` on, as many whole ones as `limit` lets; 0 if none."""
    if stop > start + limit:
        stop = start + limit
    while stop > start and buffer[stop - 1]:
        stop -= 1
    return stop - start


class Outbox:
    """First in, first out; a frame is known by the zero at its end. `used` bytes wait, from `start` on."""

    def __init__(self):
        self.buffer = bytearray(_BYTES)
        self.start = 0
        self.used = 0

    def put(self, frame, count, rank):
        """Keep the first `count` bytes of `frame`, one whole frame; return whether there was room."""
        room = _BYTES if rank == ALARM else _BYTES - _FOR_ALARMS
        if self.used + count > room:
            return False
        end = self.start + self.used
        if end + count > _BYTES:
            _move(self.buffer, self.start, end)
            self.start = 0
            end = self.used
        buffer = self.buffer
        for i in range(count):
            buffer[end + i] = frame[i]
        self.used += count
        return True

    def whole_frames(self, limit):
        """Return how many bytes of whole frames come first, `limit` at most."""
        return _whole_frames(self.buffer, self.start, self.start + self.used, limit)

    def forget(self, count):
        """Let go of the first `count` bytes: they were sent."""
        self.used -= count
        self.start = self.start + count if self.used else 0
