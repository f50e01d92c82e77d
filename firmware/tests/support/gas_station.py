"""A small station of gas for pure logic: leaks, hatches that equalise at once, noisy means of one second.

Independent of the emulator's plant. Gas is at 293.15 K throughout, so the reduced pressure is the pressure.
Leaks are laminar, in proportion to the difference to the outside.
"""

import random
from array import array

from fsw.link import numbers as n
from fsw.services.parameters import default_values
from fsw.station.graph import Station
from fsw.station.response import Response

OUTSIDE_PA = 101325.0
RATED_PA = 8000.0
TRAVEL_S = 1


def station(sides, volumes_ml, *, occupied=0, lifeboat=0, owners=None):
    count = len(volumes_ml)
    return Station(
        bytes(sides),
        [1000 * volume for volume in volumes_ml],
        [10 * volume for volume in volumes_ml],
        bytes(owners or [0] * count),
        occupied,
        lifeboat,
        0,
    )


def station6(*, occupied=0b000100, lifeboat=0b000100):
    """Progress, PrK, Zvezda, Zarya, Unity, Destiny in a row."""
    sides = [0, 1, 1, 2, 2, 3, 3, 4, 4, 5]
    return station(
        sides,
        [500, 500, 1000, 800, 700, 1000],
        occupied=occupied,
        lifeboat=lifeboat,
        owners=[0, 0, 0, 1, 1, 1],
    )


class GasStation:
    """Truth of a station in steps of one second, and what its sensors and servos tell of it."""

    def __init__(self, of, leaks_pa_m3_s=None, *, seed=1, noise_pa=0.25, gauge_pa=8000.0):
        self.station = of
        self.volumes_m3 = [volume * 1e-9 for volume in of.volume_ul]
        self.pressures_pa = [OUTSIDE_PA + gauge_pa] * of.count
        self.leaks_pa_m3_s = dict(leaks_pa_m3_s or {})
        self.seals_pa_m3_s = [1e-5] * of.hatches  # at 8 kPa
        self.drifts_pa_s = {}  # of sensors
        self.stuck = {}  # hatch: position in which it really is, whatever it is told
        self.failing = set()  # hatches whose moves are told to have failed
        self.positions = bytearray([n.POSITION_OPEN] * of.hatches)
        self.really = [n.POSITION_OPEN] * of.hatches
        self.values = default_values()
        self.values[n.PARAMETER_RESPONSE_MODE] = n.RESPONSE_ACTIVE
        self.noise_pa = noise_pa
        self.time_s = 0
        self.told = []
        self._random = random.Random(seed)
        self._moving = {}

    def order(self, hatch, position):
        self._moving[hatch] = (position, TRAVEL_S)
        self.positions[hatch] = n.POSITION_QUEUED

    def tell(self, number, layout, *fields):
        self.told.append((number, fields))

    def events(self, number):
        return [fields for known, fields in self.told if known == number]

    def step(self, response):
        """Let a second pass, and let the response know."""
        self._move()
        self._flow()
        self.time_s += 1
        if response.is_active:
            response.second(self.positions, *self.means())
        while response.is_thinking:
            response.work(self.positions)

    def run(self, response, limit_s=3000):
        """Step until the response has come to an end, or asks; return how long that took."""
        began_s = self.time_s
        while response.is_active and response.phase != n.PHASE_ASK:
            assert self.time_s - began_s < limit_s, "it does not end"
            self.step(response)
        return self.time_s - began_s

    def means(self):
        """Level in 1/4096 Pa, whether it is known, and pressure in Pa, of every module."""
        shown = [pressure + self._random.gauss(0.0, self.noise_pa) for pressure in self.pressures_pa]
        for module, drift_pa_s in self.drifts_pa_s.items():
            shown[module] += drift_pa_s * self.time_s
        levels = array("i", [round(4096 * pressure) for pressure in shown])
        return levels, bytearray([1] * len(shown)), array("i", [int(pressure) for pressure in shown])

    def leak_now_pa_m3_s(self, module):
        return self.leaks_pa_m3_s.get(module, 0.0) * (self.pressures_pa[module] - OUTSIDE_PA) / RATED_PA

    def _move(self):
        for hatch, (position, left_s) in list(self._moving.items()):
            if left_s:
                self._moving[hatch] = (position, left_s - 1)
                self.positions[hatch] = n.POSITION_MOVING
                continue
            del self._moving[hatch]
            self.positions[hatch] = n.POSITION_FAILED if hatch in self.failing else position
            self.really[hatch] = self.stuck.get(hatch, position)

    def _flow(self):
        amounts = [p * v for p, v in zip(self.pressures_pa, self.volumes_m3, strict=True)]
        for module in range(self.station.count):
            amounts[module] -= self.leak_now_pa_m3_s(module)
        for hatch, seal in enumerate(self.seals_pa_m3_s):
            if self.really[hatch] == n.POSITION_SHUT:
                first, second = self.station.sides[2 * hatch : 2 * hatch + 2]
                flow = seal * (self.pressures_pa[first] - self.pressures_pa[second]) / RATED_PA
                amounts[first] -= flow
                amounts[second] += flow
        open_to = {module: {module} for module in range(self.station.count)}
        for hatch in range(self.station.hatches):
            if self.really[hatch] != n.POSITION_SHUT:
                first, second = self.station.sides[2 * hatch : 2 * hatch + 2]
                joined = open_to[first] | open_to[second]
                for module in joined:
                    open_to[module] = joined
        for module, group in open_to.items():
            total = sum(amounts[other] for other in group)
            self.pressures_pa[module] = total / sum(self.volumes_m3[other] for other in group)


def started(bench, reason=n.BECAUSE_ALARM):
    """A response that has begun to search on a `GasStation`."""
    response = Response(bench.station, bench.values, bench.order, bench.tell)
    response.locate(reason, bench.positions)
    return response
