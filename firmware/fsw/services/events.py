"""Service 5: events, told once when something changes."""

import struct
from array import array

from micropython import const

from fsw.link import numbers, telecommand
from fsw.link.telemetry import DATA_AT
from fsw.services.commands import always, check_groups, refusal

_TEXT_BYTES = const(100)  # longest text in an event
_NUMBERS = const(80)  # events have numbers below that
_WINDOW_S = const(10)


def _nobody(number, packet, start, end):
    """Stand for a listener that is not there."""


class Events:
    """Sends events. Each method takes fields of the types that its name says, in the order of the
    dictionary.

    An event that was switched off is not sent, and neither is one that came more than `event_rate` times
    within a window of 10 s, unless it is of high severity. The log keeps what was switched off all the same,
    but not what came too often, which would drive everything else out of it.

    `act(number, packet, start, end)` hears of every event; the fields are packet[start:end] while it does.
    It must not send anything.
    """

    def __init__(self, writer, values, log, remember):
        """`values` are those of the parameters; `log`, a `kernel.eventlog.EventLog`, keeps all events;
        `remember(number, time_s)` keeps the last one for the report after a reset.
        """
        self._writer = writer
        self._values = values
        self._log = log
        self._remember = remember
        self.suppressed = 0  # for their rate; modulo 65536
        self.act = _nobody
        self._off = bytearray(_NUMBERS)
        self._times = array("H", [0] * _NUMBERS)  # in this window
        self._window_s = 0
        self._any = False  # event in this window

    def handlers(self):
        """Return the handlers of this service."""
        return {
            5 << 8 | 5: (-1, self._check_list, self._switch_on),
            5 << 8 | 6: (-1, self._check_list, self._switch_off),
            5 << 8 | 7: (0, always, self._report_off),
        }

    def plain(self, number):
        """Send an event without fields."""
        self._send(number, DATA_AT + 1)

    def u8(self, number, value):
        """Send an event with one byte."""
        self._writer.packet[DATA_AT + 1] = value
        self._send(number, DATA_AT + 2)

    def u8_u8(self, number, first, second):
        """Send an event with two bytes: indexes or enumerations."""
        packet = self._writer.packet
        packet[DATA_AT + 1] = first
        packet[DATA_AT + 2] = second
        self._send(number, DATA_AT + 3)

    def u8_u8_u8(self, number, first, second, third):
        """Send an event with three bytes."""
        packet = self._writer.packet
        packet[DATA_AT + 1] = first
        packet[DATA_AT + 2] = second
        packet[DATA_AT + 3] = third
        self._send(number, DATA_AT + 4)

    def u8_u8_i32(self, number, first, second, value):
        """Send an event with two bytes and a signed number."""
        struct.pack_into(">BBi", self._writer.packet, DATA_AT + 1, first, second, value)
        self._send(number, DATA_AT + 7)

    def u16(self, number, value):
        """Send an event with one counter."""
        struct.pack_into(">H", self._writer.packet, DATA_AT + 1, value)
        self._send(number, DATA_AT + 3)

    def u8_u16_u8_u32(self, number, first, second, third, fourth):
        """Send an event with an enumeration, a counter, another enumeration and a large number."""
        struct.pack_into(">BHBI", self._writer.packet, DATA_AT + 1, first, second, third, fourth)
        self._send(number, DATA_AT + 9)

    def u8_u16(self, number, first, second):
        """Send an event with a byte and a counter."""
        struct.pack_into(">BH", self._writer.packet, DATA_AT + 1, first, second)
        self._send(number, DATA_AT + 4)

    def u8_u16_u16(self, number, first, second, third):
        """Send an event with a byte and two counters."""
        struct.pack_into(">BHH", self._writer.packet, DATA_AT + 1, first, second, third)
        self._send(number, DATA_AT + 6)

    def u32_u32(self, number, first, second):
        """Send an event with two large numbers."""
        struct.pack_into(">II", self._writer.packet, DATA_AT + 1, first, second)
        self._send(number, DATA_AT + 9)

    def u8_u8_u8_i32_i32(self, number, first, second, third, fourth, fifth):
        """Send an event with three bytes and two signed numbers."""
        struct.pack_into(">BBBii", self._writer.packet, DATA_AT + 1, first, second, third, fourth, fifth)
        self._send(number, DATA_AT + 12)

    def packed(self, number, layout, *fields):
        """Send an event whose fields are packed as `struct` does; `layout` begins with ">". Allocates."""
        struct.pack_into(layout, self._writer.packet, DATA_AT + 1, *fields)
        self._send(number, DATA_AT + 1 + struct.calcsize(layout))

    def u8_text(self, number, value, text):
        """Send an event with a byte and a text. Allocates."""
        self._writer.packet[DATA_AT + 1] = value
        self._send(number, self._put_text(DATA_AT + 2, text))

    def text(self, number, text):
        """Send an event with a text. Allocates."""
        self._send(number, self._put_text(DATA_AT + 1, text))

    def text_text(self, number, first, second):
        """Send an event with two texts. Allocates."""
        self._send(number, self._put_text(self._put_text(DATA_AT + 1, first), second))

    def tick(self):
        """Count time, and tell at the end of a window which events came too often; once a second."""
        self._window_s += 1
        if self._window_s < _WINDOW_S:
            return
        self._window_s = 0
        if self._any:
            self._any = False
            self._end_window()

    def _end_window(self):
        rate = self._values[numbers.PARAMETER_EVENT_RATE]
        times = self._times
        for number in range(_NUMBERS):
            too_often = times[number] - rate
            times[number] = 0
            if too_often > 0 and numbers.SEVERITY[number] < numbers.HIGH and not self._off[number]:
                self.u8_u16(numbers.EVENT_EVENTS_SUPPRESSED, number, too_often)

    def _put_text(self, at, text):
        data = text.encode()[:_TEXT_BYTES]
        packet = self._writer.packet
        packet[at] = len(data)
        packet[at + 1 : at + 1 + len(data)] = data
        return at + 1 + len(data)

    def _send(self, number, end):
        writer = self._writer
        packet = writer.packet
        packet[DATA_AT] = number
        severity = numbers.SEVERITY[number]
        self._remember(number, writer.stamp[0])
        self.act(number, packet, DATA_AT + 1, end)
        if self._is_within_rate(number, severity):
            self._log.add(number, severity, packet, DATA_AT + 1, end)
            if not self._off[number]:
                writer.send(5, severity, end)
        elif not self._off[number]:
            self.suppressed = (self.suppressed + 1) & 0xFFFF

    def _is_within_rate(self, number, severity):
        """Count an event, and say whether it does not come too often."""
        if number == numbers.EVENT_EVENTS_SUPPRESSED:  # there are few of these, and none tells of them
            return True
        self._any = True
        times = self._times[number]
        if times < 65535:
            self._times[number] = times + 1
        return times < self._values[numbers.PARAMETER_EVENT_RATE] or severity == numbers.HIGH

    def _check_list(self, packet, end):
        refused = check_groups(packet, end)
        if refused:
            return refused
        for i in range(telecommand.DATA_AT + 1, end):
            if packet[i] not in numbers.SEVERITY:
                return refusal(numbers.REFUSED_VALUE, packet[i])
        return 0

    def _switch_on(self, packet, end):
        return self._switch(packet, end, 0)

    def _switch_off(self, packet, end):
        return self._switch(packet, end, 1)

    def _switch(self, packet, end, off):
        for i in range(telecommand.DATA_AT + 1, end):
            self._off[packet[i]] = off
        return 0

    def _report_off(self, packet, end):
        out = self._writer.packet
        at = DATA_AT + 1
        for number in range(_NUMBERS):
            if self._off[number]:
                out[at] = number
                at += 1
        out[DATA_AT] = at - DATA_AT - 1
        self._writer.send(5, 8, at)
        return 0


assert max(numbers.SEVERITY) < _NUMBERS
