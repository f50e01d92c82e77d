"""Which hatches to shut next while a leak is sought.

Strategy 0 shuts all at once: with a sensor in every module that is fastest. Strategy 1 goes from the suspect
outwards as the crews of the ISS do: first make sure that it is not the lifeboat, if that shuts nobody out;
then the hatch between the owners; then always the hatch that divides the probability best. One more closure
per step; hatches that were shut stay shut.

In a cycle no single hatch divides anything: one more of the cycle is then shut in the same step.
"""

from micropython import const

from fsw.link import numbers
from fsw.station.crew import shut_in
from fsw.station.graph import members

_USEFUL_SHARE = const(16)  # a closure is useful when both sides have this part of the doubt at least


def next_shut(station, values, cut_ppm, shut, unusable):
    """Return (hatches that are to be shut, reason, crew).

    `cut_ppm` is the probability of each module to be the one; `shut` are the hatches that are shut,
    `unusable` those that have failed or whose position is unknown: taken for open to gas and for no way out.
    The result contains `shut` and is equal to it when no useful closure is left; if that is only because crew
    would be shut in, `crew` is the set of modules whose crew must move, else 0.
    """
    step = _Step(station, values, cut_ppm, shut, unusable)
    if values[numbers.PARAMETER_STRATEGY]:
        return step.outwards()
    return step.all_at_once()


class _Step:
    def __init__(self, station, values, cut_ppm, shut, unusable):
        self._station = station
        self._cut_ppm = cut_ppm
        self._shut = shut
        self._unusable = unusable
        self._override = values[numbers.PARAMETER_CREW_OVERRIDE]
        self._least_ppm = max(values[numbers.PARAMETER_DOUBT_PPM] // _USEFUL_SHARE, 1)

    def all_at_once(self):
        target = self._shut
        crew = 0
        for hatch in self._open(target):
            bit = 1 << hatch
            kept_in = self._shut_in(target | bit)
            if not kept_in:
                target |= bit
            elif self._smaller_ppm(target, hatch) >= self._least_ppm:
                crew |= kept_in
        return target, numbers.BECAUSE_ALL_AT_ONCE, crew if target == self._shut else 0

    def outwards(self):
        target = self._own_ship()
        if target:
            return target, numbers.BECAUSE_OWN_SHIP, 0
        station = self._station
        borders = 0  # between owners
        for hatch in range(station.hatches):
            if station.owner[station.sides[2 * hatch]] != station.owner[station.sides[2 * hatch + 1]]:
                borders |= 1 << hatch
        if not borders & self._shut:
            target, _ = self._halve(borders)
            if target != self._shut:
                return target, numbers.BECAUSE_OWNERS, 0
        target, crew = self._halve(-1)
        return target, numbers.BECAUSE_HALVES, crew

    def _own_ship(self):
        """Return the hatches to be shut so that one lifeboat is alone; 0 if none should or may be."""
        station = self._station
        for module in members(station.lifeboat & station.inside):
            hatches = station.cut(1 << module) & ~self._shut
            rest = station.reach(1 << module, self._shut) & ~(1 << module)
            if (
                not hatches & self._unusable
                and self._cut_ppm[module] >= self._least_ppm
                and self._ppm(rest) >= self._least_ppm
                and not self._shut_in(self._shut | hatches)
            ):
                return self._shut | hatches
        return 0

    def _halve(self, hatches):
        """Shut the one of `hatches` that divides best; also return the crew that forbids a useful one."""
        target = self._shut
        while True:
            best = best_ppm = crew = in_cycle = 0
            for hatch in self._open(target):
                bit = 1 << hatch
                if not bit & hatches:
                    continue
                smaller_ppm = self._smaller_ppm(target, hatch)
                if smaller_ppm < 0:
                    in_cycle = in_cycle or bit
                elif smaller_ppm >= max(self._least_ppm, best_ppm + 1):
                    kept_in = self._shut_in(target | bit)
                    if kept_in:
                        crew = crew or kept_in
                    else:
                        best, best_ppm = bit, smaller_ppm
            if best:
                return target | best, 0
            if not in_cycle:
                return self._shut, crew
            target |= in_cycle

    def _open(self, target):
        return members(((1 << self._station.hatches) - 1) & ~(target | self._unusable))

    def _shut_in(self, target):
        if self._override:
            return 0
        return shut_in(self._station, self._shut | self._unusable, target | self._unusable)

    def _smaller_ppm(self, target, hatch):
        """Return the probability of the less probable side of a hatch; -1 if it is part of a cycle."""
        station = self._station
        first = 1 << station.sides[2 * hatch]
        volume = station.reach(first, target)
        side = station.reach(first, target | 1 << hatch)
        if side >> station.sides[2 * hatch + 1] & 1:
            return -1
        return min(self._ppm(side), self._ppm(volume & ~side))

    def _ppm(self, part):
        return sum([self._cut_ppm[module] for module in members(part & self._station.inside)])
