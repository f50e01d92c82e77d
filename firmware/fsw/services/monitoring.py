"""Service 12: what the checks found, told when it changes and on request."""

from micropython import const

from fsw.link import numbers, telecommand
from fsw.link.telemetry import DATA_AT
from fsw.services.commands import always, check_groups, refusal
from fsw.services.parameters import put_i32

_TRANSITIONS_AT_ONCE = const(19)  # what a packet takes
_STATUS_AT_ONCE = const(58)


class Monitoring:
    """Makes the checks of `station.checks` and sends what is new."""

    def __init__(self, checks, sensors, offset_q8_pa, health, commands, parameters, writer, events):
        """`offset_q8_pa` is the calibration in use; `health` and `commands` have the counters to check."""
        self._checks = checks
        self._sensors = (
            sensors.pressure_q8_pa,
            sensors.temperature_q16_c,
            sensors.state,
            sensors.health,
        )
        self._offset_q8_pa = offset_q8_pa
        self._health = health
        self._commands = commands
        self._parameters = parameters
        self._writer = writer
        self._events = events

    def handlers(self):
        """Return the handlers of this service."""
        return {
            12 << 8 | 1: (-1, self._check_list, self._enable),
            12 << 8 | 2: (-1, self._check_list, self._disable),
            12 << 8 | 13: (0, always, self._report),
        }

    def tick(self):
        """Make all checks; once a second, after the sensors were read."""
        health = self._health
        checks = self._checks
        if checks.evaluate(
            self._sensors, self._offset_q8_pa, health.heap_free, health.slips, self._commands.bad_frames
        ):
            self._send_transitions()
            self._tell()

    def _send_transitions(self):
        checks = self._checks
        packet = self._writer.packet
        count = 0
        at = DATA_AT + 1
        for place in range(checks.places):
            if checks.changed(place):
                packet[at] = checks.monitor(place)
                packet[at + 1] = checks.index(place)
                packet[at + 2] = checks.before(place)
                packet[at + 3] = checks.found(place)
                at = put_i32(packet, put_i32(packet, at + 4, checks.value(place)), checks.limit(place))
                count += 1
            if count == _TRANSITIONS_AT_ONCE:
                self._send_list(12, count, at)
                count = 0
                at = DATA_AT + 1
        if count:
            self._send_list(12, count, at)

    def _tell(self):
        checks = self._checks
        for place in range(checks.places):
            if checks.to_be_told(place):
                found = checks.found(place)
                self._events.u8_u8_u8_i32_i32(
                    numbers.EVENT_WITHIN_LIMITS
                    if found == numbers.FOUND_WITHIN
                    else numbers.EVENT_OUT_OF_LIMITS,
                    checks.monitor(place),
                    checks.index(place),
                    found,
                    checks.value(place),
                    checks.limit(place),
                )

    def _report(self, packet, end):
        checks = self._checks
        out = self._writer.packet
        for first in range(0, checks.places, _STATUS_AT_ONCE):
            last = min(checks.places, first + _STATUS_AT_ONCE)
            at = DATA_AT + 1
            for place in range(first, last):
                out[at] = checks.monitor(place)
                out[at + 1] = checks.index(place)
                out[at + 2] = checks.state(place)
                out[at + 3] = checks.found(place)
                at += 4
            self._send_list(14, last - first, at)
        return 0

    def _send_list(self, subtype, count, end):
        self._writer.packet[DATA_AT] = count
        self._writer.send(12, subtype, end)

    def _check_list(self, packet, end):
        refused = check_groups(packet, end)
        if refused:
            return refused
        for i in range(telecommand.DATA_AT + 1, end):
            if packet[i] >= numbers.MONITORS:
                return refusal(numbers.REFUSED_VALUE, packet[i])
        return 0

    def _enable(self, packet, end):
        return self._set(packet, end, numbers.CHECK_ACTIVE)

    def _disable(self, packet, end):
        return self._set(packet, end, numbers.CHECK_DISABLED)

    def _set(self, packet, end, state):
        for i in range(telecommand.DATA_AT + 1, end):
            self._parameters.set(numbers.PARAMETER_CHECKS + 4 * packet[i], state)
        return 0
