"""Explanations in the terms of the event leak_found, and what each asks to be cut off."""

from micropython import const

from fsw.link import numbers
from fsw.station.hypotheses import DRIFT, LEAK, SEAL

NOBODY = const(255)  # where there is no module or hatch to name


def to_cut(station, kind, first, second):
    """Return the set of modules that an explanation, as it is reported, asks to be cut off."""
    if kind == numbers.LEAK_MODULE:
        return 1 << first
    if kind == numbers.LEAK_TWO_MODULES:
        return 1 << first | 1 << second
    if kind == numbers.LEAK_MODULE_AND_HATCH:
        pair = station.pair(second)
        return (pair if pair >> first & 1 else 1 << first) & station.inside
    return 0


def report(station, row):
    """Return an explanation in the terms of the event: (kind, first, second)."""
    if row is None:
        return numbers.LEAK_NONE, NOBODY, NOBODY
    kind, place, hatch = row[1][0]
    if kind == DRIFT:
        return numbers.LEAK_SENSOR_DRIFTS, place, NOBODY
    if kind == SEAL:
        return numbers.LEAK_HATCH, place, NOBODY
    if kind != LEAK:
        return numbers.LEAK_MODULE_AND_HATCH, place, hatch
    if len(row[1]) > 1:
        kind, second, _ = row[1][1]
        if kind == LEAK:
            return numbers.LEAK_TWO_MODULES, place, second
        if kind == SEAL and station.pair(second) >> place & 1:
            return numbers.LEAK_MODULE_AND_HATCH, place, second
    return numbers.LEAK_MODULE, place, NOBODY


def leak(row):
    """Return leak_npa_m3_s and its standard deviation."""
    if row is None or row[1][0][0] == DRIFT:
        return 0, 0
    return row[3][0], row[4]
