"""From single bytes to frames, on a line that is shared with the MicroPython prompt.

The link uses the USB console. While the firmware runs, Ctrl-C (0x03) is an ordinary byte, because it occurs
inside frames. To let people and `mpremote` in all the same, 0x03 right after a delimiter (or as the first
byte ever) or after a carriage return asks for the prompt. No frame of ours looks like that: it begins with a
COBS code of 4 or more, then the head of a telecommand. What begins otherwise is console noise until the next
delimiter.
"""

from micropython import const

NOTHING = 0
FRAME = 1
BAD_FRAME = 2
INTERRUPT = 3

_CR = const(13)
_CTRL_C = const(3)
_HEAD = const(0x18)  # version 0, telecommand, secondary header; the low three bits belong to the APID
_HEAD_MASK = const(0xF8)


class FrameParser:
    """Collects one frame at a time in `buffer`, `count` bytes long."""

    def __init__(self, max_frame_bytes):
        self.buffer = bytearray(max_frame_bytes)
        self.count = 0
        self._limit = max_frame_bytes
        self._done = False  # the frame in `buffer` was handed out
        self._noise = False  # what came since the last delimiter is no frame of ours
        self._last = 0

    def feed(self, byte):
        """Take one byte; return NOTHING, FRAME, BAD_FRAME, or INTERRUPT.

        After FRAME the frame (still COBS, without delimiter) is in `buffer` until the next call. INTERRUPT
        leaves the decision to the caller, who may go on feeding.
        """
        if self._done:
            self._done = False
            self.count = 0
        last = self._last
        self._last = byte
        if byte == 0:
            return self._finish()
        count = self.count
        if byte == _CTRL_C and (count == 0 or (last == _CR and (self._noise or count == 1))):
            self.abandon()
            return INTERRUPT
        if self._noise:
            return NOTHING
        if count == self._limit or (count == 1 and byte & _HEAD_MASK != _HEAD):
            self._noise = True
            return NOTHING
        self.buffer[count] = byte
        self.count = count + 1
        return NOTHING

    @property
    def within_frame(self):
        """Whether a frame has begun and not ended."""
        return self.count > 0 and not (self._done or self._noise)

    def abandon(self):
        """Take what came since the last delimiter for noise: its sender went away, or it is no frame."""
        self._noise = True
        self.count = 1

    def _finish(self):
        if self._noise:
            self._noise = False
            self.count = 0
            return BAD_FRAME
        if self.count == 0:
            return NOTHING
        self._done = True
        return FRAME
