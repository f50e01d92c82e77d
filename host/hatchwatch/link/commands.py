"""Commands to the board, built from the dictionary."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any

from spacepackets.ecss.tc import PusTc

from hatchwatch.link.codec import LayoutError, pack_fields
from hatchwatch.link.dictionary import dictionary

__all__ = ["ACCEPTANCE", "COMPLETION", "SEQUENCE_MODULUS", "Command", "command", "request_id_of"]

ACCEPTANCE = 0b1000  # acknowledgement flags of a PUS-C command
COMPLETION = 0b0001
SEQUENCE_MODULUS = 1 << 14


@dataclass(frozen=True, slots=True)
class Command:
    """One command: which, and the bytes of its data."""

    name: str
    service: int
    subtype: int
    data: bytes

    def pack(self, sequence: int, ack_flags: int = ACCEPTANCE | COMPLETION) -> bytes:
        """Return the space packet with this sequence number (modulo 16384), asking for these reports."""
        packet = PusTc(
            apid=dictionary().apid,
            service=self.service,
            message_subtype=self.subtype,
            app_data=self.data,
            seq_count=sequence % SEQUENCE_MODULUS,
            ack_flags=ack_flags,
        ).pack()
        if len(packet) > dictionary().max_packet_bytes:
            raise LayoutError(
                f"{self.name} makes a packet of {len(packet)} bytes; {dictionary().max_packet_bytes} fit"
            )
        return bytes(packet)


def command(name: str, **fields: Any) -> Command:
    """Build a command by its name in the dictionary, e.g. `command("move_hatch", hatch=0, position="open")`.

    Raises:
        LayoutError: no such command, a field is missing or unknown, or a value does not fit.
    """
    entry = dictionary().commands.get(name)
    if entry is None:
        close = difflib.get_close_matches(name, dictionary().commands, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise LayoutError(f"no command {name!r}{hint}")
    data = pack_fields(entry.layout, fields)
    if entry.function is not None:
        data = bytes((entry.function,)) + data
    return Command(name, entry.service, entry.subtype, data)


def request_id_of(packet: bytes) -> int:
    """Return how acknowledgements refer to a packed command: its first four bytes."""
    return int.from_bytes(packet[:4], "big")
