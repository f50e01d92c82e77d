"""When did a leak begin, how fast does the pressure change, how much leaks: least squares after the alarm.

The residuals against the baseline get a kink: nothing before the onset, a straight line after it. For every
second as the onset, and every eighth of one around the best, the slope by least squares explains part of
their squares; the onset that explains most is the best one. All within 3.84 squares of the noise's deviation
of that are the 95 % interval (profile likelihood, one parameter), and so are all slopes that lie within it
with any onset. That the baseline is itself uncertain, in level and slope, is fitted along: it counts as if it
were the readings it was learned from.
"""

from micropython import const

from fsw.station.fixed import isqrt

_CHI2_Q8 = const(983)  # 95 % of chi-square with one degree of freedom: 3.841
_PARTS = const(8)  # of a second
_WHILE_LEARNING = const(2)  # so much more a slope scatters while temperatures are learned, too


class Kink:
    """What a fit found: ages in s before the newest residual's second, slopes in 1e-6 Pa/s.

    `age_s`, `age_low_s`, `age_high_s`: of the onset and its 95 % interval, the youngest first; `slope_upa_s`,
    `slope_low_upa_s`, `slope_high_upa_s`: what the leak adds to the slope of the baseline, with its sign.
    """

    def __init__(self, residuals_q12_pa, deviation_q12_pa, learned_s):
        """Fit means of 1 s, newest first (None: missing), whose noise has a deviation of `deviation_q12_pa`.

        `learned_s` is in how many seconds before them the baseline was learned. ValueError: fewer than two
        residuals.
        """
        baseline = _Baseline(residuals_q12_pa, learned_s)
        variance = max(deviation_q12_pa, 1) ** 2
        found = [_kink(sums, 0, baseline, variance) for sums in _sums(residuals_q12_pa)]
        best = found.index(max(found))
        for sums in _sums(residuals_q12_pa[: best + 2]):
            if sums[0] >= best:
                found += [_kink(sums, part, baseline, variance) for part in range(1 - _PARTS, 0)]
        gain_q8, onset_q3, slope_q12, _ = max(found)
        low, high = slope_q12, slope_q12
        young, old = onset_q3, onset_q3
        for other_q8, other_q3, other_q12, weight_q16 in found:
            left_q8 = _CHI2_Q8 - gain_q8 + other_q8
            if left_q8 >= 0:
                half = isqrt((left_q8 * variance << 8) // weight_q16) + 1
                low = min(low, other_q12 - half)
                high = max(high, other_q12 + half)
                young = min(young, other_q3)
                old = max(old, other_q3)
        self.age_s = (onset_q3 + _PARTS // 2) // _PARTS
        self.age_low_s = (young - 1) // _PARTS
        self.age_high_s = old // _PARTS + 1
        self.slope_upa_s = _upa(slope_q12)
        self.slope_low_upa_s = _upa(low)
        self.slope_high_upa_s = _upa(high)


class Steady:
    """A leak that was there when the baseline began to be learned: since when nobody knows.

    The attributes are those of `Kink`; the slope is that of the baseline, and the onset lies anywhere between
    the start of the board and that of the baseline.
    """

    def __init__(self, slope_upa_s, deviation_q12_pa, learned_s, since_s, now_s):
        """`deviation_q12_pa` is that of means of 1 s; learned in `learned_s`, from `since_s` ago on."""
        half = 2 * _WHILE_LEARNING * _upa(deviation_q12_pa) // isqrt(max(learned_s**3 // 12, 1))
        self.age_s = self.age_low_s = since_s
        self.age_high_s = now_s
        self.slope_upa_s = slope_upa_s
        self.slope_low_upa_s = slope_upa_s - half
        self.slope_high_upa_s = slope_upa_s + half


class _Baseline:
    """Sums of 1 and of the age, and with the residuals, over these and what the baseline was learned from."""

    def __init__(self, residuals_q12_pa, learned_s):
        first = len(residuals_q12_pa)
        last = first + learned_s
        self.n = self.a = self.aa = self.y = self.ay = 0
        for _, self.n, self.a, self.aa, self.y, self.ay in _sums(residuals_q12_pa):
            pass
        self.n += learned_s
        self.a += learned_s * (first + last - 1) // 2
        self.aa += _squares(last) - _squares(first)
        self.determinant = self.n * self.aa - self.a * self.a
        if self.determinant <= 0:
            raise ValueError(first)

    def project(self, f, af, y, ay):
        """Return what two series have in common within level and slope, by their sums with both."""
        return (self.aa * f * y - self.a * (f * ay + af * y) + self.n * af * ay) // self.determinant


def _sums(residuals_q12_pa):
    """Yield for each age the sums up to it: of 1, ages, their squares, residuals, and these times ages."""
    n = a = aa = y = ay = 0
    for age in range(len(residuals_q12_pa)):
        residual_q12_pa = residuals_q12_pa[age]
        if residual_q12_pa is not None:
            n += 1
            a += age
            aa += age * age
            y += residual_q12_pa
            ay += age * residual_q12_pa
        yield age, n, a, aa, y, ay


def _kink(sums, part, baseline, variance):
    """Fit the slope for an onset `part` eighths of a second from that 1 s older than the last age of `sums`.

    Return how many squares of the deviation it explains in q8, the onset in eighths of a second, the slope in
    q12 Pa/s, and the weight of a slope: the sum of squares of the kink's shape that level and slope of the
    baseline can't take, in q16 s^2.
    """
    age, n, a, aa, y, ay = sums
    onset_q3 = _PARTS * (age + 1) + part
    f = onset_q3 * n - _PARTS * a  # sums of f = onset - age
    af = onset_q3 * a - _PARTS * aa
    ff = onset_q3 * f - _PARTS * af
    weight_q16 = (ff << 10) - baseline.project(f << 10, af << 10, f, af)
    cross_q15 = onset_q3 * y - _PARTS * ay - baseline.project(f, af, baseline.y, baseline.ay)
    if weight_q16 <= 0:
        return 0, onset_q3, 0, 1
    gain_q8 = (cross_q15 * cross_q15 << 18) // (weight_q16 * variance)
    return gain_q8, onset_q3, (cross_q15 << 13) // weight_q16, weight_q16


def _squares(end):
    return (end - 1) * end * (2 * end - 1) // 6


def _upa(slope_q12):
    return slope_q12 * 15625 >> 6


def leak_npa_m3_s(slope_upa_s, volume_ul):
    """Return the leak in 1e-9 Pa m3/s at 293.15 K: what leaves is positive."""
    return -slope_upa_s * volume_ul // 1000000


def leak_interval_npa_m3_s(kink, volume_ul, volume_uncertainty_ul):
    """Return the 95 % interval of the leak: of the slope, and of the volume (standard uncertainty) in one."""
    leak = leak_npa_m3_s(kink.slope_upa_s, volume_ul)
    by_volume = 2 * abs(leak) * volume_uncertainty_ul // volume_ul
    below = leak - leak_npa_m3_s(kink.slope_high_upa_s, volume_ul)
    above = leak_npa_m3_s(kink.slope_low_upa_s, volume_ul) - leak
    return (
        leak - isqrt(below * below + by_volume * by_volume),
        leak + isqrt(above * above + by_volume * by_volume),
    )
