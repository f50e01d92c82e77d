"""Service 3, the part about leaks: how things stand, and the last alarm."""

# ptr8 and the like are names of viper; ruff checks all others.
# pyright: reportUndefinedVariable=false

import struct

import micropython
from micropython import const

from fsw.link import numbers
from fsw.link.telemetry import DATA_AT

_ALARM_LAYOUT = ">HIiiiiiiiiiIII"
NO_ALARM = (0,) * 14
_HYPOTHESIS = ">BBBIiI"
_HYPOTHESIS_BYTES = const(15)
_LARGEST = const(0x7FFFFFFF)


class LeakReports:
    """Sends the structures `response` and `alarm` of the dictionary."""

    def __init__(self, writer, values):
        """`values` are those of the parameters."""
        self._writer = writer
        self._values = values

    def send_response(self, response, watch):
        """Send how things stand with a `Response`, or what is at rest in its place, and a `LeakWatch`.

        Steady: allocates nothing while no leak is sought.
        """
        packet = self._writer.packet
        packet[DATA_AT] = numbers.SID_RESPONSE
        packet[DATA_AT + 1] = self._values[numbers.PARAMETER_RESPONSE_MODE]
        packet[DATA_AT + 2] = response.purpose
        packet[DATA_AT + 3] = response.phase
        packet[DATA_AT + 4] = response.reason
        at = put_u16(packet, DATA_AT + 5, response.seconds if response.seconds < 0xFFFF else 0xFFFF)
        at = put_u16(packet, at, response.shut)
        at = put_u16(packet, at, watch.station.occupied)
        at = put_u16(packet, at, response.part)
        at = _put_volumes(packet, at, watch)
        self._writer.send(3, 25, _put_hypotheses(packet, at, response.hypotheses))

    def send_alarm(self, fields):
        """Send an alarm: the fields are those of the report."""
        packet = self._writer.packet
        packet[DATA_AT] = numbers.SID_ALARM
        struct.pack_into(_ALARM_LAYOUT, packet, DATA_AT + 1, *fields)
        self._writer.send(3, 25, DATA_AT + 1 + struct.calcsize(_ALARM_LAYOUT))


def _put_volumes(packet, at, watch):
    volumes = watch.volumes
    detector = watch.detector
    packet[at] = len(volumes)
    at += 1
    for volume in range(len(volumes)):
        at = put_u16(packet, at, volumes[volume])
        packet[at] = detector.state(volume)
        at = put_u16(packet, at + 1, min(detector.statistic_permille(volume), 0xFFFF))
    return at


def _put_hypotheses(packet, at, rows):
    packet[at] = len(rows)
    at += 1
    for kind, first, second, ppm, leak, sd in rows:
        struct.pack_into(
            _HYPOTHESIS, packet, at, kind, first, second, ppm, min(leak, _LARGEST), min(sd, _LARGEST)
        )
        at += _HYPOTHESIS_BYTES
    return at


@micropython.viper
def put_u16(packet, at: int, value: int) -> int:
    """Write a number of two bytes to `packet[at]`; return where it ends."""
    p = ptr8(packet)
    p[at] = (value >> 8) & 0xFF
    p[at + 1] = value & 0xFF
    return at + 2
