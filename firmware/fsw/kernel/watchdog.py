"""The chip's watchdog, fed only while every part of the firmware does its work."""

import machine
import micropython
from micropython import const

# Parts that check in. Those of a turn do so together, after the last one: none is reached unless those before
# it have done their work. Those of a slow rate group do so once a second.
TURN = const(1)  # sensors, hatches, the watch for leaks, reports
SECOND = const(2)
_ALL = const(3)


class Watchdog:
    """Collects the parts that have checked in, and feeds the chip's watchdog when all have.

    A part that hangs, or raises in every turn, keeps it hungry: the chip is reset `timeout_ms` after the last
    meal. At the prompt nobody feeds, so `resets.leave_for_prompt` stops it.
    """

    def __init__(self):
        self._alive = 0
        self._feed = None

    def start(self, timeout_ms):
        """Let it run from now on; 0 for never. The chip allows 8388 ms at most."""
        if timeout_ms:
            self._feed = machine.WDT(timeout=timeout_ms).feed

    @micropython.native
    def check_in(self, part):
        """Take note that `part` has done its work; feed if it was the last one."""
        alive = self._alive | part
        if alive == _ALL:
            alive = 0
            if self._feed is not None:
                self._feed()
        self._alive = alive
