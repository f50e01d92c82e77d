"""Buses that somebody holds: left alone until they are free again, and freed by clocking where that helps.

A transfer on a held bus costs its time-out. So the levels of the two lines are looked at after each reading
that failed; a bus on which one is low rests, which costs nothing, until both are high.
"""

from micropython import const

from fsw.link import numbers

_FIRST_SWEEPS = const(2)  # a line that is low for longer is held, not just slow to rise
_NEXT_SWEEPS = const(10)


def _nobody(*fields):
    """Hear events before somebody listens."""


class BusRecovery:
    """Says which buses rest, and ends their rest.

    `buses` has for each bus of the bench an object with `levels()`, 2 for SDA high + 1 for SCL high, and
    `free()`, which clocks the bus and returns how often; None where there are no such lines, as for SPI.
    `resting` has 1 for each bus that must not be used now. `tell_recovered(number, bus, clocks)` and
    `tell_stuck(number, bus, sda, scl)` send events.
    """

    def __init__(self, buses):
        self._buses = buses
        self.resting = bytearray(len(buses))
        self._any_resting = False
        self.tell_recovered = _nobody
        self.tell_stuck = _nobody
        self._sweeps_left = bytearray(len(buses))  # until it is clocked
        self._told = bytearray(len(buses))  # that clocking did not help

    def suspect(self, bus):
        """Let a bus rest if one of its lines is low; to be called after a transfer on it has failed."""
        lines = self._buses[bus]
        if lines is not None and lines.levels() != 3 and not self.resting[bus]:
            self.resting[bus] = 1
            self._any_resting = True
            self._sweeps_left[bus] = _FIRST_SWEEPS

    def tick(self):
        """Look after the resting buses, once in each sweep; may take 1 ms for each."""
        if self._any_resting:
            self._any_resting = False
            for bus in range(len(self._buses)):
                if self.resting[bus]:
                    self._look_after(bus)

    def free_now(self):
        """Free all buses that are held at the start: a reset in the middle of a transfer leaves them so."""
        for bus in range(len(self._buses)):
            self.suspect(bus)
            self._sweeps_left[bus] = 1
        self.tick()

    def _look_after(self, bus):
        lines = self._buses[bus]
        if lines.levels() == 3:
            self._end_rest(bus, 0)
            return
        self._sweeps_left[bus] -= 1
        if not self._sweeps_left[bus]:
            clocks = lines.free()
            if lines.levels() == 3:
                self._end_rest(bus, clocks)
                return
            self._sweeps_left[bus] = _NEXT_SWEEPS
            self._tell_stuck(bus, lines.levels())
        self._any_resting = True

    def _end_rest(self, bus, clocks):
        self.resting[bus] = 0
        self._told[bus] = 0
        self.tell_recovered(numbers.EVENT_BUS_RECOVERED, bus, clocks)

    def _tell_stuck(self, bus, levels):
        if not self._told[bus]:
            self._told[bus] = 1
            self.tell_stuck(numbers.EVENT_BUS_STUCK, bus, levels >> 1, levels & 1)
