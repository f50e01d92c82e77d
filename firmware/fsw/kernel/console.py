"""The USB console: bytes from the host one by one, frames to the host by their importance."""

import select
import sys

import micropython

from fsw.kernel.outbox import Outbox
from fsw.kernel.sender import MOST_BYTES, Sender
from fsw.link.telemetry import ORDINARY, importance


class Console:
    """Raw bytes from and to the host; neither direction ever holds up the loop.

    MicroPython's stdin blocks until it has all the bytes asked for, so they are read one by one, each only
    when `poll` says that it is there.
    """

    def __init__(self):
        self._input = sys.stdin.buffer
        self._one = bytearray(1)
        readable = select.poll()
        readable.register(sys.stdin, select.POLLIN)
        self._poll = readable.ipoll
        self.sender = Sender()
        self._send = self.sender.send  # to look up a method without calling it takes heap, so once
        self.outbox = Outbox()
        self.dropped = 0  # frames, modulo 65536

    def open_line(self):
        """Send a delimiter, which ends whatever the prompt or a traceback wrote before."""
        self._send(b"\x00", 0, 1)

    @micropython.native
    def wait(self, timeout_ms):
        """Sleep until a byte is there, for `timeout_ms` at most; return whether one is."""
        for _ in self._poll(timeout_ms):
            return True
        return False

    @micropython.native
    def read(self):
        """Return the next byte, or -1 if none is there."""
        for _ in self._poll(0):
            self._input.readinto(self._one)  # pyright: ignore[reportAttributeAccessIssue] - stubs lack it
            return self._one[0]
        return -1

    @micropython.native
    def write(self, frame, count, kind):
        """Send `count` bytes of `frame`, 258 at most; return whether they went, or wait in the outbox.

        `kind` is the packet's service * 256 + subtype. While the host does not read, acknowledgements and
        alarms wait, to be sent before anything else when it reads again; what is ordinary is dropped.
        """
        if not self.outbox.used and self._send(frame, 0, count):
            return True
        return self._write_later(frame, count, kind)

    def flush(self):
        """Send what waits in the outbox, as far as the host takes it."""
        outbox = self.outbox
        while outbox.used:
            count = outbox.whole_frames(MOST_BYTES)
            if not self._send(outbox.buffer, outbox.start, count):
                break
            outbox.forget(count)

    def _write_later(self, frame, count, kind):
        outbox = self.outbox
        if outbox.used:
            self.flush()
            if not outbox.used and self._send(frame, 0, count):
                return True
        rank = importance(kind)
        if rank != ORDINARY and outbox.put(frame, count, rank):
            return True
        self.dropped = (self.dropped + 1) & 0xFFFF
        return False
