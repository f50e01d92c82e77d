"""How much a module would leak at 8 kPa over the outside, which makes leaks of different times comparable.

A leak that grows with the difference is taken for granted. Leaks are in nPa m3/s.
"""

from micropython import const

from fsw.link import numbers
from fsw.station.fixed import isqrt
from fsw.station.graph import members

LEAST_PA = const(500)  # over the outside; below, a leak can't be compared

_RATED_PA = const(8000)
_EMPTIED = const(4)  # a module that has lost so much of its excess is rated by what it lost before
_LARGEST = const(0x7FFFFFFF)


def at_8_kpa(leak_npa_m3_s, excess_pa):
    """Return what a leak would be at 8 kPa over the outside."""
    return min(leak_npa_m3_s * _RATED_PA // max(abs(excess_pa), LEAST_PA), _LARGEST)


def rate_found(response):
    """Keep how much what a search has found leaks: `response` is the `station.response.Response`."""
    locator = response.locator
    kind, first, second, _, leak, sd = locator.hypotheses[0]
    ambient_pa = response.values[numbers.PARAMETER_AMBIENT_PA]
    now = locator.now
    loaded = now
    for state in [locator.first] + locator.states:
        if abs(state.excess_pa(first, ambient_pa)) > abs(loaded.excess_pa(first, ambient_pa)):
            loaded = state
    if abs(loaded.excess_pa(first, ambient_pa)) > _EMPTIED * abs(now.excess_pa(first, ambient_pa)):
        _rate_volume(response, loaded, first)
    else:
        _keep(response, first, leak, sd, now.excess_pa(first, ambient_pa))
    if kind == numbers.LEAK_TWO_MODULES:
        if now.volume(first) >> second & 1:  # nobody can tell them apart: both are the first one's
            _rate_volume(response, now, first)
            response.rated_npa_m3_s[second] = response.rated_sd_npa_m3_s[second] = 0
        else:
            _rate_volume(response, now, second)


def rated(response, part):
    """Return the leak of a set of modules when they were found, and its standard deviation."""
    leak = variance = 0
    for module in members(part):
        leak += response.rated_npa_m3_s[module]
        variance += response.rated_sd_npa_m3_s[module] ** 2
    return leak, isqrt(variance)


def _rate_volume(response, state, module):
    """Take the loss of a gas volume for that of one module."""
    ambient_pa = response.values[numbers.PARAMETER_AMBIENT_PA]
    loss = state.loss(state.volume(module), ambient_pa)
    if loss:
        _keep(response, module, loss[0], isqrt(loss[1]), state.excess_pa(module, ambient_pa))


def _keep(response, module, leak, sd, excess_pa):
    response.rated_npa_m3_s[module] = at_8_kpa(max(leak, 0), excess_pa)
    response.rated_sd_npa_m3_s[module] = at_8_kpa(sd, excess_pa)
