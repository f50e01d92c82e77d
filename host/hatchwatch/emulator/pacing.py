"""Board time against the wall clock: how far it should have come, and whether it keeps up."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PaceWatch", "WallClock"]

MOST_BEHIND_NS = 100_000_000  # what a board slower than the wall clock tries to catch up
SECOND_NS = 1_000_000_000
SLOW_PACE = 0.9
SLOW_SECONDS = 3  # in a row: the imports of a start keep any computer busy for one or two


class WallClock:
    """Relates board time to wall time; time that the board could not keep up with is given up."""

    def __init__(self, now_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self._now_ns = now_ns
        self._ahead_ns: int | None = None  # board time minus wall time

    def due_ns(self, board_ns: int) -> int:
        """Board time that should have been reached by now."""
        wall_ns = self._now_ns()
        if self._ahead_ns is None:
            self._ahead_ns = board_ns - wall_ns
        self._ahead_ns = min(self._ahead_ns, board_ns + MOST_BEHIND_NS - wall_ns)
        return wall_ns + self._ahead_ns

    def seconds_until(self, board_ns: int) -> float:
        """Wall time until `board_ns` is due; 0 if it is."""
        if self._ahead_ns is None:
            return 0.0
        return max(0, board_ns - self._ahead_ns - self._now_ns()) * 1e-9


class PaceWatch:
    """Notices a board that goes on being slower than the wall clock."""

    def __init__(self, now_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self._now_ns = now_ns
        self._mark: tuple[int, int] | None = None  # board and wall time at the begin of this board second
        self._slow: list[float] = []  # pace of the latest board seconds, as long as they are slow

    def look(self, board_ns: int) -> None:
        """Take note of how far the board has come."""
        wall_ns = self._now_ns()
        if self._mark is None:
            self._mark = board_ns, wall_ns
        passed_ns = board_ns - self._mark[0]
        if passed_ns < SECOND_NS:
            return
        pace = passed_ns / max(wall_ns - self._mark[1], 1)
        self._slow = [*self._slow, pace][-SLOW_SECONDS:] if pace < SLOW_PACE else []
        self._mark = board_ns, wall_ns

    @property
    def slow_pace(self) -> float | None:
        """Board time per wall time over the last seconds if all were slow; None if the board keeps up."""
        if len(self._slow) < SLOW_SECONDS:
            return None
        return len(self._slow) / sum(1.0 / pace for pace in self._slow)
