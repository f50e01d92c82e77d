"""Service 9: board time, told so that a host can compare its clock."""

# ptr8 and the like are names of viper; ruff checks all others.
# pyright: reportUndefinedVariable=false

import micropython
from micropython import const

from fsw.link import numbers, telecommand
from fsw.link.telemetry import DATA_AT
from fsw.services.commands import always, refusal

_US = const(2)  # of the clock's `stamp`


@micropython.viper
def put_time_us(packet, at: int, seconds: int, us: int) -> int:
    """Write seconds * 1000000 + us as eight bytes to `packet[at]`; return where they end.

    In parts of 16 bits, for a product of 64 bits would take heap: 1000000 is 15 * 65536 + 16960.
    """
    p = ptr8(packet)
    high = seconds >> 16
    low = seconds & 0xFFFF
    part = low * 16960 + us
    p[at + 7] = part & 0xFF
    p[at + 6] = (part >> 8) & 0xFF
    part = low * 15 + high * 16960 + (part >> 16)
    p[at + 5] = part & 0xFF
    p[at + 4] = (part >> 8) & 0xFF
    part = high * 15 + (part >> 16)
    p[at + 3] = part & 0xFF
    p[at + 2] = (part >> 8) & 0xFF
    p[at + 1] = (part >> 16) & 0xFF
    p[at] = 0
    return at + 8


class TimeReports:
    """Sends board time every `time_report_s` and on request.

    The time in the report is taken when the packet is made, unlike that in packets' headers, so it is only as
    old as its way through the cable.
    """

    def __init__(self, clock, health, parameters, writer):
        """`health` knows the number of this start."""
        self._clock = clock
        self._health = health
        self._parameters = parameters
        self._writer = writer
        self._since_s = 0

    def handlers(self):
        """Return the handlers of this service."""
        return {
            9 << 8 | 1: (2, self._check_interval, self._set_interval),
            9 << 8 | 128: (0, always, self._report),
        }

    def tick(self):
        """Report if it is due; once a second."""
        self._since_s += 1
        interval_s = self._parameters.values[numbers.PARAMETER_TIME_REPORT_S]
        if interval_s and self._since_s >= interval_s:
            self._since_s = 0
            self._send()

    def _send(self):
        packet = self._writer.packet
        boot_count = self._health.boot_count
        packet[DATA_AT] = boot_count >> 8
        packet[DATA_AT + 1] = boot_count & 0xFF
        clock = self._clock
        clock.update()
        self._writer.send(9, 2, put_time_us(packet, DATA_AT + 2, clock.stamp[0], clock.stamp[_US]))

    def _report(self, packet, end):
        self._send()
        return 0

    def _check_interval(self, packet, end):
        interval_s = _interval_s(packet)
        if self._parameters.allows(numbers.PARAMETER_TIME_REPORT_S, interval_s):
            return 0
        return refusal(numbers.REFUSED_VALUE, interval_s)

    def _set_interval(self, packet, end):
        self._parameters.set(numbers.PARAMETER_TIME_REPORT_S, _interval_s(packet))
        return 0


def _interval_s(packet):
    return packet[telecommand.DATA_AT] << 8 | packet[telecommand.DATA_AT + 1]
