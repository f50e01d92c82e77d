"""How high a CUSUM may rise by chance: thresholds for a mean time between false alarms."""

from micropython import const

from fsw.station.fixed import ln_q16

_ONE = const(65536)
_OVERSHOOT_Q16 = const(76415)  # 1.166: steps jump over the threshold (Siegmund 1985, 2 x 0.583)
_ROUNDS = const(6)  # each is closer by a factor of the logarithm, about 10


def threshold_q8(half_shift_q8, mean_values):
    """Return the threshold of a CUSUM that takes `half_shift_q8` off each value, in 1/256 deviations.

    Noise alone crosses it once in `mean_values` values (1 or more), on average. That is Siegmund's
    approximation, ARL = (exp(2kb) - 2kb - 1)/(2k^2) with b = h + 1.166, solved for h.
    """
    scaled_q16 = 2 * half_shift_q8 * half_shift_q8 * mean_values
    rise_q16 = _ONE
    for _ in range(_ROUNDS):
        rise_q16 = ln_q16(scaled_q16 + rise_q16 + _ONE)
    return max((rise_q16 * 128 // half_shift_q8 - _OVERSHOOT_Q16) >> 8, 0)
