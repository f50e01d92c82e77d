"""What the board has said, in order, each packet with an index that never changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hatchwatch.link.packets import Packet

__all__ = ["History"]

B = TypeVar("B")


class History:
    """The packets received; the oldest are let go beyond `limit`, the indexes go on counting.

    Appending is for the thread that reads the link, everything else for anybody.
    """

    def __init__(self, limit: int = 100_000) -> None:
        self._limit = limit
        self._first = 0  # index of the oldest packet kept
        self._packets: list[Packet] = []

    def __len__(self) -> int:
        """Index of the next packet: how many have come in all."""
        return self._first + len(self._packets)

    def append(self, packet: Packet) -> None:
        """Add one packet."""
        self._packets.append(packet)
        if len(self._packets) > 2 * self._limit:
            kept = self._packets[-self._limit :]
            self._first += len(self._packets) - len(kept)
            self._packets = kept

    def since(self, index: int) -> list[Packet]:
        """Return the packets from `index` on, as far as they are kept."""
        return self._packets[max(0, index - self._first) :]

    def bodies(self, kind: type[B], since: int = 0) -> Iterator[B]:
        """Yield the decoded data of one kind, from `index` on, oldest first."""
        for packet in self.since(since):
            if isinstance(packet.body, kind):
                yield packet.body

    def latest(self, kind: type[B], since: int = 0) -> B | None:
        """Return the newest decoded data of one kind that came at `since` or later."""
        for packet in reversed(self.since(since)):
            if isinstance(packet.body, kind):
                return packet.body
        return None

    @property
    def last(self) -> Packet | None:
        """The newest packet."""
        return self._packets[-1] if self._packets else None
