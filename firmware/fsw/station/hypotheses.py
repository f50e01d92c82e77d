"""What could make the pressures change as they do, and how well each explanation fits.

Each is a parameter that isn't known times a pattern of slopes: one part alone, or two parts added up. Slopes
are Gaussian about the sum; the parts and their parameters are

    LEAK   a loss of gas from one module: every sensor of its gas volume V sees -Q/V;         Q in nPa m3/s
    DRIFT  one sensor drifts: it alone sees that, whatever the hatches do;                    in uPa/s
    SEAL   a shut hatch leaks through by the difference in pressure, so its sides converge
           while V1 p1 + V2 p2 stays;                        the flow at 8 kPa of difference, in nPa m3/s
    OPEN   LEAK, and a hatch that is told to be shut isn't: its sides fall as one volume;     Q
    FED    LEAK, and a shut hatch feeds the module from its neighbour, at balance: the module
           stays at its lower pressure and the neighbour falls;                               Q

A leak and a hatch that is neither shut nor open make two slopes: LEAK and SEAL. Patterns are in q16.
"""

from micropython import const

from fsw.station.fixed import isqrt
from fsw.station.graph import OUTSIDE, members

LEAK = const(0)
DRIFT = const(1)
SEAL = const(2)
OPEN = const(3)
FED = const(4)

_EXCESS_PA = const(1000)  # over the outside; below, how a leak scales with it is not known well
_MOST_RATIO_Q10 = const(4096)
_SEEN_Q16 = const(4 * 65536)  # z^2 from which a part may be the second of two
_HEARD_Q16 = const(65536)  # z^2 below which only a leak is an explanation at all
_PAIR_Q16 = const(30 * 65536)  # z^2 below the best at which two parts together can't be the best
_MOST_SEAL_NPA_M3_S = const(300000000)  # at 8 kPa; a hatch that passes more makes one gas volume: OPEN
_NEAR_Q16 = const(40 * 65536)  # z^2 below the best one at which an explanation is out of the question
_FED_PA = const(30)  # of difference; a hatch that moves makes 10 Pa by what it displaces


class Patterns:
    """The patterns that parts make over all states of the hatches, the last of which is now.

    A part is (kind, module or hatch, hatch). A pattern is empty where it makes no slope, (module,) for a
    drift, else two gas volumes with the slope that one unit of the parameter makes in each.

    Modules that no state has parted make the same patterns by their leaks, so the first of them stands for
    all: a station of sixteen has few such sets until the last hatches are shut.
    """

    def __init__(self, station, states, ambient_pa):
        self.states = states
        self._chi2_q16 = sum([state.chi2_q16 for state in states])
        self._slopes = sum([state.rows for state in states])
        self._station = station
        self._ambient_pa = ambient_pa
        self._first_alike = _first_alike(station, states)

    def stands_for(self, module):
        """Return the modules that no state has parted from this one, if it is their first; else none."""
        if not self._station.inside >> module & 1:
            return ()
        return [other for other in range(self._station.count) if self._first_alike[other] == module]

    def misfit_q10(self, z2_q16):
        """Return chi^2 per slope that is left when z^2 is explained.

        Four more slopes that are as they should be keep a few from deciding this.
        """
        left_q10 = max(self._chi2_q16 - z2_q16, 0) >> 6
        return (left_q10 + 4 * 1024) // (max(self._slopes - 2, 0) + 4)

    def spread_q10(self, z2_q16):
        """Return by how much chi^2 per slope is then larger than it should be, at least 1."""
        return max(self.misfit_q10(z2_q16), 1024)

    def fit(self, part):
        """Return <pattern, pattern> and <pattern, slopes> of one part."""
        information = moment = 0
        for state in self.states:
            pattern = self._pattern(state, part)
            if pattern:
                information += _product(state, pattern, pattern)
                moment += _moment(state, pattern)
        return information, moment

    def product(self, first, second):
        """Return <pattern, pattern> of two parts."""
        total = 0
        for state in self.states:
            one = self._pattern(state, first)
            other = self._pattern(state, second)
            if one and other:
                total += _product(state, one, other)
        return total

    def fed_pa(self, module, hatch):
        """Return by how much a module is nearer to the outside than the other side of a shut hatch, in Pa."""
        now = self.states[-1]
        difference_pa = now.difference_q12_pa(self._station, hatch, self.states) >> 12
        if self._station.sides[2 * hatch] == module:
            difference_pa = -difference_pa
        return difference_pa if self._excess_pa(now, module) >= 0 else -difference_pa

    def _excess_pa(self, state, module):
        return state.excess_pa(module, self._ambient_pa)

    def _pattern(self, state, part):
        kind, place, hatch = part
        if kind == DRIFT:
            return () if state.group[place] == OUTSIDE else (place,)
        sides = self._station.sides
        if kind == SEAL:
            hatch = place
        first = state.group[sides[2 * hatch]]
        second = state.group[sides[2 * hatch + 1]]
        parts = state.shut >> hatch & 1 and first != second and OUTSIDE not in (first, second)
        if kind == SEAL:
            return self._seal(state, hatch, first, second) if parts else ()
        group = state.group[place]
        if group == OUTSIDE:
            return ()
        unit = -(self._ratio_q10(state, place) * 64000000)  # 10^6 in q16, without the volume
        if parts and group in (first, second):
            if kind == OPEN:
                slope = unit // (state.volume_ul[first] + state.volume_ul[second])
                return first, slope, second, slope
            if kind == FED:
                group = second if group == first else first
        return group, unit // state.volume_ul[group], group, 0

    def _seal(self, state, hatch, first, second):
        difference = state.difference_q12_pa(self._station, hatch, self.states)
        unit = difference * 2000  # 10^6 in q16 over 8000 Pa in q12
        return first, -unit // state.volume_ul[first], second, unit // state.volume_ul[second]

    def _ratio_q10(self, state, module):
        """Return how a leak in `state` compares with now: it goes with the excess over the outside."""
        now_pa = self._excess_pa(self.states[-1], module)
        excess_pa = self._excess_pa(state, module)
        if abs(now_pa) < _EXCESS_PA:
            return 1024 if excess_pa >= 0 else -1024
        return max(-_MOST_RATIO_Q10, min(1024 * excess_pa // abs(now_pa), _MOST_RATIO_Q10))


def _first_alike(station, states):
    """Return for each module the lowest one that was in its gas volume in all states."""
    columns = []
    for module in range(station.count):
        column = [state.group[module] for state in states]
        column.append(station.inside >> module & 1)
        columns.append(bytes(column))
    return bytes([columns.index(column) for column in columns])


def _moment(state, pattern):
    if len(pattern) == 1:
        module = pattern[0]
        group = state.group[module]
        weight = state.weight[module]
        if not weight:
            return 0
        common = state.moment[group] * ((1 << 30) - state.shrink_q30[group]) // state.weights[group]
        return weight * ((state.slope_upa_s[module] << 30) - common) >> 14
    total = 0
    for k in (0, 2):
        group = pattern[k]
        if pattern[k + 1]:
            total += pattern[k + 1] * state.moment[group] * state.shrink_q30[group] >> 30
    return total


def _product(state, one, other):
    if len(one) < len(other):
        one, other = other, one
    if len(other) > 1:
        total = 0
        for k in (0, 2):
            if one[k + 1]:
                group = one[k]
                information_q16 = state.weights[group] * state.shrink_q30[group] >> 14
                total += one[k + 1] * _at(other, group) * information_q16 >> 16
        return total
    module = other[0]
    group = state.group[module]
    weight = state.weight[module]
    if not weight:
        return 0
    if len(one) > 1:
        return (_at(one, group) * weight * state.shrink_q30[group]) >> 14
    if state.group[one[0]] != group:
        return 0
    common = state.weight[one[0]] * weight * ((1 << 30) - state.shrink_q30[group]) // state.weights[group]
    own = weight << 30 if one[0] == module else 0
    return (own - common) << 2


def _at(pattern, group):
    return (pattern[1] if pattern[0] == group else 0) + (pattern[3] if pattern[2] == group else 0)


class Explanations:
    """Keeps what is not out of the question: all there may be would not fit the heap for sixteen modules.

    `rows` are (z2_q16, parts, z2_q16 of each part, parameters, information on the first one: see `sd`). The
    module of a LEAK or OPEN stands for all that `Patterns` can't tell from it.
    """

    def __init__(self, patterns):
        self.rows = []
        self.best_q16 = 0
        self._patterns = patterns
        self._least_q16 = 0

    def add(self, row):
        """Take an explanation; those that it leaves far behind are dropped."""
        if row[0] > self.best_q16:
            self.best_q16 = best_q16 = row[0]
            self._least_q16 = best_q16 - (_NEAR_Q16 * self._patterns.spread_q10(best_q16) >> 10)
            self.rows = [known for known in self.rows if known[0] >= self._least_q16]
        if row[0] >= self._least_q16:
            self.rows.append(row)


def explain(station, patterns, found):
    """Add explanations to `found`, an `Explanations`.

    z^2 is what an explanation takes off chi^2. Losses are not negative; where the best is, z^2 is 0. This is
    a generator: it yields now and then, so that a caller can do other things meanwhile.
    """
    singles = []  # parts that can be seen, and may be one of two
    for _ in _try_parts(station, patterns, found, singles):
        yield
    least_q16 = found.best_q16 - _PAIR_Q16
    for i in range(len(singles)):
        one = singles[i]
        if one[0][0] == LEAK:
            for k in range(i + 1, len(singles)):
                other = singles[k]
                if one[3] + other[3] >= least_q16:
                    _pair(patterns, one, other, found)
                    yield


def sd(information):
    """Return the standard deviation of a parameter; 0 where nothing is known of it."""
    return isqrt((1 << 74) // information) if information > 0 else 0


def _try_parts(station, patterns, found, singles):
    """Add each part that explains something alone to `found`, leaks first, and what may be one of two to
    `singles`: (part, <pattern, pattern>, <pattern, slopes>, z^2_q16).
    """
    seen = 0  # modules whose leak would explain something
    for module in range(station.count):
        alike = patterns.stands_for(module)
        if alike and _try(patterns, (LEAK, module, 0), found, singles):
            for other in alike:
                seen |= 1 << other
        yield
    for module in members(station.inside):
        _try(patterns, (DRIFT, module, 0), found, singles)
        yield
    for hatch in range(station.hatches):
        for part in _of_hatch(station, patterns, hatch, seen):
            _try(patterns, part, found, singles)
            yield


def _of_hatch(station, patterns, hatch, seen):
    """Yield what a shut hatch may do, alone and with a leak; `seen` are modules whose gas volume lost gas."""
    first = station.sides[2 * hatch]
    second = station.sides[2 * hatch + 1]
    between = [state for state in patterns.states if state.group[first] != state.group[second]]
    if not between:
        return
    yield SEAL, hatch, 0
    if between[-1] is patterns.states[-1]:
        for module, other in ((first, second), (second, first)):
            if seen >> other & 1 and patterns.fed_pa(module, hatch) >= _FED_PA:
                yield FED, module, hatch
    if seen >> first & seen >> second & 1:
        for module in range(station.count):
            if seen >> module & 1 and patterns.stands_for(module):
                for state in between:
                    if state.group[module] in (state.group[first], state.group[second]):
                        yield OPEN, module, hatch
                        break


def _try(patterns, part, found, singles):
    """Add a part; return whether it explains more than chance might."""
    information, moment = patterns.fit(part)
    z2_q16 = 0
    if information > 0 and (moment > 0 or part[0] == DRIFT):
        z2_q16 = moment * moment // information >> 26
        if part[0] == SEAL and (moment << 16) // information > _MOST_SEAL_NPA_M3_S:
            z2_q16 = 0
    if part[0] == LEAK or z2_q16 >= _HEARD_Q16:
        parameter = (moment << 16) // information if z2_q16 else 0
        found.add((z2_q16, (part,), (z2_q16,), (parameter,), information))
    if z2_q16 < _SEEN_Q16:
        return False
    if part[0] <= SEAL:
        singles.append((part, information, moment, z2_q16))
    return True


def _pair(patterns, one, other, found):
    """Add two parts together, if both make sense and each explains what the other one does not.

    Else a part that can't be seen would ride on one that can, and doubt would never end.
    """
    part1, information1, moment1, alone1_q16 = one
    part2, information2, moment2, alone2_q16 = other
    cross = patterns.product(part1, part2)
    both = information1 * information2
    determinant = both - cross * cross
    if determinant * 64 < both:
        return
    share1 = moment1 * information2 - moment2 * cross
    share2 = moment2 * information1 - moment1 * cross
    parameter1 = (share1 << 16) // determinant
    parameter2 = (share2 << 16) // determinant
    if share1 <= 0 or (share2 <= 0 and part2[0] != DRIFT):
        return
    if part2[0] == SEAL and parameter2 > _MOST_SEAL_NPA_M3_S:
        return
    z2_q16 = (moment1 * share1 + moment2 * share2) // determinant >> 26
    if z2_q16 < max(alone1_q16, alone2_q16) + _SEEN_Q16:
        return
    z2_each = (
        share1 * share1 // determinant * information1 // determinant >> 26,
        share2 * share2 // determinant // information1 >> 26,
    )
    alone = determinant // information2
    found.add((z2_q16, (part1, part2), z2_each, (parameter1, parameter2), alone))
