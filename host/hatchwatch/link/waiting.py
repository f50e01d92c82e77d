"""Waits are counted in board time, and a failed wait says what was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hatchwatch.link.packets import Event, Housekeeping, Identity, Readings, Verification

if TYPE_CHECKING:
    from hatchwatch.link.packets import Packet

__all__ = ["BoardTimeBudget", "describe", "what_was_seen"]


class BoardTimeBudget:
    """An amount of board time, used up by what the packets' time stamps show or by what was pumped.

    The clock of the first packet is the anchor. When it falls, the chip was reset: what was used stays used.
    """

    def __init__(self, budget_s: float) -> None:
        self._left_s = budget_s
        self._last_s: float | None = None
        self._pumped_s: float | None = None

    def see(self, board_time_s: float) -> None:
        """Take note of one packet's time; ignored once the board is pumped, which is exact by itself."""
        if self._last_s is not None and board_time_s > self._last_s and self._pumped_s is None:
            self._left_s -= board_time_s - self._last_s
        self._last_s = board_time_s

    def pumped(self, seconds: float) -> None:
        """Take note of board time that was granted to an emulated board."""
        self._pumped_s = (self._pumped_s or 0.0) + seconds
        self._left_s -= seconds

    @property
    def over(self) -> bool:
        """Whether the whole amount is used up."""
        return self._left_s <= 0.0


def describe(packet: Packet) -> str:
    """Say in a few words what a packet holds."""
    match packet.body:
        case Verification() as body:
            text = f"{body.stage} {body.reason}".strip()
        case Event() as body:
            text = f"event: {body.text()}"
        case Readings() | Housekeeping() as body:
            text = f"{type(body).__name__.lower()} at {packet.board_time_s:.1f} s"
        case Identity() as body:
            text = f"identity of {body.bench_name or 'a board without bench'}"
        case _:
            text = f"packet [{packet.service},{packet.subtype}]"
    return text


def what_was_seen(packets: list[Packet], console_text: str) -> str:
    """Say what came while waiting for something else: acknowledgements and events first, else the newest."""
    if not packets:
        text = console_text.strip()
        return f"No packet came; the board said: {text[-200:]!r}" if text else "Nothing came from the board."
    notable = [packet for packet in packets if isinstance(packet.body, Verification | Event)][-4:]
    shown = "; ".join(describe(packet) for packet in notable or packets[-2:])
    return f"Seen meanwhile ({len(packets)} packets): {shown}"
