"""How likely an explanation is before anything is measured."""

from micropython import const

from fsw.link import numbers
from fsw.station.fixed import ln_q16
from fsw.station.hypotheses import DRIFT, LEAK, SEAL

# Logarithms of prior odds, in q16. That no leak is left has 1, as has a leak somewhere; a module has its
# share of that by volume and suspicion.
_LN_OCCAM = const(-111804)  # sqrt(2 pi)/ln 10^6
_LN_RARE = const(-452706)  # 1/1000: one sensor drifts, one seal fails, in the hour of a leak
_LN_SECOND = const(-301804)  # 1/100: one more module leaks, or a hatch did not do as it was told
_LARGE_DRIFT_UPA_S = const(100000)  # beyond, sensors drift less often by the fourth power


def module_shares_q16(station, values, left_out=0):
    """Return each module's share of all leaks: by volume, and by the parameter suspicion.

    Those of the set `left_out` leak as is known; that is nothing to be found.
    """
    sought = station.inside & ~left_out
    weights = [
        max(station.volume_ul[module] * values[numbers.PARAMETER_SUSPICION + module], 1)
        if sought >> module & 1
        else 0
        for module in range(station.count)
    ]
    total = max(sum(weights), 1)
    return [max((weight << 16) // total, 1) for weight in weights]


def rarity_q16(row):
    """Return the logarithm of the prior odds of an explanation, and of what its parameters cost.

    Where a module leaks, its share comes on top: the explanation stands for all that are like this one.
    """
    rarity_q16 = 0
    for k in range(len(row[1])):
        kind = row[1][k][0]
        rarity_q16 += _LN_OCCAM - ln_q16(max(row[2][k], 65536)) // 2
        if kind == DRIFT:
            excess = abs(row[3][k]) // _LARGE_DRIFT_UPA_S
            rarity_q16 -= 4 * ln_q16(max(excess, 1) << 16)
        if kind in (DRIFT, SEAL):
            rarity_q16 += _LN_RARE
        elif k or kind != LEAK:
            rarity_q16 += _LN_SECOND
    return rarity_q16
