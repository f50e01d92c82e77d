"""What the slopes of one state of the hatches say, gas volume by gas volume.

Gas volumes are numbered, and what belongs to them takes as much heap as there are of them: a search that
shuts hatch by hatch remembers many states of few gas volumes.

What the sensors of one gas volume have in common is less well known than each of them (volumes, shape of the
decay, seals within their specification), so their errors have a common part of variance c. With the weights
w = 1/sd^2, W their sum and r = 1/(1 + c W), the inverse of that covariance matrix gives

    <1, 1> = W r    <1, e_j> = w_j r    <e_j, e_k> = w_j d_jk - w_j w_k (1 - r)/W

(Sherman-Morrison), which is all that is needed. Weights are in 2^42 s2/uPa2.
"""

from array import array

from micropython import const

from fsw.station.graph import OUTSIDE, members

_SEAL_NPA_M3_S = const(10000)  # what a sound hatch may let through at 8 kPa
_SHAPE_Q10 = const(10)  # 1 % for the shape of a decay, beside the volume
_DIFFERENCE_PA = const(300)  # that two sensors may show at one pressure


class Evidence:
    """What the slopes of one state of the hatches say."""

    def __init__(self, station, shut, slopes, left_out=0):
        """Take the slopes of a `Slopes` that was fitted, with the hatches of the set `shut` shut.

        Modules of `left_out` count with their pressures alone, unless their gas is that of others too. Their
        slopes in `slopes` are forgotten.
        """
        count = station.count
        self.shut = shut
        self.seconds = slopes.seconds
        self.group = group = _numbered(station.groups(shut))  # gas volume of each module, or OUTSIDE
        self.slope_upa_s = slopes.slope_upa_s
        self.level_q12_pa = slopes.level_q12_pa
        self.pressure_pa = slopes.pressure_pa
        self.weight = array("i", [0] * count)
        others = {group[module] for module in members(station.inside & ~left_out)}
        self.left_out = left_out & sum([1 << m for m in range(count) if group[m] not in others])
        volumes = len(set(group) - {OUTSIDE})
        self.volume_ul = [0] * volumes
        self.weights = array("q", self.volume_ul)  # sum
        self.moment = array("q", self.volume_ul)  # sum of weight x slope: 2^63 is 500 Pa/s known to 64 uPa/s
        self.shrink_q30 = array("i", [1 << 30] * volumes)  # r
        self.group_pa = [0] * volumes  # pressure, by one of its sensors
        self.chi2_q16 = 0
        self.rows = 0
        for module in range(count):
            if group[module] != OUTSIDE:
                self._gather(station, module, slopes.sd_upa_s[module])
        self._share_errors(station, self._common(station))

    def _gather(self, station, module, sd_upa_s):
        group = self.group[module]
        self.volume_ul[group] += station.volume_ul[module]
        if sd_upa_s:
            weight = (1 << 42) // (sd_upa_s * sd_upa_s) or 1  # what empties fast scatters by 2 Pa/s and more
            if self.left_out >> module & 1:
                weight = 1  # so that its pressure is known
                self.slope_upa_s[module] = 0
            slope = self.slope_upa_s[module]
            self.weight[module] = weight
            self.weights[group] += weight
            self.moment[group] += weight * slope
            self.group_pa[group] = self.pressure_pa[module]
            self.chi2_q16 += weight * slope * slope >> 26
            self.rows += 1 - (self.left_out >> module & 1)

    def _common(self, station):
        """Return the variance that seals within their specification add to each gas volume."""
        common = [0] * len(self.volume_ul)
        for hatch in range(station.hatches):
            if self.shut >> hatch & 1:
                self._add_seal(station, hatch, common)
        return common

    def _share_errors(self, station, common):
        spread_ul = [0] * len(self.volume_ul)
        for module in range(station.count):
            if self.group[module] != OUTSIDE:
                spread_ul[self.group[module]] += station.volume_sd_ul[module]
        for group in range(len(self.volume_ul)):
            weights = self.weights[group]
            if weights:
                mean = self.moment[group] // weights
                share_q10 = _SHAPE_Q10 + (spread_ul[group] << 10) // self.volume_ul[group]
                total = common[group] + (mean * share_q10 >> 10) ** 2
                self.shrink_q30[group] = (1 << 72) // ((1 << 42) + total * weights)
                self.chi2_q16 -= self.moment[group] * mean * ((1 << 30) - self.shrink_q30[group]) >> 56

    def _add_seal(self, station, hatch, common):
        """Add the variance of what a sound hatch may let through."""
        difference_pa = self.difference_q12_pa(station, hatch, ()) >> 12
        for side in (0, 1):
            group = self.group[station.sides[2 * hatch + side]]
            if group != OUTSIDE:
                flow = _SEAL_NPA_M3_S * difference_pa // 8000
                common[group] += (flow * 1000000 // self.volume_ul[group]) ** 2

    def difference_q12_pa(self, station, hatch, others):
        """Return by how much the first side of a hatch is above the second, in 1/4096 Pa; 0 if unknown.

        Levels tell it well where one of the states in `others` had both sides in one gas volume, as that
        calibrates the two sensors; else pressures do when they differ by more than sensors may.
        """
        first = station.sides[2 * hatch]
        second = station.sides[2 * hatch + 1]
        if not (self.weight[first] and self.weight[second]):
            return 0
        for other in others:
            if other.weight[first] and other.weight[second] and other.group[first] == other.group[second]:
                return (self.level_q12_pa[first] - other.level_q12_pa[first]) - (
                    self.level_q12_pa[second] - other.level_q12_pa[second]
                )
        difference_pa = self.pressure_pa[first] - self.pressure_pa[second]
        return difference_pa << 12 if abs(difference_pa) >= _DIFFERENCE_PA else 0

    def has_sensor(self, module):
        """Return whether a sensor tells of the gas volume of a module."""
        group = self.group[module]
        return group != OUTSIDE and self.weights[group] != 0

    def excess_pa(self, module, ambient_pa):
        """Return by how much the gas volume of a module is over the outside; 0 if no sensor tells."""
        return self.group_pa[self.group[module]] - ambient_pa if self.has_sensor(module) else 0

    def volume(self, module):
        """Return the set of modules that share a gas volume with one that is not open to the outside."""
        group = self.group[module]
        return sum([1 << other for other in range(len(self.group)) if self.group[other] == group])

    def loss(self, part, ambient_pa):
        """Return the leak of a set of modules in nPa m3/s and its variance, added up over its gas volumes.

        None where one of these has no sensor, or reaches beyond the set.
        """
        volumes = self._filled_by(part)
        if volumes is None:
            return None
        leak = variance = 0
        for group in members(volumes):
            if not self.weights[group]:
                return None
            volume = self.volume_ul[group]
            slope = self.moment[group] // self.weights[group]
            leak += slope * volume // (-1000000 if self.group_pa[group] >= ambient_pa else 1000000)
            information = (self.weights[group] * self.shrink_q30[group] >> 30) + 1
            variance += (volume * volume << 42) // (information * 1000000000000)
        return leak, variance

    def _filled_by(self, part):
        """Return the set of gas volumes that a set of modules fills; None if one reaches beyond it."""
        filled = others = 0
        for module in range(len(self.group)):
            if self.group[module] != OUTSIDE:
                bit = 1 << self.group[module]
                if part >> module & 1:
                    filled |= bit
                else:
                    others |= bit
        return None if filled & others else filled


def _numbered(groups):
    """Return gas volumes, which are named after their lowest modules, by number."""
    names = [module for module in range(len(groups)) if groups[module] == module]
    return bytes([OUTSIDE if name == OUTSIDE else names.index(name) for name in groups])
