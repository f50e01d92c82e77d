"""Service 5: events, told once when something changes."""

import struct

from micropython import const

from fsw.link.numbers import SEVERITY
from fsw.link.telemetry import DATA_AT

_TEXT_BYTES = const(100)  # longest text in an event


class Events:
    """Sends events. Each method takes fields of the types that its name says, in the order of the
    dictionary.
    """

    def __init__(self, writer, log, remember):
        """`log`, a `kernel.eventlog.EventLog`, keeps all events; `remember(number, time_s)` keeps the last
        one for the report after a reset.
        """
        self._writer = writer
        self._log = log
        self._remember = remember
        self.suppressed = 0  # modulo 65536

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

    def u16(self, number, value):
        """Send an event with one counter."""
        struct.pack_into(">H", self._writer.packet, DATA_AT + 1, value)
        self._send(number, DATA_AT + 3)

    def u8_u16_u8_u32(self, number, first, second, third, fourth):
        """Send an event with an enumeration, a counter, another enumeration and a large number."""
        struct.pack_into(">BHBI", self._writer.packet, DATA_AT + 1, first, second, third, fourth)
        self._send(number, DATA_AT + 9)

    def u32_u32(self, number, first, second):
        """Send an event with two large numbers."""
        struct.pack_into(">II", self._writer.packet, DATA_AT + 1, first, second)
        self._send(number, DATA_AT + 9)

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

    def _put_text(self, at, text):
        data = text.encode()[:_TEXT_BYTES]
        packet = self._writer.packet
        packet[at] = len(data)
        packet[at + 1 : at + 1 + len(data)] = data
        return at + 1 + len(data)

    def _send(self, number, end):
        writer = self._writer
        severity = SEVERITY[number]
        writer.packet[DATA_AT] = number
        self._remember(number, writer.stamp[0])
        self._log.add(number, severity, writer.packet, DATA_AT + 1, end)
        writer.send(5, severity, end)
