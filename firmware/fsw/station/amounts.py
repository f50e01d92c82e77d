"""How much gas is in each module: its pressure reduced to 293.15 K, ten times a second and as means of 1 s.

The reduced pressure x = p 293.15 K/T stays when gas is heated, and a leak of Q is -V dx/dt. T is the chip's
temperature, smoothed apart from the pressure: one conversion of it is uncertain by 0.004 K (datasheet, table
9), which is 1.4 Pa in x, twice the noise of the pressure. The smoothing fits a straight line to the means of
1 s, in an expanding memory that then fades (Morrison, Introduction to Sequential Smoothing and Prediction,
1969), so a steady drift is followed without lag; when the means leave the line for longer than noise does,
the memory is cut in half, again and again. The line is read where the gas is: the chip lags behind.

The same source runs on the board (viper) and under CPython, with the same bits.
"""

# ptr8 and the like are names of viper; ruff checks all others.
# pyright: reportUndefinedVariable=false

from array import array

import micropython
from micropython import const

BLOCK = 10  # turns of 0.1 s in a mean
MEMORY_S = 1024  # longest memory of the temperature: its noise delays the alarm of a slow leak

_BLOCK = const(10)
_MEMORY_S = const(1024)  # a longer one would let `error * (4 * n - 2)` leave 32 bits
_LEAST_S = const(12)  # shortest memory, when the temperature moves
_LEAST_READINGS = const(5)  # in a mean that counts
_STALE = const(1)  # states of a sensor with a value are up to here
_SUSPECT = const(1)  # healths whose values count are up to here
_ICE_Q12_K = const(1118822)  # 273.15 K
_CENTRE_Q20_C = const(20971520)  # 20 °C, to which pressures are reduced
_LEAD_Q8_S = const(653)  # 2.55 s: from the middle of a mean to the start of the next, and the chip's lag
_MOVED_Q20_K = const(1750)  # 1.7 mK: 3.5 deviations of `_DEPARTURE` by noise
_JUMP_Q20_K = const(524288)  # 0.5 K within a second is no drift: start anew

# What is remembered of each module, in 32-bit words.
_LEVEL = const(0)  # temperature by the line, q20 °C
_RATE = const(1)  # q28 K/s
_LENGTH = const(2)  # of the memory, in s; 0 before the first mean
_DEPARTURE = const(3)  # smoothed distance of the means from the line, q20 K
_GAIN = const(4)  # 293.15 K/T - 1, q28
_GAIN_STEP = const(5)  # its change in 0.1 s
_COUNT = const(6)  # readings in this second
_HEAT = const(7)  # sum of their temperatures, q16 °C
_FIRST = const(8)  # first x
_EXCESS = const(9)  # sum of what the others differ from it
_PRESSURE = const(10)  # the last reading, q8 Pa
_ERROR = const(11)  # distance of the last mean from the line, q20 K
_WORDS = const(12)
WORDS, LENGTH, DEPARTURE, PRESSURE, ERROR = 12, 2, 3, 10, 11  # for those who read `words`


@micropython.viper
def _reduce(words, amount_q12_pa, valid, pressure_q8_pa, temperature_q16_c, state, health):
    """Take the readings of one turn."""
    w = ptr32(words)
    x = ptr32(amount_q12_pa)
    good = ptr8(valid)
    pressures = ptr32(pressure_q8_pa)
    temperatures = ptr32(temperature_q16_c)
    states = ptr8(state)
    healths = ptr8(health)
    count = int(len(valid))
    i = 0
    at = 0
    while i < count:
        gain = w[at + _GAIN]
        w[at + _GAIN] = gain + w[at + _GAIN_STEP]
        good[i] = 0
        if states[i] <= _STALE and healths[i] <= _SUSPECT:
            p = pressures[i]
            w[at + _PRESSURE] = p
            whole = p >> 8
            # p (1 + gain), in parts that fit 32 bits up to 131 kPa
            now = (p << 4) + (whole * (gain >> 14) >> 2) + (whole * (gain & 16383) >> 16)
            now += (p & 255) * (gain >> 8) >> 16
            x[i] = now
            if w[at + _LENGTH]:
                good[i] = 1
            if w[at + _COUNT] == 0:
                w[at + _FIRST] = now
                w[at + _EXCESS] = 0
                w[at + _HEAT] = 0
            w[at + _EXCESS] += now - w[at + _FIRST]
            w[at + _HEAT] += temperatures[i]
            w[at + _COUNT] += 1
        i += 1
        at += _WORDS


@micropython.viper
def _close_second(words, mean_q12_pa):
    """Write the means of the second, 0 where there is none, and bring the temperatures up to date."""
    w = ptr32(words)
    means = ptr32(mean_q12_pa)
    count = int(len(mean_q12_pa))
    i = 0
    at = 0
    while i < count:
        readings = w[at + _COUNT]
        w[at + _COUNT] = 0
        n = w[at + _LENGTH]
        means[i] = 0
        if readings < _LEAST_READINGS:
            n -= (n >> 4) + 1  # what is not seen is forgotten, in about a minute
            if n < 0:
                n = 0
            w[at + _LEVEL] += w[at + _RATE] >> 8
        else:
            if n:
                means[i] = w[at + _FIRST] + w[at + _EXCESS] // readings
            mean = (w[at + _HEAT] << 4) // readings
            level = w[at + _LEVEL] + (w[at + _RATE] >> 8)
            error = mean - level
            if n == 0 or error > _JUMP_Q20_K or error < 0 - _JUMP_Q20_K:
                n = 1
                w[at + _LEVEL] = mean
                w[at + _RATE] = 0
                w[at + _DEPARTURE] = 0
            else:
                if n < _MEMORY_S:
                    n += 1
                share = n * (n + 1)
                w[at + _LEVEL] = level + (error * (4 * n - 2) + (share >> 1)) // share
                w[at + _RATE] += (error * 1536 + (share >> 1)) // share  # 6/(n(n + 1)) in q8
                departure = w[at + _DEPARTURE]
                departure += (error - departure) >> 2
                w[at + _DEPARTURE] = departure
                w[at + _ERROR] = error
                if (departure > _MOVED_Q20_K or departure < 0 - _MOVED_Q20_K) and n >= 2 * _LEAST_S:
                    n >>= 1
        w[at + _LENGTH] = n
        rate = w[at + _RATE]
        ahead = w[at + _LEVEL] + ((rate >> 8) * _LEAD_Q8_S >> 8)
        kelvin = (ahead >> 8) + _ICE_Q12_K
        # (293.15 K - T)/T to 28 bits, in three steps of division
        rest = _CENTRE_Q20_C - ahead
        gain = rest // kelvin
        rest -= gain * kelvin
        part = (rest << 10) // kelvin
        rest = (rest << 10) - part * kelvin
        w[at + _GAIN] = (gain << 20) + (part << 10) + (rest << 10) // kelvin
        w[at + _GAIN_STEP] = (0 - rate) // (kelvin * _BLOCK >> 12)
        i += 1
        at += _WORDS


class Amounts:
    """Reduced pressures of `count` modules.

    `amount_q12_pa` and `valid` (0 or 1) hold the last turn's, `mean_q12_pa` the means of the last whole
    second (0 where there is none). A module has none in the first second after it came.
    """

    def __init__(self, count):
        self.amount_q12_pa = array("i", [0] * count)
        self.valid = bytearray(count)
        self.mean_q12_pa = array("i", [0] * count)
        self.words = array("i", [0] * (_WORDS * count))
        self.turn = 0  # of the second, of BLOCK

    @micropython.native
    def take(self, pressure_q8_pa, temperature_q16_c, state, health):
        """Take the readings of one turn, as `SensorBank` has them; return whether a second is full.

        Steady: allocates nothing.
        """
        words = self.words
        _reduce(words, self.amount_q12_pa, self.valid, pressure_q8_pa, temperature_q16_c, state, health)
        self.turn += 1
        if self.turn < _BLOCK:
            return False
        self.turn = 0
        _close_second(words, self.mean_q12_pa)
        return True


assert (BLOCK, MEMORY_S) == (_BLOCK, _MEMORY_S)
assert (WORDS, LENGTH, DEPARTURE) == (_WORDS, _LENGTH, _DEPARTURE)
assert (PRESSURE, ERROR) == (_PRESSURE, _ERROR)
