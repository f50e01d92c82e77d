"""What the board checks by itself once a second: limits, changes, expected values (service 12).

The table is fixed. Its first checks are made for each module, the others once:

    check          kind            of                                   unit
    pressure       limit           calibrated pressure                  Pa, rounded down
    pressure_rate  delta           its change since the second before   Pa/s, rounded down
    temperature    limit           sensor chip                          1/100 °C, rounded down
    sensor_health  expected value  state of the sensor                  a value of sensor_health
    heap_free      limit           free heap                            bytes
    slips          delta           slipped turns                        1/s
    frames_bad     delta           damaged frames                       1/s

Four parameters define each: state, low, high, repetitions. A limit or delta check finds `below` or `above`
outside low..high, an expected-value check finds `unexpected` when the bits of the mask `high` differ from
those of `low`. Without a valid value, or disabled, the finding is `unchecked`. A finding counts when it came
`repetitions` times in a row.

The same source runs on the board (viper) and under CPython, with the same bits.
"""

# ptr8 and the like are names of viper; ruff checks all others.
# pyright: reportUndefinedVariable=false

from array import array

import micropython
from micropython import const

from fsw.link import numbers

_PER_MODULE = const(4)  # checks made for each module: the first of the table
_HEAP_FREE = const(0)  # of those made once
_SLIPS = const(1)
_FRAMES_BAD = const(2)
_ONCE = const(3)

_DEFINITIONS = const(21)  # as numbers.PARAMETER_CHECKS
_HEALTH_DEFINITION = const(33)  # the only expected-value check
_STALE = const(1)  # sensor states with a value are up to here
_SUSPECT = const(1)  # sensor health whose values count is up to here
_DISABLED = const(0)
_ACTIVE = const(2)
_UNCHECKED = const(0)  # findings
_WITHIN = const(1)
_BELOW = const(2)
_ABOVE = const(3)
_UNEXPECTED = const(4)

# What is remembered of each check, in bytes.
_FOUND = const(0)  # what counts
_BEFORE = const(1)  # what counted before
_LATELY = const(2)  # what was found last
_IN_A_ROW = const(3)  # how often
_TOLD = const(4)  # what the last event told, 0 when that is over
_BYTES = const(5)

_CHANGED = const(1)  # bits of news
_EVENT = const(2)


@micropython.viper
def _take_modules(values, valid, before_q8_pa, known, sensors, offset_q8_pa):
    """Write the value of each module's checks to `values`, and to `valid` whether it has one."""
    value = ptr32(values)
    is_valid = ptr8(valid)
    before = ptr32(before_q8_pa)
    was_known = ptr8(known)
    pressures = ptr32(sensors[0])
    temperatures = ptr32(sensors[1])
    states = ptr8(sensors[2])
    healths = ptr8(sensors[3])
    offsets = ptr32(offset_q8_pa)
    count = (int(len(valid)) - _ONCE) // _PER_MODULE
    i = 0
    while i < count:
        good = 0
        if states[i] <= _STALE and healths[i] <= _SUSPECT:
            good = 1
        now = pressures[i] - offsets[i]
        is_valid[i] = good
        value[i] = now >> 8
        at = i + count
        is_valid[at] = good & was_known[i]
        value[at] = (now - before[i]) >> 8
        was_known[i] = good
        before[i] = now
        at += count
        is_valid[at] = good
        value[at] = temperatures[i] * 100 >> 16
        at += count
        is_valid[at] = 1
        value[at] = healths[i]
        i += 1


@micropython.viper
def _find(places, values, valid, parameters, findings):
    """Write what each check finds this time to `findings`; `places` has where each is defined."""
    value = ptr32(values)
    is_valid = ptr8(valid)
    definition = ptr32(parameters)
    found = ptr8(findings)
    definition_at = ptr8(places)
    count = int(len(valid))
    k = 0
    while k < count:
        at = definition_at[k]
        now = value[k]
        low = definition[at + 1]
        high = definition[at + 2]
        if definition[at] == _DISABLED or not is_valid[k]:
            found[k] = _UNCHECKED
        elif at == _HEALTH_DEFINITION:
            found[k] = _WITHIN if (now & high) == (low & high) else _UNEXPECTED
        elif now < low:
            found[k] = _BELOW
        elif now > high:
            found[k] = _ABOVE
        else:
            found[k] = _WITHIN
        k += 1


@micropython.viper
def _remember(places, findings, parameters, memory, news) -> int:
    """Let findings count that came often enough; return for how many checks there is news."""
    finding = ptr8(findings)
    definition = ptr32(parameters)
    m = ptr8(memory)
    told = ptr8(news)
    definition_at = ptr8(places)
    count = int(len(findings))
    changes = 0
    k = 0
    p = 0
    while k < count:
        at = definition_at[k]
        found = finding[k]
        new = 0
        if found == m[p + _FOUND]:
            m[p + _IN_A_ROW] = 0
        else:
            if found != m[p + _LATELY]:
                m[p + _IN_A_ROW] = 0
            m[p + _IN_A_ROW] += 1
            if m[p + _IN_A_ROW] >= definition[at + 3] or definition[at] == _DISABLED:
                m[p + _BEFORE] = m[p + _FOUND]
                m[p + _FOUND] = found
                m[p + _IN_A_ROW] = 0
                new = _CHANGED
        m[p + _LATELY] = found
        found = m[p + _FOUND]
        if definition[at] != _ACTIVE:
            m[p + _TOLD] = 0
        elif (found >= _BELOW and found != m[p + _TOLD]) or (found == _WITHIN and m[p + _TOLD]):
            m[p + _TOLD] = found if found >= _BELOW else 0
            new |= _EVENT
        told[k] = new
        if new:
            changes += 1
        k += 1
        p += _BYTES
    return changes


class Checks:
    """All checks of a bench with `count` modules, defined by the parameters in `values`.

    Each has a place: the table's checks in turn, those made for each module with one place per module.
    """

    def __init__(self, count, values):
        checks = [check for check in range(_PER_MODULE) for _ in range(count)]
        checks += range(_PER_MODULE, numbers.MONITORS)
        self._places = bytes([_DEFINITIONS + 4 * check for check in checks])
        self.places = len(checks)
        self._count = count
        self._parameters = values
        self._values = array("i", [0] * self.places)
        self._valid = bytearray([1] * self.places)
        self._findings = bytearray(self.places)
        self._memory = bytearray(_BYTES * self.places)
        self._news = bytearray(self.places)
        self._before_q8_pa = array("i", [0] * count)
        self._known = bytearray(count)
        self._slips = 0
        self._frames_bad = 0

    def evaluate(self, sensors, offset_q8_pa, heap_free, slips, frames_bad):
        """Make all checks, once a second; return at how many places there is news.

        `sensors` is (pressure_q8_pa, temperature_q16_c, state, health), `offset_q8_pa` is taken from the
        pressures. `slips` and `frames_bad` count from the start; when one falls, it began anew from 0.
        """
        values = self._values
        _take_modules(values, self._valid, self._before_q8_pa, self._known, sensors, offset_q8_pa)
        first = _PER_MODULE * self._count
        values[first + _HEAP_FREE] = heap_free
        values[first + _SLIPS] = slips - self._slips if slips >= self._slips else slips
        frames = frames_bad - self._frames_bad if frames_bad >= self._frames_bad else frames_bad
        values[first + _FRAMES_BAD] = frames
        self._slips = slips
        self._frames_bad = frames_bad
        _find(self._places, values, self._valid, self._parameters, self._findings)
        return _remember(self._places, self._findings, self._parameters, self._memory, self._news)

    def changed(self, place):
        """Whether the finding at a place changed in the last evaluation."""
        return self._news[place] & _CHANGED

    def to_be_told(self, place):
        """Whether an active check found something, or that is over, since the last evaluation."""
        return self._news[place] & _EVENT

    def monitor(self, place):
        """Return which check is at a place, a value of `monitor`."""
        return (self._places[place] - _DEFINITIONS) // 4

    def index(self, place):
        """Return which module a place is for, or NO_INDEX."""
        return place % self._count if place < _PER_MODULE * self._count else numbers.NO_INDEX

    def state(self, place):
        """Return the check's state, a value of `check_state`."""
        return self._parameters[self._places[place]]

    def found(self, place):
        """Return what counts at a place, a value of `finding`."""
        return self._memory[_BYTES * place + _FOUND]

    def before(self, place):
        """Return what counted before."""
        return self._memory[_BYTES * place + _BEFORE]

    def value(self, place):
        """Return the value that was checked last, in the unit of the check."""
        return self._values[place]

    def limit(self, place):
        """Return the limit that was crossed last: the high one for what is or was above it, else the low."""
        found = self.found(place)
        if found <= _WITHIN:
            found = self.before(place)
        at = self._places[place]
        return self._parameters[at + 2 if found == _ABOVE else at + 1]


assert _DEFINITIONS == numbers.PARAMETER_CHECKS
assert _HEALTH_DEFINITION == _DEFINITIONS + 4 * numbers.MONITOR_SENSOR_HEALTH
assert _PER_MODULE + _ONCE == numbers.MONITORS
