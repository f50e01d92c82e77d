"""Bare space packets by UDP, one in each datagram: what ground systems read that know no COBS."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Any

from hatchwatch.errors import PortError, UsageError
from hatchwatch.link.dictionary import dictionary

__all__ = ["Counts", "UdpExchange", "split_address"]

CCSDS_HEADER_BYTES = 6
TELECOMMAND_BIT = 0x10  # packet type, in the first byte
DATAGRAM_BYTES = 65535


@dataclass(slots=True)
class Counts:
    """What has passed so far, in packets."""

    forwarded: int = 0
    unsent: int = 0  # the system refused the datagram, for want of a listener perhaps
    commands: int = 0
    rejected: int = 0  # datagrams that are no whole telecommand packet


def split_address(text: str, *, default_host: str | None = None) -> tuple[str, int]:
    """Host and port of HOST:PORT, or of PORT alone where there is a default host; raises UsageError."""
    host, colon, port = text.rpartition(":")
    host = host.strip("[]") or ("" if colon else default_host or "")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise UsageError(f"{text} is no address.", cure="Write HOST:PORT, such as 127.0.0.1:10015.")
    return host, int(port)


class UdpExchange:
    """Sends the packets of a board to one address, and takes commands that come to another.

    `forward` fits `Link(on_packet=...)` and may be called from any thread.
    """

    def __init__(self, target: tuple[str, int], listen: tuple[str, int] | None = None) -> None:
        """Open the sockets; without `listen` no command is taken. Raises PortError."""
        self.counts = Counts()
        self._out: socket.socket | None = None
        self._in: socket.socket | None = None
        self._target: Any = None
        try:
            self._out, self._target = _socket_for(target)
            if listen is not None:
                self._in, place = _socket_for(listen)
                self._in.bind(place)
                self._in.setblocking(False)
        except OSError as error:
            self.close()
            raise PortError(
                f"UDP to {target[0]}:{target[1]}"
                + (f" or from {listen[0]}:{listen[1]}" if listen else "")
                + f" can't be opened: {error.strerror or error}.",
                fault="the address, or another program that listens there",
                cure="Choose another address with --udp and --listen.",
            ) from error

    def close(self) -> None:
        """Let the sockets go; may be called more than once."""
        for one in (self._out, self._in):
            if one is not None:
                one.close()

    def forward(self, _board_time_s: float, raw: bytes, _body: object) -> None:
        """Send one packet on. Nobody need listen: what can't be sent is counted."""
        assert self._out is not None
        try:
            self._out.sendto(raw, self._target)
            self.counts.forwarded += 1
        except OSError:
            self.counts.unsent += 1

    def commands(self) -> list[bytes]:
        """The command packets that came since the last call; others are counted as rejected."""
        taken = []
        while self._in is not None:
            try:
                datagram = self._in.recv(DATAGRAM_BYTES)
            except BlockingIOError:
                break
            except ConnectionResetError:  # Windows tells so of an answer that found nobody
                continue
            if _is_telecommand(datagram):
                self.counts.commands += 1
                taken.append(datagram)
            else:
                self.counts.rejected += 1
        return taken


def _socket_for(address: tuple[str, int]) -> tuple[socket.socket, Any]:
    """A UDP socket of the right family, and the address as it wants it."""
    family, *_, place = socket.getaddrinfo(*address, type=socket.SOCK_DGRAM)[0]
    return socket.socket(family, socket.SOCK_DGRAM), place


def _is_telecommand(datagram: bytes) -> bool:
    """Whether this is one whole command packet; all else the board judges by itself, and says why."""
    if not CCSDS_HEADER_BYTES < len(datagram) <= dictionary().max_packet_bytes:
        return False
    length = int.from_bytes(datagram[4:6], "big") + CCSDS_HEADER_BYTES + 1
    return len(datagram) == length and bool(datagram[0] & TELECOMMAND_BIT)
