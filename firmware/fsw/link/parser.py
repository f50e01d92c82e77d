"""From single bytes to frames, on a line that is shared with the MicroPython prompt.

The link uses the USB console. While the firmware runs, Ctrl-C (0x03) is an ordinary byte, because it occurs
inside frames. To let people and `mpremote` in all the same, 0x03 right after a delimiter (or as the first
byte ever) or after a carriage return asks for the prompt. No frame of ours looks like that: it begins with a
COBS code of 4 or more, then the head of a telecommand. What begins otherwise is console noise until the next
delimiter.
"""

# ptr8 and the like are names of viper; ruff checks all others.
# pyright: reportUndefinedVariable=false

from array import array

import micropython
from micropython import const

_NOTHING = const(0)
_FRAME = const(1)
_BAD_FRAME = const(2)
_INTERRUPT = const(3)
NOTHING = _NOTHING
FRAME = _FRAME
BAD_FRAME = _BAD_FRAME
INTERRUPT = _INTERRUPT

_CR = const(13)
_CTRL_C = const(3)
_HEAD = const(0x18)  # version 0, telecommand, secondary header; the low three bits belong to the APID
_HEAD_MASK = const(0xF8)


# Slots of the parser's state.
_COUNT = const(0)  # bytes of the frame in the buffer
_DONE = const(1)  # the frame in the buffer was handed out
_NOISE = const(2)  # what came since the last delimiter is no frame of ours
_LAST = const(3)  # the byte before


class FrameParser:
    """Collects one frame at a time in `buffer`, `count` bytes long."""

    def __init__(self, max_frame_bytes):
        self.buffer = bytearray(max_frame_bytes)
        self._state = array("i", (0, 0, 0, 0))

    @micropython.viper
    def feed(self, byte: int) -> int:
        """Take one byte; return NOTHING, FRAME, BAD_FRAME, or INTERRUPT.

        After FRAME the frame (still COBS, without delimiter) is in `buffer` until the next call. INTERRUPT
        leaves the decision to the caller, who may go on feeding.
        """
        state = ptr32(self._state)
        if state[_DONE]:
            state[_DONE] = 0
            state[_COUNT] = 0
        last = state[_LAST]
        state[_LAST] = byte
        count = state[_COUNT]
        if byte == 0:
            if state[_NOISE]:
                state[_NOISE] = 0
                state[_COUNT] = 0
                return _BAD_FRAME
            if count == 0:
                return _NOTHING
            state[_DONE] = 1
            return _FRAME
        if byte == _CTRL_C and (count == 0 or (last == _CR and (state[_NOISE] or count == 1))):
            state[_NOISE] = 1
            state[_COUNT] = 1
            return _INTERRUPT
        if state[_NOISE]:
            return _NOTHING
        if count == int(len(self.buffer)) or (count == 1 and byte & _HEAD_MASK != _HEAD):
            state[_NOISE] = 1
            return _NOTHING
        buffer = ptr8(self.buffer)
        buffer[count] = byte
        state[_COUNT] = count + 1
        return _NOTHING

    @property
    def count(self):
        """Bytes in `buffer`."""
        return self._state[_COUNT]

    @property
    def within_frame(self):
        """Whether a frame has begun and not ended."""
        state = self._state
        return state[_COUNT] > 0 and not (state[_DONE] or state[_NOISE])

    def abandon(self):
        """Take what came since the last delimiter for noise: its sender went away, or it is no frame."""
        self._state[_NOISE] = 1
        self._state[_COUNT] = 1
