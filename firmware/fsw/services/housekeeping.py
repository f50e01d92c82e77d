"""Service 3: readings and housekeeping, at intervals or on request."""

# ptr8 and the like are names of viper; ruff checks all others.
# pyright: reportUndefinedVariable=false

import micropython
from micropython import const

from fsw.link import numbers, telecommand
from fsw.link.telemetry import DATA_AT, copy_bytes
from fsw.services.commands import check_groups, refusal

_DATA_AT = const(19)  # as `DATA_AT`, known to viper
_SID_READINGS = const(1)
_SID_HOUSEKEEPING = const(2)
_SID_CALIBRATION = const(3)  # on request only
_SID_RESPONSE = const(4)  # by itself, and on request
_SID_ALARM = const(5)
_GROUP_BYTES = const(3)  # of set_interval: structure, interval
_FIXED_BYTES = const(41)  # of housekeeping, before its lists
_LAST_TICK = const(599999)  # the count starts anew every 17 h, which may shorten one interval


@micropython.viper
def _fill_readings(packet, count: int, pressure, temperature, state) -> int:
    """Write a structure of `count` readings from the 32-bit arrays to `packet`; return where it ends."""
    p = ptr8(packet)
    p[_DATA_AT] = _SID_READINGS
    p[_DATA_AT + 1] = count
    at = _DATA_AT + 2
    pressures = ptr32(pressure)
    temperatures = ptr32(temperature)
    states = ptr8(state)
    i = 0
    while i < count:
        value = pressures[i]
        p[at] = value >> 24
        p[at + 1] = (value >> 16) & 0xFF
        p[at + 2] = (value >> 8) & 0xFF
        p[at + 3] = value & 0xFF
        value = temperatures[i]
        p[at + 4] = (value >> 24) & 0xFF
        p[at + 5] = (value >> 16) & 0xFF
        p[at + 6] = (value >> 8) & 0xFF
        p[at + 7] = value & 0xFF
        p[at + 8] = states[i]
        at += 9
        i += 1
    return at


def ticks_of(interval_ms):
    """Return an interval in turns of the loop, 0 if it is not allowed."""
    if interval_ms < numbers.READINGS_MIN_MS or interval_ms > numbers.READINGS_MAX_MS:
        return 0
    return interval_ms // numbers.TICK_MS


def _nothing():
    """Stand for a report that nobody makes."""


class Housekeeping:
    """Sends readings and housekeeping, each at its interval in turns of the loop, and the calibration.

    `health` fills the fixed part of housekeeping, `sensors` the counters; `servos` has the positions,
    `isolation` the marks of modules. `send_response` and `send_alarm` are for others to set.
    """

    def __init__(self, writer, sensors, servos, isolation, health, calibration):
        self._writer = writer
        self._sensors = sensors
        self._servos = servos
        self._isolation = isolation
        self._health = health
        self._calibration = calibration
        self.readings_ticks = 1  # 0: stopped
        self.housekeeping_ticks = 1000 // numbers.TICK_MS
        self.send_response = _nothing
        self.send_alarm = _nothing
        self._once = 0  # bits of structures that were asked for
        self._tick = 0

    def handlers(self):
        """Return the handlers of this service."""
        return {
            3 << 8 | 27: (-1, self._check_report, self._report),
            3 << 8 | 31: (-1, self._check_intervals, self._set_intervals),
        }

    def ask(self, structure):
        """Have a structure sent in the next turn."""
        self._once |= 1 << structure

    @micropython.native
    def tick(self):
        """Send what is due; right after the sensors were read."""
        tick = self._tick
        self._tick = tick + 1 if tick < _LAST_TICK else 0
        once = self._once
        if once:
            self._once = 0
        interval = self.readings_ticks
        if (interval and tick % interval == 0) or once & 1 << _SID_READINGS:
            self._send_readings()
        interval = self.housekeeping_ticks
        if (interval and tick % interval == 0) or once & 1 << _SID_HOUSEKEEPING:
            self._send_housekeeping()
        if once >> _SID_CALIBRATION:
            self._send_rare(once)

    @micropython.native
    def _send_readings(self):
        sensors = self._sensors
        count = sensors.count
        if count:
            writer = self._writer
            end = _fill_readings(
                writer.packet, count, sensors.pressure_q8_pa, sensors.temperature_q16_c, sensors.state
            )
            writer.send(3, 25, end)

    def _send_housekeeping(self):
        packet = self._writer.packet
        packet[DATA_AT] = _SID_HOUSEKEEPING
        self._health.fill(packet, DATA_AT + 1, self.readings_ticks * numbers.TICK_MS)
        end = self._sensors.fill_counters(packet, DATA_AT + 1 + _FIXED_BYTES)
        servos = self._servos
        packet[end] = servos.hatches
        end = copy_bytes(packet, end + 1, servos.positions, 0, servos.hatches)
        packet[end] = servos.count - servos.hatches
        end = copy_bytes(packet, end + 1, servos.positions, servos.hatches, servos.count)
        marks = self._isolation.marks
        packet[end] = marks >> 8
        packet[end + 1] = marks & 0xFF
        self._writer.send(3, 25, end + 2)

    def _send_rare(self, once):
        if once & 1 << _SID_CALIBRATION:
            self._send_calibration()
        if once & 1 << _SID_RESPONSE:
            self.send_response()
        if once & 1 << _SID_ALARM:
            self.send_alarm()

    def _send_calibration(self):
        self._writer.packet[DATA_AT] = _SID_CALIBRATION
        self._writer.send(3, 25, self._calibration.fill(self._writer.packet, DATA_AT + 1))

    def _check_report(self, packet, end):
        refused = check_groups(packet, end)
        if refused:
            return refused
        for i in range(telecommand.DATA_AT + 1, end):
            if not _SID_READINGS <= packet[i] <= _SID_ALARM:
                return refusal(numbers.REFUSED_STRUCTURE, packet[i])
        return 0

    def _report(self, packet, end):
        for i in range(telecommand.DATA_AT + 1, end):
            self.ask(packet[i])
        return 0

    def _check_intervals(self, packet, end):
        refused = check_groups(packet, end, _GROUP_BYTES)
        if refused:
            return refused
        for i in range(telecommand.DATA_AT + 1, end, _GROUP_BYTES):
            if packet[i] != _SID_READINGS and packet[i] != _SID_HOUSEKEEPING:
                return refusal(numbers.REFUSED_STRUCTURE, packet[i])
            interval_ms = packet[i + 1] << 8 | packet[i + 2]
            if not ticks_of(interval_ms):
                return refusal(numbers.REFUSED_VALUE, interval_ms)
        return 0

    def _set_intervals(self, packet, end):
        for i in range(telecommand.DATA_AT + 1, end, _GROUP_BYTES):
            ticks = ticks_of(packet[i + 1] << 8 | packet[i + 2])
            if packet[i] == _SID_READINGS:
                self.readings_ticks = ticks
            else:
                self.housekeeping_ticks = ticks
        return 0


assert _DATA_AT == DATA_AT
