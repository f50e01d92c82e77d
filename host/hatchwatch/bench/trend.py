"""How fast each module's pressure changes, from a moving window: for eyes, not for verdicts."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Trend"]


class Trend:
    """Least-squares slopes of several pressures over the last `window_s` seconds of board time."""

    def __init__(self, channels: int, window_s: float = 10.0) -> None:
        self._window_s = window_s
        self._rows: deque[tuple[float, tuple[float, ...]]] = deque()
        self._channels = channels

    def add(self, time_s: float, pressures_pa: Sequence[float]) -> None:
        """Take one sample of all channels; NaN: no data. A time that runs back starts anew."""
        if len(pressures_pa) != self._channels:
            raise ValueError(f"{len(pressures_pa)} pressures for {self._channels} channels")
        if self._rows and time_s <= self._rows[-1][0]:
            self._rows.clear()  # the board was reset: its time restarted
        self._rows.append((time_s, tuple(pressures_pa)))
        while time_s - self._rows[0][0] > self._window_s:
            self._rows.popleft()

    def rates_pa_s(self) -> list[float]:
        """Slope of each channel in Pa/s; NaN before a second of data, or without any."""
        if len(self._rows) < 3 or self._rows[-1][0] - self._rows[0][0] < 1.0:
            return [float("nan")] * self._channels
        times = np.array([time_s for time_s, _ in self._rows])
        values = np.array([row for _, row in self._rows])
        times -= times.mean()
        slopes = times @ (values - values.mean(axis=0)) / (times @ times)
        return [float(slope) for slope in slopes]
