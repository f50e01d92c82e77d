"""Did a hatch do what it was told? Decisions from commands, time and pressures; no machine, no clock.

A servo has no feedback, so where nothing else tells, a hatch has arrived when its travel time is over. A
hatch that opens across a difference in pressure does tell: the difference must fall to half of what it was
when the pulses began, in `hatch_check_s`. It counts from `hatch_check_pa` on, for two sensors at one pressure
may show 200 Pa of difference. If it stays, the same pulses come again, `hatch_retries` times: shutting the
hatch first would cost the supply two more moves and undo a hatch that is half open. Then it has failed.

A hatch that shuts is taken for shut by time: no pressure tells that at once. That gas passes does not tell
either that the lever is at its stop, only that the hatch is open.
"""

from array import array

from micropython import const

from fsw.link import numbers

# Phases of a hatch.
_REST = const(0)
_QUEUED = const(1)  # commanded, the supply has no place for it yet
_MOVING = const(2)  # pulses are on, the travel time is not over
_CHECKING = const(3)  # the travel time is over, the pressures have not told yet
_PHASES = const(4)

# What happens to it.
_COMMANDED = const(0)
_STARTED = const(1)
_TRAVELLED = const(2)  # the travel time is over, and the pressures can tell
_TRAVELLED_BLIND = const(3)  # it is over, and they can't
_FELL = const(4)  # the difference has fallen to half
_HELD = const(5)  # it has not in time, and there are retries left
_HELD_LAST = const(6)  # it has not in time, and there are none
_BLINDED = const(7)  # the time is over, and a sensor has failed meanwhile
_HAPPENINGS = const(8)

# What is to be done.
_NOTHING = const(0)
_TELL_MOVING = const(1)
_ARRIVED_BY_TIME = const(2)
_ARRIVED_BY_PRESSURE = const(3)
_RETRY = const(4)
_FAIL = const(5)
NOTHING = _NOTHING
TELL_MOVING = _TELL_MOVING
ARRIVED_BY_TIME = _ARRIVED_BY_TIME
ARRIVED_BY_PRESSURE = _ARRIVED_BY_PRESSURE
RETRY = _RETRY
FAIL = _FAIL

_TABLE = (  # phase, what happens, next phase, what is to be done; what is not here changes nothing
    (_REST, _COMMANDED, _QUEUED, _NOTHING),
    (_QUEUED, _COMMANDED, _QUEUED, _NOTHING),
    (_QUEUED, _STARTED, _MOVING, _TELL_MOVING),
    (_MOVING, _COMMANDED, _QUEUED, _NOTHING),
    (_MOVING, _TRAVELLED, _CHECKING, _NOTHING),
    (_MOVING, _TRAVELLED_BLIND, _REST, _ARRIVED_BY_TIME),
    (_CHECKING, _COMMANDED, _QUEUED, _NOTHING),
    (_CHECKING, _FELL, _REST, _ARRIVED_BY_PRESSURE),
    (_CHECKING, _HELD, _QUEUED, _RETRY),
    (_CHECKING, _HELD_LAST, _REST, _FAIL),
    (_CHECKING, _BLINDED, _REST, _ARRIVED_BY_TIME),
)

_STALE = const(1)  # what is better has data
_TICKS_MASK = const(0x3FFFFFFF)  # `BoardClock.ms` wraps there


def _pack(table):
    """Return the table as bytes: next phase and action by phase and happening."""
    packed = bytearray(phase << 4 for phase in range(_PHASES) for _ in range(_HAPPENINGS))
    for phase, happening, following, action in table:
        packed[phase * _HAPPENINGS + happening] = following << 4 | action
    return bytes(packed)


_STEPS = _pack(_TABLE)


class HatchWatch:
    """Follows the moves of all hatches. Each method tells what happened and returns what is to be done.

    Allocates nothing. The same calls with the same readings give the same answers on board and in a replay.
    """

    def __init__(self, sides, sensors, values):
        """`sides` holds the indexes of two modules for each hatch, one after the other.

        `sensors` is a `SensorBank`, or has its `pressure_q8_pa`, `state` and `health`; `values` are those of
        the parameters.
        """
        count = len(sides) // 2
        self.count = count
        self.targets = bytearray(count)  # the position commanded last
        self.retries = bytearray(count)  # used by the move under way, or by the last one
        self.difference_pa = array("i", [0] * count)  # first side minus second, when it was looked at last
        self._phases = bytearray(count)
        self._before_q8 = array("i", [0] * count)  # difference when the pulses began; 0: it can't tell
        self._checked_ms = array("i", [0] * count)  # since when it is checked
        self._sides = sides
        self._sensors = sensors
        self._values = values

    @property
    def checks(self):
        """Whether the pressures still have to tell of a hatch."""
        return b"\x03" in self._phases  # _CHECKING: MicroPython finds bytes in a bytearray, not numbers

    def command(self, hatch, position):
        """Take a command for `hatch`: POSITION_OPEN or POSITION_SHUT."""
        self.targets[hatch] = position
        self.retries[hatch] = 0
        self._before_q8[hatch] = 0
        return self._step(hatch, _COMMANDED)

    def start(self, hatch):
        """Take note that the pulses begin, of the first try or of a retry."""
        opens = self.targets[hatch] == numbers.POSITION_OPEN
        if opens and not self.retries[hatch] and self._look(hatch):
            difference_pa = abs(self.difference_pa[hatch])
            if difference_pa >= self._values[numbers.PARAMETER_HATCH_CHECK_PA]:
                self._before_q8[hatch] = self._difference_q8(hatch)
        return self._step(hatch, _STARTED)

    def travel_over(self, hatch, now_ms):
        """Take note that the travel time is over at `now_ms` (`BoardClock.ms`)."""
        if self._before_q8[hatch] == 0:
            return self._step(hatch, _TRAVELLED_BLIND)
        self._checked_ms[hatch] = now_ms
        self._step(hatch, _TRAVELLED)
        return self.look(hatch, now_ms)

    def look(self, hatch, now_ms):
        """Look at the pressures of a hatch that is checked; once in each turn, after the sweep."""
        if self._phases[hatch] != _CHECKING:
            return _NOTHING
        sees = self._look(hatch)
        if sees and 2 * abs(self._difference_q8(hatch)) <= abs(self._before_q8[hatch]):
            return self._step(hatch, _FELL)
        limit_ms = 1000 * self._values[numbers.PARAMETER_HATCH_CHECK_S]
        if (now_ms - self._checked_ms[hatch]) & _TICKS_MASK < limit_ms:
            return _NOTHING
        if not sees:
            return self._step(hatch, _BLINDED)
        if self.retries[hatch] >= self._values[numbers.PARAMETER_HATCH_RETRIES]:
            return self._step(hatch, _HELD_LAST)
        self.retries[hatch] += 1
        return self._step(hatch, _HELD)

    def forget(self):
        """Forget all moves: the pulses were ended."""
        for hatch in range(self.count):
            self._phases[hatch] = _REST

    def _step(self, hatch, happening):
        step = _STEPS[self._phases[hatch] * _HAPPENINGS + happening]
        self._phases[hatch] = step >> 4
        return step & 15

    def _look(self, hatch):
        """Note the difference across `hatch`; return whether both sensors are fit to tell it."""
        if not (self._is_fit(self._sides[2 * hatch]) and self._is_fit(self._sides[2 * hatch + 1])):
            return False
        self.difference_pa[hatch] = self._difference_q8(hatch) >> 8
        return True

    def _is_fit(self, module):
        sensors = self._sensors
        health = sensors.health[module]
        if health == numbers.HEALTH_FAILED or health == numbers.HEALTH_RECOVERING:
            return False
        return sensors.state[module] <= _STALE

    def _difference_q8(self, hatch):
        pressures = self._sensors.pressure_q8_pa
        return pressures[self._sides[2 * hatch]] - pressures[self._sides[2 * hatch + 1]]
