"""What comes next once a leak is found: shut it off, join what is healthy, prove that tight, check a repair.

The functions decide for the `station.response.Response` that they get, and act through it alone.
"""

from micropython import const

from fsw.link import numbers
from fsw.station import isolating
from fsw.station.fixed import isqrt
from fsw.station.graph import members
from fsw.station.locating import FOUND
from fsw.station.reports import NOBODY

_RATED_PA = const(8000)  # over the outside, at which leaks are compared
_LEAST_PA = const(500)  # below, a leak can't be compared


def judge(response, positions):
    """Decide by the evidence that was weighed just now."""
    if response.purpose == numbers.PURPOSE_ISOLATE:
        _judge_cut(response, positions)
    elif response.purpose == numbers.PURPOSE_REOPEN:
        _judge_rest(response, positions)
    else:
        _judge_repair(response)


def is_told_by_slopes(response):
    """Return whether no explanation is needed: a repair and a rest that is tight are told by their slopes."""
    if response.purpose == numbers.PURPOSE_REOPEN:
        return _prove(response)[0] != isolating.LEAKS
    return response.purpose == numbers.PURPOSE_VERIFY


def tell_found(response):
    """Tell the most probable explanation."""
    locator = response.locator
    kind, first, second, _, leak_npa_m3_s, _ = locator.hypotheses[0]
    response.tell(numbers.EVENT_LEAK_FOUND, ">BBBIi", kind, first, second, locator.doubt_ppm, leak_npa_m3_s)


def shut_off(response, positions):
    """Shut off what a search has found, and keep how much it leaks."""
    kind, first, second, _, leak_npa_m3_s, sd_npa_m3_s = response.hypotheses[0]
    if kind == numbers.LEAK_MODULE_AND_HATCH:
        response.lose(second, numbers.CUT_LEAKS_THROUGH)
    response.rated_npa_m3_s = _rated(response, first, leak_npa_m3_s)
    response.rated_sd_npa_m3_s = _rated(response, first, sd_npa_m3_s)
    _cut_off(response, response.locator.found, numbers.BECAUSE_FOUND, positions)


def _rated(response, module, leak_npa_m3_s):
    """Return what a leak would be at 8 kPa over the outside, for one that grows with the difference."""
    outside_pa = response.values[numbers.PARAMETER_AMBIENT_PA]
    difference_pa = abs(response.locator.now.pressure_pa[module] - outside_pa)
    return leak_npa_m3_s * _RATED_PA // max(difference_pa, _LEAST_PA)


# --- the cut -----------------------------------------------------------------------------------------------


def _cut_off(response, leaking, reason, positions):
    part, hatches, crew = isolating.isolation(
        response.station,
        leaking,
        response.shut,
        response.failed,
        response.values[numbers.PARAMETER_CREW_OVERRIDE],
    )
    if not part:
        response.block(numbers.BLOCKED_HATCHES, NOBODY)
    elif crew:
        response.block(numbers.BLOCKED_CREW, next(members(crew)))
    else:
        response.part = part
        was = response.shut
        response.propose(numbers.PURPOSE_ISOLATE, was | hatches, reason, positions)
        if response.shut == was and response.phase == numbers.PHASE_MEASURE:  # it was measured just like this
            _hold(response, positions)


def _judge_cut(response, positions):
    """See by the pressures whether the hatches of the cut hold."""
    if _cut_more(response, positions):
        return
    if response.locator.outcome == FOUND and response.locator.found:
        _hold(response, positions)
    elif response.seconds >= response.values[numbers.PARAMETER_MEASURE_MOST_S]:
        response.give_up()


def _cut_more(response, positions):
    """Cut more off if a hatch of the cut leaks through, or more leaks; return whether that is so."""
    locator = response.locator
    if locator.outcome != FOUND:
        return False
    part = response.part
    leaks_through = isolating.leaks_through(response.station, part, locator.hypotheses[0], locator.cut_ppm)
    if not leaks_through and not locator.found & ~part:
        return False
    tell_found(response)
    if leaks_through:
        response.lose(locator.hypotheses[0][2], numbers.CUT_LEAKS_THROUGH)
    _cut_off(response, part | locator.found, numbers.BECAUSE_NEXT_CUT, positions)
    return True


def _hold(response, positions):
    """Nothing speaks against the cut: say so, and join what is healthy."""
    station = response.station
    part = response.part
    response.tell(numbers.EVENT_LEAK_ISOLATED, ">HH", part, station.cut(part))
    response.guarded |= part
    response.changed = True
    response.is_last = True
    opened = isolating.to_reopen(station, part, response.shut & ~response.before, response.failed)
    response.propose(numbers.PURPOSE_REOPEN, response.shut & ~opened, numbers.BECAUSE_REST_HEALTHY, positions)


# --- the proof ---------------------------------------------------------------------------------------------


def _judge_rest(response, positions):
    """Tell whether the rest is solid; where it leaks, the hatches of the cut are suspected."""
    values = response.values
    if response.seconds < values[numbers.PARAMETER_MEASURE_S]:
        return
    verdict, bound, _, _ = _prove(response)
    if verdict == isolating.LEAKS and _cut_more(response, positions):
        return
    solid = verdict == isolating.SOLID
    if solid or response.seconds >= values[numbers.PARAMETER_PROVE_S]:
        rest = response.station.inside & ~response.part
        response.tell(numbers.EVENT_REST_MEASURED, ">BHi", solid, rest, bound)
        response.end(numbers.PHASE_DONE)


def _prove(response):
    values = response.values
    return isolating.prove(
        response.locator.now,
        response.station,
        response.part,
        values[numbers.PARAMETER_PROVE_NPA_M3_S],
        values[numbers.PARAMETER_AMBIENT_PA],
    )


def _judge_repair(response):
    """Compare the leak with what it was, at one pressure."""
    values = response.values
    loss = response.locator.now.loss(response.part, values[numbers.PARAMETER_AMBIENT_PA])
    time_up = response.seconds >= values[numbers.PARAMETER_MEASURE_MOST_S]
    if loss is None:
        if time_up:
            response.give_up()
        return
    module = next(members(response.part))
    before = response.rated_npa_m3_s
    leak = _rated(response, module, loss[0])
    sd = _rated(response, module, isqrt(loss[1]))
    repair = isolating.repair(leak, sd, before, response.rated_sd_npa_m3_s)
    enough_s = values[numbers.PARAMETER_MEASURE_S]
    if time_up or (response.seconds >= enough_s and repair != numbers.REPAIR_SAME):
        response.tell(numbers.EVENT_REPAIR_VERIFIED, ">Bii", repair, before, leak)
        response.end(numbers.PHASE_DONE)
