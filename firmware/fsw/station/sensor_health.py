"""Whether a sensor can be trusted: OK, SUSPECT, FAILED or RECOVERING, by a table over what each sweep shows.

Pure logic on the very numbers that a packet of readings holds, so a recording of all sweeps gives the same
decisions under CPython, bit for bit.

False alarms. A healthy BMP280 at x16/x2 with filter 2 has 0.8 Pa rms of noise (datasheet BST-BMP280-DS001-26,
table 8) in steps of 0.17 Pa. Two conversions or more lie between two sweeps, so the filter keeps 1/4 of the
value before at most, and what is new has 0.8*sqrt(1 - 1/16) = 0.77 Pa rms: whatever came before, the next
count is the same with a probability of at most 0.17/(0.77*sqrt(2 pi)) = 0.09. That the temperature must be
the same as well is left out. So chance makes a healthy sensor frozen with 0.09^n per sweep: 5e-53 for the
default of n = 50 equal readings (5 s); for the smallest n that can be set, 10, it is 3e-11, which is once in
6 years of 16 sensors at most. A jump of 5000 Pa is 5000 times what noise does between two sweeps.
"""

# ptr8 and the like are names of viper; ruff checks all others.
# pyright: reportUndefinedVariable=false

from array import array

import micropython
from micropython import const

from fsw.link import numbers

# What a sweep shows of one sensor, the columns of the table.
_NEW = const(0)  # a value that differs from the one before
_SAME = const(1)  # the very same value: says nothing, for or against
_JUMPED = const(2)  # differs by more than gas can between two sweeps
_MISSING = const(3)  # no value
_FROZEN = const(4)  # the same value so many times that chance is out of the question
_UNUSABLE = const(5)  # it was asked at start and is no sound sensor
_COLUMNS = const(6)

# The rows.
_OK = const(0)
_SUSPECT = const(1)
_FAILED = const(2)
_RECOVERING = const(3)

# The new state is entered at once, or when the parameter says that it has been so often enough in a row.
_BAD_COUNT = const(0x10)  # sensor_failed_count of jumped and missing ones
_GOOD_COUNT = const(0x20)  # sensor_recover_count of new ones
_STATE = const(0x0F)

_STATE_STALE = const(1)  # of the sensor; better ones have values, and so have those from frozen on
_STATE_FROZEN = const(11)
_STATE_JUMPED = const(12)

# What is remembered of each sensor: 32-bit words, beginning with the pressure.
_TEMPERATURE = const(1)
_REPEATS = const(2)
_FLAGS = const(3)
_WORDS = const(4)
_HAS_VALUE = const(1)  # in this sweep
_WATCHED = const(2)  # it is not OK

# Places of parameters, known to viper.
_FAILED_COUNT = const(9)
_RECOVER_COUNT = const(10)
_FROZEN_COUNT = const(11)
_JUMP_PA = const(12)

# fmt: off
TABLE = bytes((
    # new              same         jumped                missing               frozen   unusable
    _OK,               _OK,         _SUSPECT,             _SUSPECT,             _FAILED, _FAILED,
    _GOOD_COUNT | _OK, _SUSPECT,    _BAD_COUNT | _FAILED, _BAD_COUNT | _FAILED, _FAILED, _FAILED,
    _RECOVERING,       _FAILED,     _FAILED,              _FAILED,              _FAILED, _FAILED,
    _GOOD_COUNT | _OK, _RECOVERING, _FAILED,              _FAILED,              _FAILED, _FAILED,
))
# fmt: on

# By state of the sensor, for those without a value. Frozen and jumped ones have one: recordings hold them.
_WITHOUT_VALUE = bytes(
    (
        _NEW,  # fresh
        _NEW,  # stale
        _MISSING,  # skipped
        _MISSING,  # bus_error
        _UNUSABLE,  # absent
        _UNUSABLE,  # wrong_chip
        _UNUSABLE,  # bad_trimming
        _UNUSABLE,  # not_ready
        _MISSING,  # mux_error
        _MISSING,  # out_of_range
        _UNUSABLE,  # bad_settings
    )
)
_EVENTS = bytes(
    (
        numbers.EVENT_SENSOR_OK,
        numbers.EVENT_SENSOR_SUSPECT,
        numbers.EVENT_SENSOR_FAILED,
        numbers.EVENT_SENSOR_RECOVERING,
    )
)


def _nobody(number, index, state, seen):
    """Hear events before `tell` is set."""


class SensorHealth:
    """Judges all sensors after each sweep.

    `state`, `pressure_q8_pa` and `temperature_q16_c` are the arrays of the sweep, `values` those of the
    parameters (it may be replaced before the first sweep); all are read where they are. `look()` judges one
    sweep: it changes `health`, which has a value of sensor_health for each sensor, and `state` where the
    value is frozen or has jumped. `tell(number, index, state, seen)` sends an event; `seen` is the pressure
    in 1/256 Pa where there is one, else how many sweeps in a row went without.
    """

    def __init__(self, state, pressure_q8_pa, temperature_q16_c, values):
        count = len(state)
        self.count = count
        self.values = values
        self.health = bytearray(count)
        self.tell = _nobody
        self._state = state
        self._pressure = pressure_q8_pa
        self._memory = array("i", [0] * (_WORDS * count))
        self._good_in_a_row = bytearray(count)
        self._bad_in_a_row = bytearray(count)
        self.look = _looker(self, state, pressure_q8_pa, temperature_q16_c, self._memory)

    def judge(self, i, seen):
        """Look up what was seen in the table, and tell if that changes the state."""
        self._count(i, seen)
        rule = TABLE[_COLUMNS * self.health[i] + seen]
        after = rule & _STATE
        if rule & _BAD_COUNT and self._bad_in_a_row[i] < self.values[_FAILED_COUNT]:
            return
        if rule & _GOOD_COUNT and self._good_in_a_row[i] < self.values[_RECOVER_COUNT]:
            return
        if after != self.health[i]:
            self._change(i, after)

    def _count(self, i, seen):
        if seen == _NEW:
            self._bad_in_a_row[i] = 0
            self._good_in_a_row[i] = min(self._good_in_a_row[i] + 1, 255)
        elif seen != _SAME:
            self._good_in_a_row[i] = 0
            self._bad_in_a_row[i] = min(self._bad_in_a_row[i] + 1, 255)

    def _change(self, i, after):
        self.health[i] = after
        at = _WORDS * i + _FLAGS
        has_value = self._memory[at] & _HAS_VALUE
        self._memory[at] = has_value if after == _OK else has_value | _WATCHED
        self.tell(
            _EVENTS[after], i, self._state[i], self._pressure[i] if has_value else self._bad_in_a_row[i]
        )


def _looker(judge, state, pressure_q8_pa, temperature_q16_c, memory):
    """Return `look`. It has captured what it needs, as looking up an attribute costs more than judging a
    sensor; not more than five things, or the call takes heap.
    """

    @micropython.viper
    def look():
        states = ptr8(state)
        pressures = ptr32(pressure_q8_pa)
        temperatures = ptr32(temperature_q16_c)
        last = ptr32(memory)
        values = ptr32(judge.values)
        frozen_count = values[_FROZEN_COUNT]
        jump_q8_pa = values[_JUMP_PA] << 8
        count = int(judge.count)
        i = 0
        at = 0
        while i < count:
            flags = last[at + _FLAGS]
            if states[i] <= _STATE_STALE or states[i] >= _STATE_FROZEN:
                pressure = pressures[i]
                temperature = temperatures[i]
                change = pressure - last[at]
                seen = _NEW
                if change == 0 and temperature == last[at + _TEMPERATURE]:
                    last[at + _REPEATS] += 1
                    seen = _SAME
                    if last[at + _REPEATS] >= frozen_count:
                        seen = _FROZEN
                        states[i] = _STATE_FROZEN
                else:
                    last[at] = pressure
                    last[at + _TEMPERATURE] = temperature
                    last[at + _REPEATS] = 0
                    if flags & _HAS_VALUE and (change > jump_q8_pa or change < 0 - jump_q8_pa):
                        seen = _JUMPED
                        states[i] = _STATE_JUMPED
                flags |= _HAS_VALUE
            else:
                seen = int(_WITHOUT_VALUE[states[i]])
                flags &= _WATCHED
            last[at + _FLAGS] = flags
            if seen > _SAME or flags & _WATCHED:
                judge.judge(i, seen)
            i += 1
            at += _WORDS

    return look


assert (_FAILED_COUNT, _RECOVER_COUNT) == (
    numbers.PARAMETER_SENSOR_FAILED_COUNT,
    numbers.PARAMETER_SENSOR_RECOVER_COUNT,
)
assert (_FROZEN_COUNT, _JUMP_PA) == (
    numbers.PARAMETER_SENSOR_FROZEN_COUNT,
    numbers.PARAMETER_SENSOR_JUMP_PA,
)
assert (_STATE_FROZEN, _STATE_JUMPED) == (numbers.SENSOR_FROZEN, numbers.SENSOR_JUMPED)
