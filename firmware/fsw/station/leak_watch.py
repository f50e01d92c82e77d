"""Watches the gas volumes that the hatches make, while nobody moves them; pure logic.

The detector takes 15 kB of heap. It is here while the station is watched, and gone while a leak is sought.

When a hatch has moved the volumes are others: the watch learns them anew, after `settle_s`. From the turn in
which it is told to move nothing counts, for the pressures may jump before the second is over. A hatch that is
neither open nor shut for sure counts as open: the volumes it might join are watched as one, with fewer
chances but no false alarm.
"""

# There is a detector where volumes are learned.
# pyright: reportOptionalMemberAccess=false

from array import array

import micropython

from fsw.link import numbers
from fsw.station.amounts import Amounts
from fsw.station.graph import OUTSIDE, members
from fsw.station.history import History

NO_VOLUME = 255
_UNKNOWN = -1


class LeakWatch:
    """Call `turn` after each sweep and `second` when it has returned True.

    `mean_q12_pa`, `known` and `pressure_pa` are those of the last second: what `Locator.add` takes.
    """

    def __init__(self, station, sensors, values):
        """`sensors` is a `SensorBank`, or has its `pressure_q8_pa`, `temperature_q16_c`, `state` and
        `health`.
        """
        count = station.count
        self.station = station
        self.amounts = Amounts(count)
        self.history = History(count)
        self.detector = None
        self.mean_q12_pa = self.amounts.mean_q12_pa
        self.known = bytearray(count)
        self.pressure_pa = array("i", [0] * count)
        self.past_q12_pa = array("i", [0] * count)  # of `look_back`
        self.shut = _UNKNOWN  # hatches, of the volumes that are watched
        self.volumes = []  # the modules of each, a set
        self._sensors = sensors
        self._values = values
        self._positions = self._seen = bytearray()

    def watch(self, detector_class, positions):
        """Begin to watch, with the class `station.detection.Detector`; `positions` stay up to date."""
        self._positions = memoryview(positions)[: self.station.hatches]  # injectors come after them
        self._seen = bytearray(self._positions)
        self.detector = detector_class(self.station.volume_ul, self._values, self.history)
        self.shut = _UNKNOWN

    def rest(self):
        """Watch no more."""
        self.detector = None
        self.volumes = []

    @micropython.native
    def turn(self):
        """Take a sweep; return whether it has ended a second. Steady: allocates nothing."""
        sensors = self._sensors
        amounts = self.amounts
        second = amounts.take(
            sensors.pressure_q8_pa, sensors.temperature_q16_c, sensors.state, sensors.health
        )
        detector = self.detector
        if detector is not None and self._positions == self._seen:
            detector.take(amounts, second)
        elif second:
            self.history.put(amounts.mean_q12_pa)
        return second

    def second(self):
        """See whether the hatches are as they were; return whether not. Steady while they are."""
        positions = self._positions
        if positions == self._seen:
            if self.shut != _UNKNOWN:
                return False
        else:
            self._seen[:] = positions
        shut = 0
        rests = True
        for hatch in range(self.station.hatches):
            position = positions[hatch]
            if position == numbers.POSITION_SHUT:
                shut |= 1 << hatch
            elif position == numbers.POSITION_MOVING or position == numbers.POSITION_QUEUED:
                rests = False
        if rests and shut == self.shut:
            return False
        self._regroup(shut)
        if not rests:
            self.shut = _UNKNOWN
        return True

    def _regroup(self, shut):
        """Watch the volumes that the hatches make when those in `shut` are shut; learn them first."""
        station = self.station
        named = station.groups(shut)
        group_of = bytearray([NO_VOLUME] * station.count)
        self.volumes = []
        for module in range(station.count):
            if named[module] == module and named[module] != OUTSIDE:
                part = station.reach(1 << module, shut)
                for other in members(part):
                    group_of[other] = len(self.volumes)
                self.volumes.append(part)
        self.shut = shut
        self.detector.regroup(group_of, len(self.volumes))

    def gather(self):
        """Bring `known` and `pressure_pa` up to date with the last second."""
        for module in range(self.station.count):
            self.known[module] = self.mean_q12_pa[module] != 0
            self.pressure_pa[module] = self._sensors.pressure_q8_pa[module] >> 8

    def look_back(self, age_s):
        """Bring `past_q12_pa` and `known` to the means of `age_s` seconds ago, below `history.SECONDS`."""
        for module in range(self.station.count):
            amount_q12_pa = self.history.amount_q12_pa(module, age_s)
            self.past_q12_pa[module] = amount_q12_pa
            self.known[module] = amount_q12_pa != 0
