"""The USB console as a stream of bytes: read what is there, write frames, never stall the loop."""

import select
import sys

import micropython


class Console:
    """Raw bytes from and to the host.

    MicroPython's stdin blocks until it has all the bytes asked for, so they are read one by one, each only
    when `poll` says that it is there.
    """

    def __init__(self):
        self._input = sys.stdin.buffer
        self._output = sys.stdout.buffer
        self._one = bytearray(1)
        self._readable = select.poll()
        self._readable.register(sys.stdin, select.POLLIN)
        self._writable = select.poll()
        self._writable.register(sys.stdout, select.POLLOUT)
        self.dropped = 0  # frames, modulo 65536

    def open_line(self):
        """Send a delimiter, which ends whatever the prompt or a traceback wrote before."""
        self._output.write(b"\x00")

    @micropython.native
    def wait(self, timeout_ms):
        """Sleep until a byte is there, for `timeout_ms` at most; return whether one is."""
        for _ in self._readable.ipoll(timeout_ms):
            return True
        return False

    @micropython.native
    def read(self):
        """Return the next byte, or -1 if none is there."""
        for _ in self._readable.ipoll(0):
            self._input.readinto(self._one)  # pyright: ignore[reportAttributeAccessIssue] - stubs lack it
            return self._one[0]
        return -1

    @micropython.native
    def write(self, frame, count):
        """Send `count` bytes of `frame`, or drop them if the host does not read; return whether they went.

        Without this test a host that stopped reading would hold every write, and so the loop, for 0.5 s.
        """
        for _ in self._writable.ipoll(0):
            self._output.write(frame, count)  # pyright: ignore[reportCallIssue] - stubs lack the count
            return True
        self.dropped = (self.dropped + 1) & 0xFFFF
        return False
