"""Explanations in the terms of the event leak_found, what each asks to be cut off, and how sure that is."""

from micropython import const

from fsw.link import numbers
from fsw.station.graph import members
from fsw.station.hypotheses import DRIFT, LEAK, OPEN, SEAL, sd

_ALL_PPM = const(1000000)
_ONE_Q16 = const(65536)
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


def report(station, row, place, second):
    """Return an explanation in the terms of the event: (kind, first, second).

    `place` is the module or hatch of its first part, `second` that of the second one.
    """
    if row is None:
        return numbers.LEAK_NONE, NOBODY, NOBODY
    kind, _, hatch = row[1][0]
    if kind == DRIFT:
        return numbers.LEAK_SENSOR_DRIFTS, place, NOBODY
    if kind == SEAL:
        return numbers.LEAK_HATCH, place, NOBODY
    if kind != LEAK:
        return numbers.LEAK_MODULE_AND_HATCH, place, hatch
    if len(row[1]) > 1:
        kind = row[1][1][0]
        if kind == LEAK:
            return numbers.LEAK_TWO_MODULES, place, second
        if kind == SEAL and station.pair(second) >> place & 1:
            return numbers.LEAK_MODULE_AND_HATCH, place, second
    return numbers.LEAK_MODULE, place, NOBODY


def leak(row):
    """Return leak_npa_m3_s and its standard deviation."""
    if row is None or row[1][0][0] == DRIFT:
        return 0, 0
    return row[3][0], sd(row[4])


class Sums:
    """Adds up what is reported alike, and what asks for the same cut.

    `best` and `next_best` are (weight, explanation, place of its first part).
    """

    def __init__(self, patterns, station, shares_q16):
        """`shares_q16` is the part of all leaks that is each module's, before anything is measured."""
        self._patterns = patterns
        self._station = station
        self._shares_q16 = shares_q16
        self._total = 0
        self._cut = [0] * station.count
        self._keys = []  # of what is reported, in small integers: there may be a hundred
        self._weights = []
        self._rows = []
        self.best = self.next_best = (0, None, NOBODY)

    def add(self, weight, row):
        """Take an explanation, None if nothing leaks; each that it stands for has a share of the weight."""
        if row is None:
            self._add(weight * _ONE_Q16, row, NOBODY, NOBODY)
            return
        parts = row[1]
        for first in self._places(parts[0]):
            share = weight * self._share_q16(parts[0], first)
            if len(parts) == 1:
                self._add(share, row, first, NOBODY)
            else:
                for second in self._places(parts[1]):
                    self._add(share * self._share_q16(parts[1], second) >> 16, row, first, second)

    def _places(self, part):
        kind, place, _ = part
        return self._patterns.stands_for(place) if kind in (LEAK, OPEN) else (place,)

    def _share_q16(self, part, place):
        return _ONE_Q16 if part[0] in (DRIFT, SEAL) else self._shares_q16[place]

    def _add(self, weight, row, first, second):
        self._total += weight
        key = report(self._station, row, first, second)
        for module in members(to_cut(self._station, *key)):
            self._cut[module] += weight
        self._gather(key[0] << 16 | key[1] << 8 | key[2], weight, row)
        if weight > self.best[0]:
            self.next_best = self.best
            self.best = (weight, row, first)
        elif weight > self.next_best[0]:
            self.next_best = (weight, row, first)

    def _gather(self, key, weight, row):
        if key in self._keys:
            self._weights[self._keys.index(key)] += weight
        else:
            self._keys.append(key)
            self._weights.append(weight)
            self._rows.append(row)

    def cut_ppm(self, module):
        """Return how probable it is that a module has to be cut off."""
        return self._cut[module] * _ALL_PPM // self._total

    def most_probable(self, most):
        """Return the most probable reports, of equal ones the first: see `Locator.hypotheses`."""
        weights = list(self._weights)
        reports = []
        while len(reports) < min(most, len(weights)):
            k = weights.index(max(weights))
            key = self._keys[k]
            ppm = weights[k] * _ALL_PPM // self._total
            reports.append((key >> 16, key >> 8 & 0xFF, key & 0xFF, ppm) + leak(self._rows[k]))
            weights[k] = -1
        return reports
