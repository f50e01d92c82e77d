"""Service 1: every command is accepted or refused, and what was accepted is completed or fails."""

from micropython import const

from fsw.link.telemetry import DATA_AT, copy_bytes

_ACCEPTANCE = const(0b1000)  # flags of the command: which good news its sender wants
_COMPLETION = const(0b0001)
_SLOT_BYTES = const(5)  # request id, flags


class Verification:
    """Remembers the commands under way in slots; slot 0 is the one being handled.

    Good news is sent if the command's flags ask for it, bad news always.
    """

    def __init__(self, writer, slots):
        """`slots` counts those that can be under way besides the one being handled."""
        self._writer = writer
        self._requests = bytearray(_SLOT_BYTES * (slots + 1))
        self._pending = bytearray(slots + 1)
        self.accepted_count = 0
        self.refused_count = 0

    def begin(self, packet):
        """Remember a command that has just come."""
        copy_bytes(self._requests, 0, packet, 0, 4)
        self._requests[4] = packet[6] & 0x0F

    def keep(self, slot):
        """Put the command being handled into `slot`, to be completed later."""
        copy_bytes(self._requests, slot * _SLOT_BYTES, self._requests, 0, _SLOT_BYTES)
        self._pending[slot] = 1

    def is_pending(self, slot):
        """Whether a command waits in `slot`."""
        return self._pending[slot]

    def accept(self):
        """Report that the command being handled is valid."""
        self.accepted_count = (self.accepted_count + 1) & 0xFFFF
        if self._requests[4] & _ACCEPTANCE:
            self._send(1, 0, DATA_AT + 4)

    def refuse(self, code, detail):
        """Report that the command being handled is not executed."""
        self.refused_count = (self.refused_count + 1) & 0xFFFF
        self._send_bad(2, 0, code, detail)

    def complete(self, slot=0):
        """Report that a command has done what it says."""
        self._pending[slot] = 0
        if self._requests[slot * _SLOT_BYTES + 4] & _COMPLETION:
            self._send(7, slot, DATA_AT + 4)

    def fail(self, slot, code, detail):
        """Report that an accepted command did not do what it says."""
        self._pending[slot] = 0
        self._send_bad(8, slot, code, detail)

    def _send_bad(self, subtype, slot, code, detail):
        packet = self._writer.packet
        packet[DATA_AT + 4] = code
        packet[DATA_AT + 5] = detail >> 24 & 0xFF
        packet[DATA_AT + 6] = detail >> 16 & 0xFF
        packet[DATA_AT + 7] = detail >> 8 & 0xFF
        packet[DATA_AT + 8] = detail & 0xFF
        self._send(subtype, slot, DATA_AT + 9)

    def _send(self, subtype, slot, end):
        at = slot * _SLOT_BYTES
        copy_bytes(self._writer.packet, DATA_AT, self._requests, at, at + 4)
        self._writer.send(1, subtype, end)
