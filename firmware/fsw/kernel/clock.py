"""Board time: since the chip's last reset, as packets carry it."""

# ptr8 and the like are names of viper; ruff checks all others.
# pyright: reportUndefinedVariable=false

from array import array

import micropython
from micropython import const

_SECONDS = const(0)  # words of `stamp`
_FRACTION = const(1)
_US = const(2)


class BoardClock:
    """Whole seconds and 1/65536 s since the chip's last reset, without heap.

    Restarts of the interpreter do not set it back, so a host that sees it fall knows that the chip was reset.
    `update` must be called more often than `ticks_us` wraps (every 9 minutes).
    """

    def __init__(self, ticks_us, ticks_diff, since_reset_us):
        self._ticks_us = ticks_us
        self._ticks_diff = ticks_diff
        self._last = ticks_us()
        # Whole seconds, 1/65536 s, and the same exactly, in us.
        self.stamp = array("i", (since_reset_us // 1000000, 0, since_reset_us % 1000000))
        self.update()

    @micropython.viper
    def update(self):
        """Bring `stamp` up to now."""
        now = self._ticks_us()
        stamp = ptr32(self.stamp)
        us = stamp[_US] + int(self._ticks_diff(now, self._last))
        self._last = now
        if us >= 1000000:
            stamp[_SECONDS] += us // 1000000
            us %= 1000000
        stamp[_US] = us
        stamp[_FRACTION] = us * 1024 // 15625  # 65536/1000000, kept below 2^31

    @micropython.viper
    def ms(self) -> int:
        """Return `stamp` in ms, rounded down, modulo 2^30: what whoever has the packets can work out, too."""
        stamp = ptr32(self.stamp)
        return (stamp[_SECONDS] * 1000 + (stamp[_FRACTION] * 1000 >> 16)) & 0x3FFFFFFF
