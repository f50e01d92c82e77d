"""Service 20: what can be set while the firmware runs, and what of it is saved."""

# ptr8 and the like are names of viper; ruff checks all others.
# pyright: reportUndefinedVariable=false

from array import array

import micropython
from micropython import const

from fsw.link import numbers, telecommand
from fsw.link.parameter_limits import DEFAULTS, MAXIMA, MINIMA
from fsw.link.telemetry import DATA_AT
from fsw.services.commands import check_groups, nothing_to_check, refusal

_COUNT = const(81)  # as numbers.PARAMETERS
_PAIR_BYTES = const(5)  # number and value in a packet
_PAIRS_AT_ONCE = const(46)  # what a packet takes
_VALUE_BYTES = const(4)  # in flash


@micropython.viper
def read_i32(packet, at: int) -> int:
    """Return the signed number of four bytes at `packet[at]`."""
    p = ptr8(packet)
    return ((p[at] ^ 0x80) - 0x80) << 24 | p[at + 1] << 16 | p[at + 2] << 8 | p[at + 3]


@micropython.viper
def put_i32(packet, at: int, value: int) -> int:
    """Write a signed number to `packet[at]`; return where it ends."""
    p = ptr8(packet)
    p[at] = (value >> 24) & 0xFF
    p[at + 1] = (value >> 16) & 0xFF
    p[at + 2] = (value >> 8) & 0xFF
    p[at + 3] = value & 0xFF
    return at + 4


def default_values():
    """Return the default of every parameter, in the order of their numbers."""
    return array("i", DEFAULTS)


class Parameters:
    """The values in use, and those that a restart would find.

    Who needs a parameter reads `values[number]` whenever it counts, so that a new value acts at once. Setting
    does not save. `unsaved` says how many values differ from what is saved, or from the defaults if nothing
    is.
    """

    def __init__(self, record):
        """Load what `record` (a `kernel.storage.Record`) holds.

        Saved are the values in the order of their numbers, four bytes each: a record of a firmware with fewer
        parameters leaves the others at their defaults. A value that this firmware does not know or allow is
        not used; `refused` counts those, `first_refused` is the number of the first.
        """
        self.values = default_values()
        self.refused = 0
        self.first_refused = 0
        self.unsaved = 0
        self._record = record
        self._take(record.load() or b"")
        self._saved = array("i", self.values)

    def allows(self, number, value):
        """Whether `value` lies in the range of the parameter `number`."""
        return MINIMA[number] <= value <= MAXIMA[number]

    def set(self, number, value):
        """Use a value that is allowed, from now on."""
        self.values[number] = value
        self._count_unsaved()

    def restore_defaults(self):
        """Use all defaults; what is saved stays."""
        for number in range(_COUNT):
            self.values[number] = DEFAULTS[number]
        self._count_unsaved()

    def save(self):
        """Keep the values over restarts; return how many have changed. Raises OSError."""
        changed = self.unsaved
        self._record.save(_packed(self.values))
        for number in range(_COUNT):
            self._saved[number] = self.values[number]
        self._count_unsaved()
        return changed

    def _take(self, data):
        for number in range(len(data) // _VALUE_BYTES):
            at = number * _VALUE_BYTES
            value = read_i32(data, at)
            if number < _COUNT and self.allows(number, value):
                self.values[number] = value
            else:
                if not self.refused:
                    self.first_refused = number
                self.refused += 1

    def _count_unsaved(self):
        saved = self._saved
        values = self.values
        unsaved = 0
        for number in range(_COUNT):
            if values[number] != saved[number]:
                unsaved += 1
        self.unsaved = unsaved


def _packed(values):
    data = bytearray(_VALUE_BYTES * _COUNT)
    at = 0
    for value in values:
        at = put_i32(data, at, value)
    return bytes(data)


class ParameterService:
    """Reports and sets parameters for commands."""

    def __init__(self, parameters, writer, events):
        self._parameters = parameters
        self._writer = writer
        self._events = events

    def handlers(self):
        """Return the handlers of this service."""
        return {
            20 << 8 | 1: (-1, self._check_report, self._report),
            20 << 8 | 3: (-1, self._check_set, self._set),
        }

    def functions(self):
        """Return the functions of service 8 that belong to it."""
        return {numbers.FUNCTION_RESTORE_DEFAULTS: (0, nothing_to_check, self._restore)}

    def save(self):
        """Keep the values over restarts. Raises OSError."""
        self._events.u8(numbers.EVENT_PARAMETERS_SAVED, self._parameters.save())

    def tell_start(self):
        """Tell of saved values that are not in use."""
        if self._parameters.refused:
            self._events.u8_u8(
                numbers.EVENT_PARAMETERS_REFUSED,
                min(self._parameters.refused, 255),
                min(self._parameters.first_refused, 255),
            )

    def _check_report(self, packet, end):
        refused = check_groups(packet, end)
        if refused:
            return refused
        for i in range(telecommand.DATA_AT + 1, end):
            if packet[i] >= _COUNT:
                return refusal(numbers.REFUSED_PARAMETER, packet[i])
        return 0

    def _report(self, packet, end):
        count = packet[telecommand.DATA_AT]
        wanted = count or _COUNT
        for first in range(0, wanted, _PAIRS_AT_ONCE):
            self._send(packet, count, first, min(wanted, first + _PAIRS_AT_ONCE))
        return 0

    def _send(self, packet, count, first, last):
        """Send the parameters that `packet` names, or all if it names none, from `first` to before `last`."""
        out = self._writer.packet
        values = self._parameters.values
        out[DATA_AT] = last - first
        at = DATA_AT + 1
        for i in range(first, last):
            number = packet[telecommand.DATA_AT + 1 + i] if count else i
            out[at] = number
            at = put_i32(out, at + 1, values[number])
        self._writer.send(20, 2, at)

    def _check_set(self, packet, end):
        refused = check_groups(packet, end, _PAIR_BYTES)
        if refused:
            return refused
        for i in range(telecommand.DATA_AT + 1, end, _PAIR_BYTES):
            if packet[i] >= _COUNT:
                return refusal(numbers.REFUSED_PARAMETER, packet[i])
            if not self._parameters.allows(packet[i], read_i32(packet, i + 1)):
                return refusal(numbers.REFUSED_RANGE, packet[i])
        return 0

    def _set(self, packet, end):
        for i in range(telecommand.DATA_AT + 1, end, _PAIR_BYTES):
            self._parameters.set(packet[i], read_i32(packet, i + 1))
        return 0

    def _restore(self, packet):
        self._parameters.restore_defaults()
        return 0


assert _COUNT == numbers.PARAMETERS
