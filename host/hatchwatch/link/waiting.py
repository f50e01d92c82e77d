"""Waits are counted in board time, and a failed wait says what was seen."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from hatchwatch.link.commands import SEQUENCE_MODULUS
from hatchwatch.link.packets import Event, Housekeeping, Identity, Readings, Verification

if TYPE_CHECKING:
    from hatchwatch.link.packets import Packet

__all__ = ["BoardTimeBudget", "Slowness", "describe", "what_was_seen"]

PACE_WINDOW_S = 3.0  # of board time
LEAST_WINDOW_S = 0.9  # housekeeping comes every second
MOST_SLOWNESS = 20.0


GAP_S = 1.0  # housekeeping comes that often by default, so a packet lost on the line costs no more


class BoardTimeBudget:
    """An amount of board time, used up by what the packets' time stamps show or by what was pumped.

    The clock of the first packet is the anchor. When it falls, the chip was reset: what was used stays used.
    A board that nobody listened to keeps its last packets for whoever comes next, and drops those after
    them: across such a gap in the sequence count no more than GAP_S is used up.
    """

    def __init__(self, budget_s: float) -> None:
        self._left_s = budget_s
        self._last_s: float | None = None
        self._last_sequence = 0
        self._pumped_s: float | None = None

    def see(self, board_time_s: float, sequence: int) -> None:
        """Take note of one packet's time and sequence count.

        Ignored once the board is pumped, which is exact by itself.
        """
        if self._last_s is not None and board_time_s > self._last_s and self._pumped_s is None:
            passed_s = board_time_s - self._last_s
            follows = (sequence - self._last_sequence) % SEQUENCE_MODULUS == 1
            self._left_s -= passed_s if follows else min(passed_s, GAP_S)
        self._last_s = board_time_s
        self._last_sequence = sequence

    def pumped(self, seconds: float) -> None:
        """Take note of board time that was granted to an emulated board."""
        self._pumped_s = (self._pumped_s or 0.0) + seconds
        self._left_s -= seconds

    @property
    def over(self) -> bool:
        """Whether the whole amount is used up."""
        return self._left_s <= 0.0


class Slowness:
    """How much slower than the wall clock a board is, as the time stamps of its newest packets show.

    An emulated board on a busy computer may be; it stretches the waits that go by the wall clock.
    """

    def __init__(self) -> None:
        self.factor = 1.0  # wall time per board time, 1 to 20; 1 as long as too little is known
        self._seen: deque[tuple[float, float]] = deque()  # board and wall time of packets, oldest first

    def see(self, board_time_s: float, wall_s: float) -> None:
        """Take note of a packet that came at `wall_s` (any clock that only goes forward)."""
        if self._seen and board_time_s < self._seen[-1][0]:
            self._seen.clear()  # the chip was reset
        self._seen.append((board_time_s, wall_s))
        while board_time_s - self._seen[0][0] > PACE_WINDOW_S:
            self._seen.popleft()
        first_board_s, first_wall_s = self._seen[0]
        passed_s = board_time_s - first_board_s
        known = passed_s >= LEAST_WINDOW_S
        self.factor = min(max((wall_s - first_wall_s) / passed_s, 1.0), MOST_SLOWNESS) if known else 1.0


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
