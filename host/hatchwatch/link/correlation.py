"""How the clock of a board and that of the host belong together.

A time report that was asked for was made between the request and its arrival, one that came by itself before
its arrival. With clocks that differ by an offset and a constant drift, each report so allows a strip of
straight lines `host - board` over board time, and together they leave a polygon of lines. Its corners bound
offset and drift with certainty, whatever USB and the operating systems do to single packets: the quickest
requests count by themselves.

The best line lies midway between the highest and the lowest that the polygon allows on average: the first
runs along the lower envelope of the arrivals, as in Moon, Skelly and Towsley, "Estimation and removal of
clock skew from network delay measurements" (INFOCOM 1999), the second along the upper one of the requests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog

from hatchwatch.errors import BoardError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["MAX_DRIFT_PPM", "ClockCorrelation", "TimeSample", "correlate"]

MAX_DRIFT_PPM = 1000.0  # no quartz of a board or a computer is as wrong as that
_US = 1e6


@dataclass(frozen=True, slots=True)
class TimeSample:
    """One time report. Host times are seconds of any clock of the host, the same for all samples."""

    boot_count: int
    board_us: int
    received_s: float
    asked_s: float | None = None  # None for a report that came by itself


@dataclass(frozen=True, slots=True)
class ClockCorrelation:
    """Host time minus board time: `offset_s` at `board_time_s`, growing by `drift_ppm` µs per second.

    The true values lie between the bounds as long as the drift is constant. All holds for the start of the
    firmware with number `boot_count` alone: board time restarts with a reset of the chip.
    """

    boot_count: int
    board_time_s: float
    samples: int
    span_s: float
    shortest_round_trip_s: float
    offset_s: float
    offset_low_s: float
    offset_high_s: float
    drift_ppm: float
    drift_low_ppm: float
    drift_high_ppm: float

    def host_time_s(self, board_time_s: float) -> float:
        """Return the host's time of something that the board stamped with `board_time_s`."""
        elapsed_s = board_time_s - self.board_time_s
        return board_time_s + self.offset_s + self.drift_ppm * 1e-6 * elapsed_s


def correlate(samples: Sequence[TimeSample]) -> ClockCorrelation:
    """Compare the clocks by the samples of the newest start of the firmware.

    Raises:
        ValueError: none of those samples was asked for, so that nothing bounds the offset from below.
        BoardError: the samples contradict each other: a clock was set, or the drift exceeds MAX_DRIFT_PPM.
    """
    newest = [sample for sample in samples if sample.boot_count == samples[-1].boot_count]
    requests = [(sample, sample.asked_s) for sample in newest if sample.asked_s is not None]
    if not requests:
        raise ValueError("no time report was asked for")
    last_us = max(sample.board_us for sample in newest)
    base_s = newest[-1].received_s - last_us / _US
    # Unknown are the offset beyond `base_s` at the last report, in µs, and the drift in ppm.
    above = [_row(sample.board_us, last_us) for sample in newest]
    below = [_row(sample.board_us, last_us) for sample, _ in requests]
    arrivals_us = [(sample.received_s - base_s) * _US - sample.board_us for sample in newest]
    askings_us = [(asked_s - base_s) * _US - sample.board_us for sample, asked_s in requests]
    polygon = _Polygon(
        np.array(above + [[-offset, -drift] for offset, drift in below]),
        np.array(arrivals_us + [-asked_us for asked_us in askings_us]),
    )
    offset_low_us, _ = polygon.lowest((1.0, 0.0))
    offset_high_us, _ = polygon.lowest((-1.0, 0.0))
    _, drift_low_ppm = polygon.lowest((0.0, 1.0))
    _, drift_high_ppm = polygon.lowest((0.0, -1.0))
    highest = polygon.lowest(tuple(-np.sum(above, axis=0)))
    lowest = polygon.lowest(tuple(np.sum(below, axis=0)))
    return ClockCorrelation(
        boot_count=newest[-1].boot_count,
        board_time_s=last_us / _US,
        samples=len(newest),
        span_s=(last_us - min(sample.board_us for sample in newest)) / _US,
        shortest_round_trip_s=min(sample.received_s - asked_s for sample, asked_s in requests),
        offset_s=base_s + (highest[0] + lowest[0]) / 2 / _US,
        offset_low_s=base_s + offset_low_us / _US,
        offset_high_s=base_s + offset_high_us / _US,
        drift_ppm=(highest[1] + lowest[1]) / 2,
        drift_low_ppm=drift_low_ppm,
        drift_high_ppm=drift_high_ppm,
    )


def _row(board_us: int, last_us: int) -> list[float]:
    """The offset at a report is that at the last one plus drift times the (negative) seconds between them."""
    return [1.0, (board_us - last_us) / _US]


class _Polygon:
    """The lines (offset in µs, drift in ppm) with rows @ line <= limits."""

    def __init__(self, rows: NDArray[np.float64], limits: NDArray[np.float64]) -> None:
        self._rows = rows
        self._limits = limits

    def lowest(self, cost: tuple[float, ...]) -> tuple[float, float]:
        """Return the line of least cost."""
        found = linprog(
            cost,
            A_ub=self._rows,
            b_ub=self._limits,
            bounds=[(None, None), (-MAX_DRIFT_PPM, MAX_DRIFT_PPM)],
        )
        if found.status != 0 or found.x is None:
            raise BoardError(
                f"No offset and drift fit all time reports ({found.message}).",
                fault="a clock that was set or drifts unevenly, or an emulated board that does not keep pace",
                cure="Compare the clocks again.",
            )
        offset_us, drift_ppm = found.x
        return float(offset_us), float(drift_ppm)
