"""Service 19: a fixed table of events that start short sequences of actions."""

from array import array

import micropython
from micropython import const

from fsw.link import numbers, telecommand
from fsw.link.telemetry import DATA_AT
from fsw.services.commands import always, check_groups, refusal

# What a sequence can do; each gets the first field of the event.
REPORT_HOUSEKEEPING = 0
REPORT_READINGS = 1
TEST_SENSOR = 2
GO_SAFE = 3

# In the order of the enumeration `action`: event, then delays in ms after the step before, and what to do.
TABLE = (
    (numbers.EVENT_HATCH_FAILED, ((0, REPORT_HOUSEKEEPING), (5000, REPORT_HOUSEKEEPING))),
    (numbers.EVENT_OUT_OF_LIMITS, ((0, REPORT_READINGS), (0, GO_SAFE), (10000, REPORT_HOUSEKEEPING))),
    (numbers.EVENT_SENSOR_FAILED, ((0, TEST_SENSOR), (5000, TEST_SENSOR))),
)

_COUNT = const(3)
_IDLE = const(255)  # in the place of a step
_TO_START = const(254)
_ROW_BYTES = const(5)


class EventAction:
    """Starts a sequence when its event comes and its parameter is 1.

    An event that comes while its sequence runs starts nothing, so that a sequence can't keep itself going by
    the events that it causes. Switching an entry off does not end a sequence that runs.
    """

    def __init__(self, parameters, health, writer, events, steps):
        """`steps[what](field)` does one step of a sequence; `health` knows the mode."""
        self._parameters = parameters
        self._health = health
        self._writer = writer
        self._events = events
        self._steps = steps
        self.running = False
        self._next = bytearray([_IDLE] * _COUNT)  # step of each sequence
        self._left = array("i", [0] * _COUNT)  # turns of the loop until then
        self._field = bytearray(_COUNT)
        self._runs = array("H", [0] * _COUNT)

    def handlers(self):
        """Return the handlers of this service."""
        return {
            19 << 8 | 4: (-1, self._check_list, self._switch_on),
            19 << 8 | 5: (-1, self._check_list, self._switch_off),
            19 << 8 | 6: (0, always, self._report),
        }

    def hear(self, number, packet, start, end):
        """Take note of an event, whose fields are packet[start:end]; in safe mode it starts nothing."""
        if self._health.mode == numbers.MODE_SAFE:
            return
        for action in range(_COUNT):
            if (
                TABLE[action][0] == number
                and self._next[action] == _IDLE
                and self._parameters.values[numbers.PARAMETER_ACTION_HATCH_FAILED + action]
            ):
                self._next[action] = _TO_START
                self._field[action] = packet[start]
                self.running = True

    @micropython.native
    def tick(self):
        """Do the steps that are due; in each turn of the loop while `running`."""
        running = False
        for action in range(_COUNT):
            if self._next[action] != _IDLE:
                self._go_on(action)
                running = True
        self.running = running

    def _go_on(self, action):
        """Do all steps of a sequence that are due in this turn."""
        sequence = TABLE[action][1]
        step = self._next[action]
        if step == _TO_START:
            step = 0
            self._left[action] = _turns(sequence, 0)
            self._runs[action] = (self._runs[action] + 1) & 0xFFFF
            self._events.u8_u8(numbers.EVENT_ACTION_STARTED, action, TABLE[action][0])
        while step < len(sequence) and self._left[action] == 0:
            what = sequence[step][1]
            step += 1
            self._next[action] = step  # a step that raises is not repeated
            if step < len(sequence):
                self._left[action] = _turns(sequence, step)
            self._steps[what](self._field[action])
        if step == len(sequence):
            self._next[action] = _IDLE
        else:
            self._next[action] = step
            self._left[action] -= 1

    def _check_list(self, packet, end):
        refused = check_groups(packet, end)
        if refused:
            return refused
        for i in range(telecommand.DATA_AT + 1, end):
            if packet[i] >= _COUNT:
                return refusal(numbers.REFUSED_VALUE, packet[i])
        return 0

    def _switch_on(self, packet, end):
        return self._switch(packet, end, 1)

    def _switch_off(self, packet, end):
        return self._switch(packet, end, 0)

    def _switch(self, packet, end, on):
        for i in range(telecommand.DATA_AT + 1, end):
            self._parameters.set(numbers.PARAMETER_ACTION_HATCH_FAILED + packet[i], on)
        return 0

    def _report(self, packet, end):
        out = self._writer.packet
        out[DATA_AT] = _COUNT
        at = DATA_AT + 1
        for action in range(_COUNT):
            out[at] = action
            out[at + 1] = TABLE[action][0]
            out[at + 2] = self._parameters.values[numbers.PARAMETER_ACTION_HATCH_FAILED + action]
            out[at + 3] = self._runs[action] >> 8
            out[at + 4] = self._runs[action] & 0xFF
            at += _ROW_BYTES
        self._writer.send(19, 7, at)
        return 0


def _turns(sequence, step):
    return sequence[step][0] // numbers.TICK_MS


assert _COUNT == numbers.ACTIONS == len(TABLE)
