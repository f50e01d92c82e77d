"""Square root, logarithm and exponential on integers: the same bits on the board and under CPython.

MicroPython's floats have 24 bits and CPython's 53, so a decision made with them could differ between the
two. These take integers of any size; where they grow beyond 30 bits they allocate, so they are for the
moment of a decision and not for the steady loop.
"""

from micropython import const

_ONE = const(65536)  # 1 in q16
_LN2_Q32 = 2977044472  # ln 2 x 2^32, rounded


def isqrt(value):
    """Return the largest integer whose square is at most `value`; ValueError below 0 (Newton's method)."""
    if value < 0:
        raise ValueError(value)
    if value < 2:
        return value
    shift = 0
    left = value
    while left:  # MicroPython's integers have no bit_length
        left >>= 2
        shift += 1
    root = 1 << shift
    while True:
        better = (root + value // root) >> 1
        if better >= root:
            return root
        root = better


def ln_q16(value_q16):
    """Return the natural logarithm of a number in q16, in q16, to 1 bit; ValueError for 0 and below.

    The number is brought to 1..2 by halving, then ln m = 2 artanh((m - 1)/(m + 1)).
    """
    if value_q16 <= 0:
        raise ValueError(value_q16)
    mantissa_q32 = value_q16 << 16
    exponent = 0
    for step in (32, 16, 8, 4, 2, 1):  # each halving of a large number takes heap, so many at once
        while mantissa_q32 >= 1 << 32 + step:
            mantissa_q32 >>= step
            exponent += step
    while mantissa_q32 < 1 << 32:
        mantissa_q32 <<= 1
        exponent -= 1
    ratio_q32 = ((mantissa_q32 - (1 << 32)) << 32) // (mantissa_q32 + (1 << 32))
    square_q32 = ratio_q32 * ratio_q32 >> 32
    term_q32 = ratio_q32
    sum_q32 = 0
    divisor = 1
    while term_q32:
        sum_q32 += term_q32 // divisor
        term_q32 = term_q32 * square_q32 >> 32
        divisor += 2
    return (2 * sum_q32 + exponent * _LN2_Q32 + (1 << 15)) >> 16


def exp_q16(value_q16):
    """Return e to the power of a number in q16, in q16; 0 where that is less than half a bit."""
    scaled_q32 = value_q16 << 16
    halvings = scaled_q32 // _LN2_Q32
    rest_q32 = scaled_q32 - halvings * _LN2_Q32  # 0 <= rest < ln 2
    if halvings < -17:
        return 0
    term_q32 = 1 << 32
    sum_q32 = 0
    divisor = 1
    while term_q32:
        sum_q32 += term_q32
        term_q32 = (term_q32 * rest_q32 >> 32) // divisor
        divisor += 1
    shift = 16 - halvings
    if shift <= 0:
        return sum_q32 << -shift
    return (sum_q32 + (1 << (shift - 1))) >> shift
