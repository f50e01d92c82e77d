"""Two commands, not one, open a hatch to an isolated module: arm, then open. Pure decisions."""

from micropython import const

from fsw.link import numbers

_NOBODY = const(255)
_LONG_S = const(3600)  # longer than any `arm_time_s`, short enough for milliseconds in a small integer


class Arming:
    """Which hatch is armed, and since when; one at a time.

    Whatever moves something after `arm` uses it up, the right command as well as a wrong one, so no byte that
    is lost or repeated opens a hatch.
    """

    def __init__(self, values):
        """`values` are those of the parameters."""
        self._values = values
        self._hatch = _NOBODY
        self._seconds = 0
        self._fraction = 0

    def arm(self, hatch, stamp):
        """Arm `hatch`, and no other, from now on: `stamp` is board time as `BoardClock` has it."""
        self._hatch = hatch
        self._seconds = stamp[0]
        self._fraction = stamp[1]

    def use_up(self):
        """Let no hatch be armed."""
        self._hatch = _NOBODY

    def check(self, hatch, stamp):
        """Return 0 if `hatch` may open now, else why not: a code of the dictionary + 256 x its detail.

        A refusal uses the arming up.
        """
        armed = self._hatch
        if armed == _NOBODY:
            return numbers.REFUSED_NOT_ARMED
        if armed != hatch:
            self._hatch = _NOBODY
            return armed << 8 | numbers.REFUSED_ARMED_OTHER
        seconds = min(stamp[0] - self._seconds, _LONG_S)
        age_ms = 1000 * seconds + (stamp[1] - self._fraction) * 125 // 8192
        if age_ms > 1000 * self._values[numbers.PARAMETER_ARM_TIME_S]:
            self._hatch = _NOBODY
            return seconds << 8 | numbers.REFUSED_ARM_EXPIRED
        return 0
