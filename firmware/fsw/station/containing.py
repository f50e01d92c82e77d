"""What comes next once a leak is found: shut it off, join what is healthy, prove that tight, check a repair.

The functions decide for the `station.response.Response` that they get, and act through it alone.
"""

from micropython import const

from fsw.link import numbers
from fsw.station import isolating
from fsw.station.fixed import isqrt
from fsw.station.graph import members
from fsw.station.locating import FOUND
from fsw.station.rating import LEAST_PA, at_8_kpa, rate_found, rated
from fsw.station.reports import NOBODY

_UNDECIDED = (numbers.REPAIR_SAME, isolating.UNSEEN)  # while there is time
_LARGEST = const(0x7FFFFFFF)
_SUSPECT_PPM = const(50000)  # probability to have to be cut off at which a module is not joined again


def judge(response, positions):
    """Decide by the evidence that was weighed just now."""
    if response.purpose == numbers.PURPOSE_LOCATE:
        _shut_off(response, positions)
    elif response.purpose == numbers.PURPOSE_ISOLATE:
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


def _shut_off(response, positions):
    """Shut off what a search has found, and keep how much it leaks."""
    response.tell_found()
    kind, _, second, _, _, _ = response.hypotheses[0]
    if kind == numbers.LEAK_MODULE_AND_HATCH:
        response.lose(second, numbers.CUT_LEAKS_THROUGH)
    rate_found(response)
    _cut_off(response, response.locator.found, numbers.BECAUSE_FOUND, positions)


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
        response.is_last = True
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
    response.tell_found()
    if locator.found & ~part:
        rate_found(response)
    if leaks_through:
        response.lose(locator.hypotheses[0][2], numbers.CUT_LEAKS_THROUGH)
    _cut_off(response, part | locator.found, numbers.BECAUSE_NEXT_CUT, positions)
    return True


def _hold(response, positions):
    """Nothing speaks against the cut: say so, and join what is healthy beyond suspicion."""
    station = response.station
    part = response.part
    response.tell(numbers.EVENT_LEAK_ISOLATED, ">HH", part, station.cut(part))
    response.guarded |= part
    response.changed = True
    suspects = part
    for module in members(station.inside):
        if response.locator.cut_ppm[module] >= _SUSPECT_PPM:
            suspects |= 1 << module
    opened = station.joining(response.shut & ~(response.before | response.failed), suspects)
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
    if not solid and response.seconds < values[numbers.PARAMETER_PROVE_S]:
        return
    rest = _rest(response)
    if bound < 0:
        response.give_up(numbers.DECIDES_SENSOR, _without_sensor(response, rest))
    else:
        response.tell(numbers.EVENT_REST_MEASURED, ">BHi", solid, rest, bound)
        response.end(numbers.PHASE_DONE)


def _rest(response):
    """Return the modules that are to be proved tight: what is shut off, now or before, is not of them."""
    return response.station.inside & ~(response.part | response.locator.left_out)


def _without_sensor(response, part):
    """Return the first module of a set of whose gas no sensor tells, or NOBODY."""
    for module in members(part):
        if not response.locator.now.has_sensor(module):
            return module
    return NOBODY


def _prove(response):
    values = response.values
    return isolating.prove(
        response.locator.now,
        _rest(response),
        values[numbers.PARAMETER_PROVE_NPA_M3_S],
        values[numbers.PARAMETER_AMBIENT_PA],
    )


def _judge_repair(response):
    """Compare the leak with what it was, at one pressure."""
    values = response.values
    now = response.locator.now
    ambient_pa = values[numbers.PARAMETER_AMBIENT_PA]
    loss = now.loss(response.part, ambient_pa)
    time_up = response.seconds >= values[numbers.PARAMETER_MEASURE_MOST_S]
    if loss is None:
        if time_up:
            response.give_up(numbers.DECIDES_SENSOR, _without_sensor(response, response.part))
        return
    module = next(members(response.part))
    excess_pa = now.excess_pa(module, ambient_pa)
    if abs(excess_pa) < LEAST_PA:
        response.give_up(numbers.DECIDES_PRESSURE, module)
        return
    before, before_sd = rated(response, response.part)
    leak = at_8_kpa(loss[0], excess_pa)
    repair = isolating.repair(leak, at_8_kpa(isqrt(loss[1]), excess_pa), before, before_sd)
    enough_s = values[numbers.PARAMETER_MEASURE_S]
    if time_up and repair == isolating.UNSEEN:
        response.give_up(numbers.DECIDES_LONGER)
    elif time_up or (response.seconds >= enough_s and repair not in _UNDECIDED):
        response.tell(numbers.EVENT_REPAIR_VERIFIED, ">Bii", repair, min(before, _LARGEST), leak)
        response.end(numbers.PHASE_DONE)
