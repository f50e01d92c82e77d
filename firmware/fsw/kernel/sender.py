"""Bytes to the host over USB, never held up by a host that does not read.

MicroPython holds a write for up to 0.5 s when the host does not read, and `poll` cannot prevent it: it tells
that one byte fits, not whether a frame does. So the books of the two buffers behind it are kept here:

* TinyUSB's queue of 256 bytes (CFG_TUD_CDC_TX_BUFSIZE of MicroPython's shared/tinyusb/tusb_config.h),
* after it the endpoint's buffer of 64 bytes, from which the USB controller sends. While the host has not
  taken that packet, the AVAILABLE bit stands in the endpoint's buffer control register; the controller
  clears it (RP2040 datasheet, 4.1.2.5 and 4.1.3: 0x50100080 for endpoint 0 IN, 8 bytes further for each).

The console's data leave at endpoint 2 (USBD_CDC_EP_IN in the same file). Should its control register not
describe an enabled bulk endpoint (no host since power-up, another build of MicroPython), or should writes be
held all the same, the books are not believed: frames then go byte by byte, each when `poll` says that it
fits. That is slow, but nothing can hold it either.
"""

# ptr16 and the like are names of viper; ruff checks all others.
# The stubs do not know that a stream's `write` takes a start and a count.
# pyright: reportUndefinedVariable=false, reportCallIssue=false

import select
import sys
from array import array
from time import sleep_ms

import micropython
from micropython import const

_USB_MEMORY = const(0x50100000)
_CONTROL_HIGH = const(9)  # in 16-bit words from there: endpoint 2 IN control, its upper half
_BUFFER_0 = const(72)  # endpoint 2 IN buffer control, for the first of two buffers
_BUFFER_1 = const(73)
_KIND_BITS = const(0x8C00)  # enable and type of an endpoint
_ENABLED_BULK = const(0x8800)
_AVAILABLE = const(0x0400)

_QUEUE_BYTES = const(256)
_PACKET_BYTES = const(64)
_PATIENCE_MS = const(2)  # a host that reads takes 1 kB in a ms
_DISBELIEF = const(3)  # held writes after which the books are given up

# The books.
_QUEUED = const(0)  # bytes in TinyUSB's queue, at most
_MOOD = const(1)
_READ = const(0)  # the host takes what we send
_UNREAD = const(1)  # it does not
_DOUBTFUL = const(2)  # the books are not believed, or a frame was left unfinished

MOST_BYTES = const(320)  # what can ever be sent at once


@micropython.viper
def _is_there() -> bool:
    """Whether the endpoint is where we think."""
    words = ptr16(_USB_MEMORY)
    return words[_CONTROL_HIGH] & _KIND_BITS == _ENABLED_BULK


@micropython.viper
def _is_free(books: ptr32) -> bool:
    """Whether the host has surely taken what was in the endpoint's buffer."""
    words = ptr16(_USB_MEMORY)
    if books[_MOOD] == _DOUBTFUL or words[_CONTROL_HIGH] & _KIND_BITS != _ENABLED_BULK:
        return False
    return (words[_BUFFER_0] | words[_BUFFER_1]) & _AVAILABLE == 0


@micropython.viper
def _enter(books: ptr32, count: int) -> bool:
    """Enter `count` bytes for the empty queue and the free endpoint; return False if that is not free."""
    words = ptr16(_USB_MEMORY)
    if (words[_BUFFER_0] | words[_BUFFER_1]) & _AVAILABLE:
        return False
    books[_QUEUED] = count - _PACKET_BYTES if count > _PACKET_BYTES else 0
    books[_MOOD] = _READ
    return True


class Sender:
    """Sends frames whole or not at all."""

    def __init__(self):
        self._write = sys.stdout.buffer.write
        writable = select.poll()
        writable.register(sys.stdout, select.POLLOUT)
        self._poll = writable.ipoll
        self._one = bytearray(1)
        self._books = array("i", (0, _READ))
        self._held = 0  # writes that were

    @property
    def is_read(self):
        """Whether the host takes what is sent."""
        return self._books[_MOOD] == _READ

    @micropython.native
    def send(self, data, start, count):
        """Send data[start : start + count], MOST_BYTES at most; return whether it went."""
        books = self._books
        if _is_free(books):
            for _ in self._poll(0):
                pass  # but by now TinyUSB has filled the endpoint again, had it anything left
            if _enter(books, count):
                if self._write(data, start, count) == count:
                    return True
                self._doubt(1)
                return False
        return self._send_behind(data, start, count)

    def _send_behind(self, data, start, count):
        """Send while the endpoint waits for the host, with some patience if that has read of late."""
        books = self._books
        if books[_MOOD] == _DOUBTFUL or not _is_there():
            return self._send_bytes(data, start, count)
        if books[_QUEUED] + count <= _QUEUE_BYTES:
            books[_QUEUED] += count
            if self._write(data, start, count) == count:
                return True
            self._doubt(1)
        elif books[_MOOD] == _READ:
            books[_MOOD] = _UNREAD
            for _ in range(_PATIENCE_MS):
                sleep_ms(1)
                if _is_free(books):
                    return self.send(data, start, count)
        return False

    def _doubt(self, held):
        self._held += held
        self._books[_QUEUED] = _QUEUE_BYTES
        self._books[_MOOD] = _DOUBTFUL

    def _send_bytes(self, data, start, count):
        """Send byte by byte, each when it fits; what does not fit to its end is left unfinished."""
        books = self._books
        if books[_MOOD] == _DOUBTFUL and not self._send_byte(0):  # which ends what was left
            return False
        for i in range(start, start + count):
            if not self._send_byte(data[i]):
                self._doubt(0)
                return False
        books[_MOOD] = _DOUBTFUL if self._held >= _DISBELIEF else _READ
        return True

    def _send_byte(self, byte):
        for _ in self._poll(0):
            self._one[0] = byte
            self._write(self._one)
            return True
        return False
