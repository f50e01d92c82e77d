"""All servos of the bench, hatches first, then injectors: where they are, and which have just arrived."""

from micropython import const

from fsw.link import numbers

_QUEUED = const(4)  # as in the dictionary; a driver has no such position
_MOVING = const(3)


class ServoBank:
    """Servos behind one supply, whose `queue` lets only so many move at a time.

    `positions` holds a value of the enumeration `position` for each servo, as far as commands and time tell;
    who knows better may change that of a servo at rest.
    """

    def __init__(self, servos, hatches, queue):
        """The first `hatches` of `servos` are hatches."""
        self.count = len(servos)
        self.hatches = hatches
        self.positions = bytearray([numbers.POSITION_UNKNOWN] * self.count)
        self._servos = servos
        self._queue = queue
        self._under_way = bytearray(self.count)  # commanded and not arrived
        self._started = bytearray(self.count)  # pulses began, and nobody was told yet
        self.busy = False  # whether a servo moves or waits

    def move(self, servo, position):
        """Send a servo to OPEN or SHUT when its turn comes; an earlier command that still waits is
        dropped.
        """
        self._queue.move(self._servos[servo], position)
        self._under_way[servo] = 1
        self.positions[servo] = _QUEUED
        self.busy = True

    def tick(self, now_ms):
        """Let the queue go on; `take_start` and `take_arrival` then tell who moves and who has arrived."""
        self._queue.tick(now_ms)
        for i in range(self.count):
            # A servo that moves while a command for it waits is still about an earlier one.
            if self.positions[i] == _QUEUED and not self._queue.waits(self._servos[i]):
                self.positions[i] = _MOVING
                self._started[i] = 1

    def take_start(self, servo):
        """Whether the pulses for this servo have begun since the last call."""
        if not self._started[servo]:
            return False
        self._started[servo] = 0
        return True

    def take_arrival(self, servo):
        """Whether this servo's travel time has ended since the last call."""
        if (
            not self._under_way[servo]
            or self.positions[servo] != _MOVING
            or self._servos[servo].position == _MOVING
        ):
            return False
        self.positions[servo] = self._servos[servo].position
        self._under_way[servo] = 0
        self.busy = b"\x01" in self._under_way  # MicroPython looks for bytes in a bytearray, not for a number
        return True

    def off(self):
        """End all pulses; servos on their way are nowhere then."""
        self._queue.off()
        self.busy = False
        for i in range(self.count):
            self._under_way[i] = 0
            self._started[i] = 0
            self._servos[i].off()
            self.positions[i] = self._servos[i].position
