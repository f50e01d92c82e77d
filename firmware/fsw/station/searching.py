"""What comes next while a leak is sought: a longer look, other hatches, or the end of the search.

The functions decide for the `station.response.Response` that they get, and act through it alone.
"""

from micropython import const

from fsw.link import numbers
from fsw.station.crew import shut_in
from fsw.station.graph import members
from fsw.station.locating import FOUND, INCONCLUSIVE, NONE
from fsw.station.reports import NOBODY
from fsw.station.strategies import next_shut

_LOOK_S = const(10)  # measured before the first closure
_ALL_PPM = const(1000000)
_LEAK_OR_DRIFT = (numbers.LEAK_MODULE, numbers.LEAK_SENSOR_DRIFTS)


def judge(response, positions):
    """Decide by the evidence that was weighed just now."""
    locator = response.locator
    if locator.outcome == FOUND:  # a sensor drifts, or a hatch leaks through: no gas is lost
        response.tell_found()
        _put_back(response, positions)
    elif locator.outcome == NONE:
        response.tell(numbers.EVENT_NO_LEAK, ">i", locator.limit_npa_m3_s)
        _put_back(response, positions)
    elif locator.outcome == INCONCLUSIVE:
        response.give_up()
    elif locator.seconds >= _enough_s(response):
        if response.is_last:
            _open_suspect(response, positions)
        else:
            _close_more(response, positions)


def _enough_s(response):
    """Return how long a state is measured before one more hatch is shut."""
    if response.reason in (numbers.BECAUSE_ALARM, numbers.BECAUSE_COMMAND, numbers.BECAUSE_CONTINUED):
        return _LOOK_S
    values = response.values
    return min(values[numbers.PARAMETER_MEASURE_S], values[numbers.PARAMETER_MEASURE_MOST_S])


def _close_more(response, positions):
    shut, reason, crew = next_shut(
        response.station, response.values, response.locator.cut_ppm, response.shut, response.failed
    )
    if shut != response.shut:
        response.propose(numbers.PURPOSE_LOCATE, shut, reason, positions)
    elif crew:
        response.block(numbers.BLOCKED_CREW, next(members(crew)))
    else:
        response.is_last = True


def _open_suspect(response, positions):
    """Open the module alone whose sensor may drift as well: beside others that shows. No marked one is."""
    module = _leaks_or_drifts(response)
    if module == NOBODY:
        return
    station = response.station
    cut = station.cut(1 << module)
    openable = cut & ~response.failed & ~station.hatches_to(response.guarded | station.ambient)
    if openable and cut & response.shut == cut:
        response.joined = openable
        response.propose(
            numbers.PURPOSE_LOCATE, response.shut & ~openable, numbers.BECAUSE_LEAK_OR_DRIFT, positions
        )


def _leaks_or_drifts(response):
    """Return the module of which it is sure that it leaks or its sensor drifts, and no more; else NOBODY."""
    rows = response.hypotheses
    if len(rows) < 2 or rows[0][1] != rows[1][1]:
        return NOBODY
    if rows[0][0] not in _LEAK_OR_DRIFT or rows[1][0] not in _LEAK_OR_DRIFT:
        return NOBODY
    least_ppm = _ALL_PPM - response.values[numbers.PARAMETER_DOUBT_PPM]
    return rows[0][1] if rows[0][3] + rows[1][3] >= least_ppm else NOBODY


def _put_back(response, positions):
    """End the search without a cut: open what it has shut, and shut again what it has opened for a look."""
    response.is_last = True
    opened = response.station.joining(response.shut & ~(response.before | response.failed), 0)
    shut = response.shut & ~opened | _to_shut_again(response)
    if shut == response.shut:
        response.end(numbers.PHASE_DONE)
    else:
        response.propose(numbers.PURPOSE_REOPEN, shut, numbers.BECAUSE_NONE_FOUND, positions)


def _to_shut_again(response):
    """Return the hatches that were shut before and opened for a look, if that shuts nobody in."""
    again = response.joined & response.before & ~response.failed
    now = response.shut | response.failed
    return 0 if shut_in(response.station, now, now | again) else again
