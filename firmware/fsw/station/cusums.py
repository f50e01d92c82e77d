"""CUSUMs on the residuals of a gas volume, each counting in deviations learned at its own time scale.

A CUSUM on the level is nearly as good as any test on a slope when the baseline is known, and each is made
for another leak. What noise does in a minute can't be told from what it does in 0.1 s, so its deviation is
that of an exponential mean, which in white noise is sqrt(a/(2 - a)) of that of a value. The error of the
baseline is in it too, and is the larger the shorter its memory. Where few squares have been seen their mean
is taken larger: false alarms come as exp(-E s), s the square as learned over the true one. For them to come
as exp(-E) on average over what n squares may say, a chi-square, s must be (exp(y) - 1)/y, y = 2 E/n; its root
is near 1 + y/4 + (y/4)^2.

White noise falls as means get longer, flicker noise does not, so a CUSUM would take a slow wander for a leak
whatever its threshold. What is taken off each value must be more than wanders do: where the mean square is
more than white noise accounts for, it is what they exceed with the chance exp(-E), sqrt(2E) of their
deviations.

The same source runs on the board (viper) and under CPython, with the same bits. No word is read by a bare
name: `v[k]` would multiply `k` by 4 (micropython/micropython#18800, mended in 1.28).
"""

# ptr8 and the like are names of viper; ruff checks all others.
# pyright: reportUndefinedVariable=false

import micropython
from micropython import const

_LEARNING = const(0)

# Of the words of a gas volume; `detection` has them all.
_LENGTH = const(4)
_STATE = const(7)
_BELOW = const(8)
_RESIDUAL = const(9)
_ALLOWANCE = const(19)
_CALM_S = const(21)
_WHITE_SHARE = const(23)

# Words of one CUSUM.
_MEAN = const(0)  # exponential mean of the residuals, q16 Pa
_SQUARE = const(1)  # its mean square by noise alone, q26
_SQUARES_S = const(2)  # in how many s that was learned
_ROOT = const(3)  # of the mean square with the baseline's error, q13 Pa
_CUSUM = const(4)  # q12 Pa
_DRIFT = const(5)  # taken from each value, q12 Pa
_THRESHOLD = const(6)  # q12 Pa
_SINCE_S = const(7)  # since the CUSUM was 0

# How each is designed.
_HALF_SHIFT = const(0)  # taken from each value, 1/256 deviations
_UNROOT = const(1)  # deviation of a value over that of the mean in white noise, sqrt(2/a - 1), q8
_APART_S = const(2)  # squares so far apart are independent
_UNSURE_S = const(3)  # the baseline's error over the mean square, times its memory
_LIMIT = const(4)  # threshold in 1/256 deviations
_WHITE = const(5)  # mean square of one sensor that may be white noise, q26
_RARE = const(6)  # deviations that a mean exceeds by noise as seldom as there may be a false alarm, q8

_LARGEST_MEAN = const(10836)  # 1.3 in q13 Pa: 16 times its square fits 32 bits
_CLIPPED = const(9)  # times the mean square: what one square counts at most
_FIRST_S = const(16)  # memory of a baseline from which noise can be told
_CALM_ENOUGH_S = const(32)
_FEWEST = const(6)
_CLIPS_FROM = const(16)
_MOST = const(255)
_LARGEST_ROOT = const(46340)
_LARGEST_CUSUM = const(0x10000000)
_NEVER = const(0x20000000)
_LARGEST_PRODUCT = const(0x3FFFFFFF)  # of deviation and limit, which makes a threshold of 1024 Pa


@micropython.viper
def step(volume, k: int, shift: int) -> int:
    """Take a residual into the CUSUM whose words begin at `k`; return 1 if it is over its threshold."""
    v = ptr32(volume)
    r = v[_RESIDUAL]
    v[k + _MEAN] += ((r << 4) - v[k + _MEAN]) >> shift
    if v[_BELOW] == 0:
        r = 0 - r
    r += v[k + _CUSUM] - v[k + _DRIFT] - v[_ALLOWANCE]
    if r < 0 or v[_STATE] == _LEARNING:
        r = 0
        v[k + _SINCE_S] = 0
    if r > _LARGEST_CUSUM:
        r = _LARGEST_CUSUM
    v[k + _CUSUM] = r
    return 1 if r > v[k + _THRESHOLD] else 0


@micropython.viper
def learn(volume, design, k: int):
    """Take the exponential mean of a second into the mean square of noise."""
    v = ptr32(volume)
    d = ptr32(design)
    v[k + _SINCE_S] += 1
    n = v[_LENGTH]
    if n < _FIRST_S or v[_CALM_S] < _CALM_ENOUGH_S or 2 * v[k + _CUSUM] > v[k + _THRESHOLD]:
        return
    new = v[k + _MEAN] >> 3
    if new > _LARGEST_MEAN:
        new = _LARGEST_MEAN
    if new < 0 - _LARGEST_MEAN:
        new = 0 - _LARGEST_MEAN
    new *= new
    new -= new // (n + d[_UNSURE_S]) * d[_UNSURE_S]
    square = v[k + _SQUARE]
    seconds = v[k + _SQUARES_S]
    if seconds > _CLIPS_FROM * d[_APART_S] and new > square * _CLIPPED:
        new = square * _CLIPPED
    if seconds < _MOST * d[_APART_S]:
        seconds += 1
    v[k + _SQUARES_S] = seconds
    v[k + _SQUARE] = square + (new - square + (seconds >> 1)) // seconds


@micropython.viper
def compare(volume, design, k: int):
    """Set drift and threshold by what has been learned."""
    v = ptr32(volume)
    d = ptr32(design)
    n = v[_LENGTH]
    squares = v[k + _SQUARES_S] // d[_APART_S]
    if n < _FIRST_S or squares < _FEWEST:
        v[k + _THRESHOLD] = _NEVER
        v[k + _CUSUM] = 0
        return
    square = v[k + _SQUARE]
    square += (square >> 8) * d[_UNSURE_S] // n << 8
    root = v[k + _ROOT]
    root = (root + square // root >> 1) + 1  # Newton's step; never 0
    if root > _LARGEST_ROOT:  # a step from far below leads far above
        root = _LARGEST_ROOT
    v[k + _ROOT] = root
    deviation = root * d[_UNROOT] >> 9
    half = (d[_LIMIT] * d[_HALF_SHIFT] >> 16) + 1  # E/2
    more = deviation * half // squares
    deviation += more + more * half // squares
    most = _LARGEST_PRODUCT // d[_LIMIT]
    if deviation > most:  # what is learned in a bad start is believed to be anything
        deviation = most
    drift = deviation * d[_HALF_SHIFT] >> 8
    white = v[_WHITE_SHARE] * d[_WHITE] >> 8
    if square > white:
        wander = (root - root * (white >> 8) // ((square >> 8) + 1)) * d[_RARE] >> 9
        if drift < wander:
            drift = wander
    v[k + _DRIFT] = drift
    v[k + _THRESHOLD] = deviation * d[_LIMIT] >> 8
