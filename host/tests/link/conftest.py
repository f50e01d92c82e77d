"""A port whose other end is in the test's hands."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING

import pytest
from cobs import cobs
from spacepackets.ecss.tc import PusTc
from spacepackets.ecss.tm import PusTm

from hatchwatch.errors import PortError

if TYPE_CHECKING:
    from collections.abc import Callable


class LoopbackPort:
    """A `Port` in memory; `board(command)` may be set to a function that answers on it."""

    url = "loop"

    def __init__(self) -> None:
        self.written = bytearray()
        self.sequence = 0  # of the next packet that arrives
        self.board: Callable[[bytes], None] = lambda _data: None
        self._incoming: queue.Queue[bytes | None] = queue.Queue()

    def feed(self, data: bytes) -> None:
        self._incoming.put(data)

    def tell(self, service: int, subtype: int, data: bytes = b"", *, time_s: float = 0.0) -> bytes:
        """Let a telemetry packet arrive; returns it."""
        stamp = round(time_s * 65536).to_bytes(6, "big")
        packet = PusTm(
            apid=0x42,
            service=service,
            message_subtype=subtype,
            timestamp=stamp,
            source_data=data,
            seq_count=self.sequence,
        ).pack()
        self.sequence = (self.sequence + 1) % 16384
        self.feed(bytes(cobs.encode(bytes(packet))) + b"\0")
        return bytes(packet)

    def unplug(self) -> None:
        self._incoming.put(None)

    def read(self) -> bytes:
        try:
            data = self._incoming.get(timeout=0.02)
        except queue.Empty:
            return b""
        if data is None:
            raise PortError("loop went away.")
        return data

    def write(self, data: bytes) -> None:
        self.written += data
        self.board(data)

    def close(self) -> None:
        pass

    def commands(self) -> list[PusTc]:
        """The commands among what was written."""
        frames = bytes(self.written).split(b"\0")
        return [PusTc.unpack(cobs.decode(frame)) for frame in frames if len(frame) > 12]


@pytest.fixture
def port() -> LoopbackPort:
    return LoopbackPort()
