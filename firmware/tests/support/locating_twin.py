"""A search among sixteen modules in a row, hatch by hatch: on the board and under CPython.

The same source runs on both, and both must print the same lines.
"""

from array import array

from fsw.link import numbers
from fsw.services.parameters import default_values
from fsw.station.graph import Station
from fsw.station.locating import UNDECIDED, Locator
from fsw.station.strategies import next_shut

MODULES = 16
LEAKING = 8
LEAK_NPA_M3_S = 2000000
START_PA = 109000
NOISE_MPA = 50
LOOK_S = 10  # between two looks at the evidence
LOOKS = 2  # in each state of the hatches


class Gas:
    """Falls where it leaks; a generator of integers makes the same noise everywhere."""

    def __init__(self, station):
        self._station = station
        self._fallen_q12_pa = [0] * MODULES
        self._seed = 1
        self.level_q12_pa = array("i", [0] * MODULES)
        self.pressure_pa = array("i", [0] * MODULES)

    def second(self, shut):
        group = self._station.groups(shut)
        joined = [module for module in range(MODULES) if group[module] == group[LEAKING]]
        volume_ul = sum([self._station.volume_ul[module] for module in joined])
        for module in joined:
            self._fallen_q12_pa[module] += LEAK_NPA_M3_S * 4096 // volume_ul
        for module in range(MODULES):
            self._seed = (self._seed * 1103515245 + 12345) & 0x7FFFFFFF
            noise_q12_pa = (self._seed >> 16 & 0x7FF) - 0x400
            self.level_q12_pa[module] = noise_q12_pa - self._fallen_q12_pa[module]
            self.pressure_pa[module] = START_PA + (self.level_q12_pa[module] >> 12)


def station():
    sides = [module for hatch in range(MODULES - 1) for module in (hatch, hatch + 1)]
    volume_ul = [500000, 700000, 900000, 600000] * 4
    return Station(bytes(sides), volume_ul, [v // 100 for v in volume_ul], bytes(MODULES), 1, 1, 0)


def lines(most_heap=None):
    """Yield what comes of each look; `most_heap()` is called after each step of it."""
    where = station()
    values = default_values()
    values[numbers.PARAMETER_STRATEGY] = 1
    gas = Gas(where)
    locator = Locator(where, values)
    known = bytearray([1] * MODULES)
    shut = 0
    while locator.outcome == UNDECIDED:
        locator.begin(shut)
        for _ in range(LOOKS):
            for _ in range(LOOK_S):
                gas.second(shut)
                locator.add(gas.level_q12_pa, known, gas.pressure_pa)
            for _ in locator.judging(NOISE_MPA, False):
                if most_heap:
                    most_heap()
            yield repr((shut, locator.outcome, locator.found, locator.doubt_ppm, locator.hypotheses))
            yield repr((list(locator.cut_ppm), locator.limit_npa_m3_s))
        shut = next_shut(where, values, locator.cut_ppm, shut, 0)[0]


class MostHeap:
    """The most heap that was in use, beyond what was at first."""

    def __init__(self):
        self._at_first = self._in_use()
        self.most = 0

    def __call__(self):
        self.most = max(self.most, self._in_use() - self._at_first)

    def _in_use(self):
        import gc

        gc.collect()
        return gc.mem_alloc()
