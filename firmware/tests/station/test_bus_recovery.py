"""When a held bus rests, when it is clocked, and what is told; the clocking itself runs on the board."""

from fsw.link import numbers
from fsw.station.bus_recovery import BusRecovery

STUCK, RECOVERED = numbers.EVENT_BUS_STUCK, numbers.EVENT_BUS_RECOVERED
FREE, SDA_LOW, SCL_LOW = 3, 1, 2


class Lines:
    """Two lines that somebody holds until they have been clocked `clocks` times; None for ever."""

    def __init__(self):
        self.level = FREE
        self.clocks = None
        self.clockings = 0

    def levels(self):
        return self.level

    def free(self):
        self.clockings += 1
        if self.clocks is None or self.clocks > 9:
            self.clocks = None if self.clocks is None else self.clocks - 9
            return 9
        self.level = FREE
        return self.clocks


class Station:
    def __init__(self):
        self.lines = Lines()
        self.other = Lines()
        self.told = []
        self.recovery = BusRecovery([None, self.lines, self.other])  # the first is SPI
        self.recovery.tell_recovered = self.recovery.tell_stuck = lambda *event: self.told.append(event)

    def sweep(self, times=1):
        """What a bank of sensors does: a transfer on a bus that does not rest fails while it is held."""
        for _ in range(times):
            for bus, lines in ((1, self.lines), (2, self.other)):
                if not self.recovery.resting[bus] and lines.level != FREE:
                    self.recovery.suspect(bus)
            self.recovery.tick()


def test_a_transfer_that_fails_on_a_free_bus_changes_nothing():
    station = Station()
    for bus in range(3):
        station.recovery.suspect(bus)
    station.sweep()
    assert bytes(station.recovery.resting) == bytes(3)
    assert station.told == []


def test_a_held_bus_rests_and_is_clocked_in_the_second_sweep():
    station = Station()
    station.lines.level, station.lines.clocks = SDA_LOW, 7
    station.sweep()
    assert bytes(station.recovery.resting) == b"\0\1\0"
    assert station.lines.clockings == 0
    station.sweep()
    assert bytes(station.recovery.resting) == bytes(3)
    assert station.told == [(RECOVERED, 1, 7)]


def test_a_bus_that_can_not_be_freed_is_told_once_and_clocked_once_a_second():
    station = Station()
    station.lines.level = SCL_LOW
    station.sweep(100)
    assert station.told == [(STUCK, 1, 1, 0)]
    assert 9 <= station.lines.clockings <= 11
    assert bytes(station.recovery.resting) == b"\0\1\0"
    station.lines.level = FREE
    station.sweep()
    assert station.told[1:] == [(RECOVERED, 1, 0)]
    station.lines.level = SDA_LOW
    station.sweep(2)
    assert station.told[2:] == [(STUCK, 1, 0, 1)]


def test_more_than_nine_clocks_take_another_attempt():
    station = Station()
    station.lines.level, station.lines.clocks = SDA_LOW, 12
    station.sweep(12)
    assert station.told == [(STUCK, 1, 0, 1), (RECOVERED, 1, 3)]


def test_both_buses_are_looked_after():
    station = Station()
    station.lines.level, station.lines.clocks = SDA_LOW, 1
    station.other.level, station.other.clocks = SDA_LOW, 2
    station.sweep(2)
    assert station.told == [(RECOVERED, 1, 1), (RECOVERED, 2, 2)]


def test_a_bus_held_at_the_start_is_freed_at_once():
    station = Station()
    station.lines.level, station.lines.clocks = SDA_LOW, 3
    station.recovery.free_now()
    assert station.told == [(RECOVERED, 1, 3)]
    assert station.other.clockings == 0
