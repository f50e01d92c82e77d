"""How to shut a leak off, what to open again, whether the rest is solid, and what has become of a repair."""

from micropython import const

from fsw.link import numbers
from fsw.station.crew import shut_in
from fsw.station.fixed import isqrt
from fsw.station.graph import members

OPEN_YET = const(0)
SOLID = const(1)
LEAKS = const(2)

UNSEEN = const(255)  # of a repair

_DISTRUST_PPM = const(500000)  # that a hatch leaks through, to give it up: that can be undone
_Z95 = const(1645)  # one-sided 95 % in 1/1000 standard deviations
_Z99 = const(2576)  # two-sided 99 %
_SURE = const(5000)  # for what is looked at every second, and may have a transient in it


def part_to_cut(station, leaking, unusable):
    """Return the smallest set of modules with those in `leaking` that can be cut off; 0 if there is none.

    What a hatch in `unusable` joins stays together: one that has failed, does not shut or leaks through. Its
    neighbour is given up with the module, so with each hatch that fails the part is the next larger one.
    """
    part = leaking
    while True:
        grown = part
        for hatch in members(station.cut(part) & unusable):
            grown |= station.pair(hatch)
        if grown & station.ambient or grown & station.inside == station.inside:
            return 0
        if grown == part:
            return part
        part = grown


def isolation(station, leaking, shut, unusable, override=0):
    """Return (part, hatches, crew): what is cut off, the hatches that do it, and whose crew forbids it.

    The hatches are all of the border of the part: no fewer do, and those inside it may stay as they are.
    `crew` is 0 when the cut may be made: nobody who has a way to the lifeboat loses it, inside the part or
    beyond it. The part is 0 if there is no cut.
    """
    part = part_to_cut(station, leaking, unusable)
    hatches = station.cut(part)
    crew = 0 if override else shut_in(station, shut | unusable, hatches | unusable)
    return part, hatches, crew


def leaks_through(station, part, hypothesis, cut_ppm):
    """Return whether an explanation blames a hatch of the cut, and that more likely than not.

    `hypothesis` and `cut_ppm` are as `Locator` has them. If a hatch leaks through, both modules at it have to
    be cut off: as likely as the less likely one of them.
    """
    kind, _, hatch, _, _, _ = hypothesis
    if kind != numbers.LEAK_MODULE_AND_HATCH or not station.cut(part) >> hatch & 1:
        return False
    sides = station.sides
    return min(cut_ppm[sides[2 * hatch]], cut_ppm[sides[2 * hatch + 1]]) >= _DISTRUST_PPM


def prove(evidence, rest, limit_npa_m3_s, ambient_pa):
    """Return (verdict, bound_npa_m3_s, leak_npa_m3_s, leak_sd_npa_m3_s) of a set of modules.

    Gas volumes are measured as they stand and added up, with sd = sqrt(sum sd_i^2): joined in one volume they
    would be told less well. SOLID when the upper bound (95 %) lies below the limit, LEAKS when the leak lies
    above it by five deviations. The bound is -1 where a gas volume has no sensor.
    """
    loss = evidence.loss(rest, ambient_pa)
    if loss is None:
        return OPEN_YET, -1, 0, 0
    leak, variance = loss
    sd = isqrt(variance)
    bound = max(leak, 0) + _Z95 * sd // 1000
    if bound < limit_npa_m3_s:
        return SOLID, bound, leak, sd
    return LEAKS if leak - _SURE * sd // 1000 > limit_npa_m3_s else OPEN_YET, bound, leak, sd


def repair(leak, sd, before, before_sd):
    """Return what has become of a leak: a value of `repair` in the dictionary, or UNSEEN.

    UNSEEN: nothing is seen, but neither would be what was before. Leaks and their standard deviations are in
    nPa m3/s, at one pressure difference.
    """
    change = leak - before
    is_seen = 1000 * leak > _Z95 * sd
    if 1000 * abs(change) <= _Z99 * isqrt(sd * sd + before_sd * before_sd):
        return numbers.REPAIR_SAME if is_seen else UNSEEN
    if not is_seen:
        return numbers.REPAIR_TIGHT
    return numbers.REPAIR_BETTER if change < 0 else numbers.REPAIR_WORSE
