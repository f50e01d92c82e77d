"""Board time: since the chip's last reset, as packets carry it."""

from array import array

import micropython


class BoardClock:
    """Whole seconds and 1/65536 s since the chip's last reset, without heap.

    Restarts of the interpreter do not set it back, so a host that sees it fall knows that the chip was reset.
    `update` must be called more often than `ticks_us` wraps (every 9 minutes).
    """

    def __init__(self, ticks_us, ticks_diff, since_reset_us):
        self._ticks_us = ticks_us
        self._ticks_diff = ticks_diff
        self._last = ticks_us()
        self.us = since_reset_us % 1000000  # of `stamp`, exactly
        self.stamp = array("i", (since_reset_us // 1000000, 0))  # whole seconds, and 1/65536 s
        self.update()

    @micropython.native
    def update(self):
        """Bring `stamp` up to now."""
        now = self._ticks_us()
        us = self.us + self._ticks_diff(now, self._last)
        self._last = now
        if us >= 1000000:
            self.stamp[0] += us // 1000000
            us %= 1000000
        self.us = us
        self.stamp[1] = us * 1024 // 15625  # 65536/1000000, kept below 2^30
