"""The watch on a station whose hatches move."""

from array import array
from random import Random
from types import SimpleNamespace

from gas_station import station6
from gas_volumes import WHITE_K, WHITE_PA

from fsw.link import numbers as n
from fsw.services.parameters import default_values
from fsw.station.detection import Detector
from fsw.station.leak_watch import LeakWatch

HATCH = 3  # Zarya-Unity


class Watched:
    """Six modules with made-up sensors; `seconds` lets time pass as the response does."""

    def __init__(self, shut):
        self.pressure_pa = [105_000.0] * 6
        self.positions = bytearray([n.POSITION_OPEN] * 5 + [n.POSITION_SHUT])  # the last is an injector's
        self.positions[HATCH] = n.POSITION_SHUT if shut else n.POSITION_OPEN
        values = default_values()
        values[n.PARAMETER_SETTLE_S] = 5
        self._sensors = SimpleNamespace(
            pressure_q8_pa=array("i", [0] * 6),
            temperature_q16_c=array("i", [0] * 6),
            state=bytearray(6),
            health=bytearray(6),
        )
        self.watch = LeakWatch(station6(), self._sensors, values)
        self.watch.watch(Detector, self.positions)
        self._random = Random(1)

    def turns(self, turns):
        for _ in range(turns):
            for i, pressure_pa in enumerate(self.pressure_pa):
                self._sensors.pressure_q8_pa[i] = round(256 * self._random.gauss(pressure_pa, WHITE_PA))
                self._sensors.temperature_q16_c[i] = round(65536 * self._random.gauss(22, WHITE_K))
            if self.watch.turn():
                self.watch.second()

    @property
    def states(self):
        return [self.watch.detector.state(volume) for volume in range(self.watch.detector.volumes)]


def test_a_hatch_that_opens_within_a_second_is_neither_a_leak_nor_a_drift():
    """Gas rushes through before the second is over, and not all sensors see it alike."""
    bench = Watched(shut=True)
    bench.turns(2400)
    assert bench.states == [n.GAS_WATCHED] * 2
    bench.turns(3)
    bench.positions[HATCH] = n.POSITION_MOVING
    bench.pressure_pa[3] -= 60.0
    bench.turns(6)
    assert bench.watch.detector.alarm == -1
    assert bench.watch.detector.drifting == 0
    bench.pressure_pa = [104_970.0] * 6
    bench.positions[HATCH] = n.POSITION_OPEN
    bench.turns(900)
    assert bench.states == [n.GAS_WATCHED]
    assert bench.watch.detector.alarm == -1


def test_without_a_move_the_same_fall_does_count():
    bench = Watched(shut=True)
    bench.turns(2403)
    bench.pressure_pa[3] -= 60.0
    bench.turns(6)
    assert bench.watch.detector.drifting == 1 << 3


def test_an_injector_that_opens_is_a_leak_at_once():
    bench = Watched(shut=False)
    bench.turns(2400)
    volumes = list(bench.watch.volumes)
    bench.turns(3)
    bench.positions[5] = n.POSITION_MOVING
    bench.pressure_pa = [pressure_pa - 20.0 for pressure_pa in bench.pressure_pa]
    bench.turns(3)
    assert bench.watch.detector.alarm == 0
    assert bench.watch.volumes == volumes
