"""How fast the pressure of each module changes, and how far that may be off, from one mean per second.

Least squares of the reduced pressure x = p * 293.15 K / T over time. What a slope may be off has three parts:

* white noise, from the scatter about the line, not less than the noise the caller knows of;
* flicker noise, which the scatter hides. Of noise with the Allan deviation b, means of 1 s scatter about
  their line over N s with (0.66 ln N - 0.17) b^2, half the mean square of their steps is b^2, and the slope
  has the standard deviation 2.55 b/N (simulated, 1/f noise, N = 10..480, to 5 %). So scatter beyond that of
  the steps tells b;
* a floor for what no scatter shows: drift of the sensor, and heat.

All sensors of a bench are of one type, so their share of flicker noise is the median of all; a sensor whose
own share is larger by more than chance makes it counts with that.
"""

from array import array

from micropython import const

from fsw.station.fixed import isqrt, ln_q16

LEAST_S = const(10)  # means from which a slope is taken
LEAST_SD_UPA_S = const(64)  # so that weights of 2^42/sd^2 stay below 2^30

# Sums of one module; times in s, levels in 1/4096 Pa from the first one.
_N = const(0)
_T = const(1)
_TT = const(2)
_Y = const(3)
_TY = const(4)
_YY = const(5)
_STEPS = const(6)  # between two seconds that follow each other, and the sum of their squares
_STEPS2 = const(7)
_FIRST = const(8)
_LAST = const(9)
_LAST_T = const(10)
_PRESSURES = const(11)
_SUMS = const(12)


class Slopes:
    """Takes a mean per module and second; `fit()` makes slopes of them.

    Afterwards `slope_upa_s` and `sd_upa_s` (0: no slope) belong together, `level_q12_pa` is the mean level
    and `pressure_pa` the mean pressure.
    """

    def __init__(self, count):
        self.seconds = 0
        self.slope_upa_s = array("i", [0] * count)
        self.sd_upa_s = array("i", [0] * count)
        self.level_q12_pa = array("i", [0] * count)
        self.pressure_pa = array("i", [0] * count)
        self._sums = [[0] * _SUMS for _ in range(count)]

    def add(self, level_q12_pa, valid, pressure_pa):
        """Take the means of one more second: reduced pressure from a reference that stays, and pressure."""
        time = self.seconds
        self.seconds = time + 1
        for module in range(len(self._sums)):
            if valid[module]:
                self._add(self._sums[module], time, level_q12_pa[module], pressure_pa[module])

    def _add(self, sums, time, level_q12_pa, pressure_pa):
        if not sums[_N]:
            sums[_FIRST] = level_q12_pa
        y = level_q12_pa - sums[_FIRST]
        if sums[_N] and sums[_LAST_T] == time - 1:
            step = y - sums[_LAST]
            sums[_STEPS] += 1
            sums[_STEPS2] += step * step
        sums[_LAST] = y
        sums[_LAST_T] = time
        sums[_N] += 1
        sums[_T] += time
        sums[_TT] += time * time
        sums[_Y] += y
        sums[_TY] += time * y
        sums[_YY] += y * y
        sums[_PRESSURES] += pressure_pa

    def fit(self, noise_mpa, floor_upa_s):
        """Bring the slopes up to date.

        `noise_mpa` is the least standard deviation of a mean of 1 s, `floor_upa_s` that of a slope whose
        noise is none.
        """
        least_q24 = (noise_mpa << 12) ** 2 // 1000000
        lines = [self._line(module, least_q24) for module in range(len(self._sums))]
        shares = sorted([line[2] for line in lines if line])
        usual_q10 = shares[len(shares) // 2] if shares else 0
        factor_n = factor_q10 = 0
        for module in range(len(lines)):
            line = lines[module]
            self.sd_upa_s[module] = 0
            if line:
                if line[0] != factor_n:  # one logarithm serves all that have missed nothing
                    factor_n = line[0]
                    factor_q10 = (43 * ln_q16(factor_n << 16) >> 12) - 174  # 0.66 ln N - 0.17
                variance = _variance_upa2_s2(line, usual_q10, factor_q10) + floor_upa_s * floor_upa_s
                self.sd_upa_s[module] = max(isqrt(variance), LEAST_SD_UPA_S)

    def _line(self, module, least_q24):
        """Fit one module; return n, the scatter, the share of flicker noise in it, the spread of times."""
        sums = self._sums[module]
        n = sums[_N]
        if n < LEAST_S:
            return None
        self.level_q12_pa[module] = sums[_FIRST] + sums[_Y] // n
        self.pressure_pa[module] = sums[_PRESSURES] // n
        spread = n * sums[_TT] - sums[_T] ** 2
        rise = n * sums[_TY] - sums[_T] * sums[_Y]
        self.slope_upa_s[module] = rise * 15625 // (spread * 64)  # 10^6/4096
        scatter_q24 = (n * sums[_YY] - sums[_Y] ** 2 - rise * rise // spread) // (n * (n - 2))
        believed_q24 = max(scatter_q24, least_q24, 1)
        share_q10 = 0
        if sums[_STEPS]:
            steps_q24 = (sums[_STEPS2] // sums[_STEPS] - (rise // spread) ** 2) // 2
            share_q10 = ((scatter_q24 - steps_q24) << 10) // believed_q24
        return n, believed_q24, share_q10, spread


def _variance_upa2_s2(line, usual_q10, factor_q10):
    """Return the variance of a slope by noise alone; flicker noise scatters `factor` times its b^2."""
    n, scatter_q24, own_q10, spread = line
    by_chance_q10 = 1536 // isqrt(n)  # one and a half standard deviations of a share
    share_q10 = max(usual_q10, own_q10 - by_chance_q10, 0)
    flicker_q24 = scatter_q24 * share_q10 // (factor_q10 - 1024)
    white_q24 = max(scatter_q24 - (flicker_q24 * factor_q10 >> 10), 0)
    white = white_q24 * n * 1000000000000 // spread
    flicker = flicker_q24 * 6500000000000 // (n * n)  # 2.55^2
    return ((white + flicker) * (n + 8) // (n - 2)) >> 24  # few means tell badly how they scatter
