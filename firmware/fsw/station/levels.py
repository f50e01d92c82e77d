"""What the sensors of one gas volume say together: how much it differs from what is expected.

All see the same gas, so their mean tells. It is weighted with the volumes of their modules: gas that goes
from a warm module to a cold one leaves the sum of x V as it was, so heat in one module is no loss. Each
sensor has its own level beside the volume's, learned as its distance from the mean of all: a leak does not
enter it, and none makes a step when it drops out or comes back.

The same source runs on the board (viper) and under CPython, with the same bits.
"""

# ptr8 and the like are names of viper; ruff checks all others.
# pyright: reportUndefinedVariable=false

import micropython
from micropython import const

# What is remembered of each sensor, in 32-bit words.
_OFFSET = const(0)  # its level beside that of the volume, q12 Pa
_OFFSET_REST = const(1)  # and 1/64 of that
_SEEN_S = const(2)  # memory of that level; 0: the sensor has not joined
_RUN = const(3)  # sum of its residuals since the fastest CUSUM was 0, q12 Pa
_WEIGHT = const(4)  # volume of its module, 1 to 63
_SENSOR_WORDS = const(5)

# Of the words of a gas volume; `detection` has them all.
_LEVEL = const(0)
_SLOPE = const(1)
_START = const(2)
_LAG = const(5)
_RESIDUAL = const(9)
_SUM = const(10)
_TURNS = const(11)
_OLD = const(12)
_OLDS = const(13)
_DEPARTURES = const(14)
_SENSORS = const(15)
_MEMORY_S = const(16)
_PRESSURE_PA = const(17)
_NUMBER = const(18)
_ERRORS = const(20)
_FAST_CUSUM = const(28)

_AMOUNT_WORDS = const(12)  # of `Amounts.words`
_AMOUNT_LENGTH = const(2)
_AMOUNT_DEPARTURE = const(3)
_AMOUNT_PRESSURE = const(10)
_AMOUNT_ERROR = const(11)
_RING = const(128)  # seconds of a module in the history
_LARGEST = const(0x100000)  # residual, q12 Pa: 256 Pa
_LONGEST_S = const(512)  # memory of a sensor's level
_STEADY_S = const(32)  # memory of a temperature that does not move
_LONG_S = const(1024)  # and the longest there is


@micropython.viper
def find_residual(volume, sensors, amount_q12_pa, valid, member, turn: int) -> int:
    """Write what a gas volume has over what is expected, in a turn; return the sum of their weights."""
    v = ptr32(volume)
    s = ptr32(sensors)
    x = ptr32(amount_q12_pa)
    good = ptr8(valid)
    belongs = ptr8(member)
    modules = int(len(member))
    number = v[_NUMBER]
    runs = v[_FAST_CUSUM]
    level = v[_LEVEL]
    total = 0
    weights = 0
    i = 0
    at = 0
    while i < modules:
        if belongs[i] == number and good[i] and s[at + _SEEN_S]:
            r = x[i] - s[at] - level
            if r > _LARGEST:
                r = _LARGEST
            if r < 0 - _LARGEST:
                r = 0 - _LARGEST
            weight = s[at + _WEIGHT]
            total += r * weight
            weights += weight
            if runs:
                r += s[at + _RUN]
            s[at + _RUN] = r
        i += 1
        at += _SENSOR_WORDS
    if weights:
        # the level is that of the middle of the second; 13/4096 is 1/320
        total = total // weights - ((v[_SLOPE] >> 8) * (2 * turn - 9) * 13 >> 12)
        v[_RESIDUAL] = total
        v[_SUM] += total
        v[_TURNS] += 1
    return weights


@micropython.viper
def follow_sensors(volume, sensors, temperatures, ring, member, last: int):  # noqa: C901 - one pass is less code
    """Take a second: let each sensor's level follow, and gather what they say now and said at the lag.

    `ring` is the history's, `last` the place of the second in it.
    """
    v = ptr32(volume)
    s = ptr32(sensors)
    t = ptr32(temperatures)
    x = ptr32(ring)
    belongs = ptr8(member)
    modules = int(len(member))
    number = v[_NUMBER]
    r = 0
    if v[_TURNS]:
        r = v[_SUM] // v[_TURNS]
    v[_RESIDUAL] = r
    v[_SUM] = 0
    v[_OLD] = 0
    v[_OLDS] = 0
    v[_DEPARTURES] = 0
    v[_ERRORS] = 0
    v[_SENSORS] = 0
    v[_MEMORY_S] = _LONG_S
    level = v[_LEVEL] + r
    before = (last - v[_LAG]) & (_RING - 1)
    ring_at = 0
    i = 0
    at = 0
    amount = 0
    while i < modules:
        if belongs[i] == number:
            seen = s[at + _SEEN_S]
            memory = t[amount + _AMOUNT_LENGTH]
            r = x[ring_at + last]
            if r == 0:
                seen -= (seen >> 4) + 1  # what is not seen is forgotten, in about a minute
                if seen < 0:
                    seen = 0
            elif seen or memory >= _STEADY_S:
                r -= level
                if seen == 0:
                    s[at] = r
                r -= s[at]
                if r > _LARGEST:
                    r = _LARGEST
                if r < 0 - _LARGEST:
                    r = 0 - _LARGEST
                if seen < _LONGEST_S:
                    seen += 1
                r = s[at + _OFFSET_REST] + ((r << 6) + (seen >> 1)) // seen
                s[at] += r >> 6
                s[at + _OFFSET_REST] = r & 63
                r = x[ring_at + before]
                if r:
                    r -= s[at] + v[_START]
                    if r > _LARGEST:
                        r = _LARGEST
                    if r < 0 - _LARGEST:
                        r = 0 - _LARGEST
                    weight = s[at + _WEIGHT]
                    v[_OLD] += r * weight
                    v[_OLDS] += weight
                v[_PRESSURE_PA] = t[amount + _AMOUNT_PRESSURE] >> 8
                v[_DEPARTURES] += t[amount + _AMOUNT_DEPARTURE]
                v[_ERRORS] += t[amount + _AMOUNT_ERROR]
                v[_SENSORS] += 1
                if memory < v[_MEMORY_S]:
                    v[_MEMORY_S] = memory
            s[at + _SEEN_S] = seen
        i += 1
        at += _SENSOR_WORDS
        amount += _AMOUNT_WORDS
        ring_at += _RING
