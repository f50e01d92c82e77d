"""From the console's bytes to commands, within the time the loop can spare."""

import micropython
from micropython import const

from fsw.link.parser import BAD_FRAME, FRAME, INTERRUPT, FrameParser

_BYTES_AT_ONCE = const(32)  # about 1 ms
_NEXT_BYTE_MS = const(5)
_CR = const(13)
_CTRL_C = const(3)


class Receiver:
    """Feeds the parser and hands frames to `commands`."""

    def __init__(self, console, commands, max_frame_bytes):
        self._console = console
        self._commands = commands
        self._parser = FrameParser(max_frame_bytes)
        self._feed = (
            self._parser.feed
        )  # to look up a method without calling it takes heap, so it is done once
        self._read = console.read
        self._moved = False  # bytes came since the last turn
        self.within_frame = False  # a frame has begun and not ended

    @micropython.native
    def take_some(self):
        """Take what is there, but not so much that the next turn would be late; return whether to leave.

        To leave means that a Ctrl-C came outside a frame: somebody wants the prompt.
        """
        self._moved = True
        feed = self._feed
        read = self._read
        for _ in range(_BYTES_AT_ONCE):
            byte = read()
            if byte < 0:
                break
            result = feed(byte)
            if result == INTERRUPT:
                if self._is_meant():
                    return True
            elif result:
                self._act(result)
        self.within_frame = self._parser.within_frame
        return False

    def tick(self):
        """Give up a frame that does not go on: its sender went away, and the next may be a person at a
        terminal.

        Needed only while `within_frame`.
        """
        if not self._moved:
            self._parser.abandon()
            self.within_frame = False
        self._moved = False

    def _act(self, result):
        parser = self._parser
        if result == FRAME:
            self._commands.take_frame(parser.buffer, parser.count)
        elif result == BAD_FRAME:
            self._commands.take_bad_frame()

    def _is_meant(self):
        """Tell a Ctrl-C from noise that looks like one: nothing comes after it, or CR, or another Ctrl-C.

        Who waits for the prompt waits; mpremote sends CR before its next key. The byte looked at is lost,
        which neither minds. In a flood of random bytes this lets one of 128 through.
        """
        if not self._console.wait(_NEXT_BYTE_MS):
            return True
        byte = self._console.read()
        if byte in (_CR, _CTRL_C):
            return True
        self._act(self._parser.feed(byte))
        return False
