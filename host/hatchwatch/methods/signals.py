"""From raw readings to the signals of a regression: offsets removed, lag matched, averaged in blocks.

The chip follows the gas temperature with a first-order lag. Undoing that lag means differentiating a noisy
temperature; instead the pressure is sent through the same lag, so that pressure and temperature speak of
the same past moment and p/T is free of the gas's thermal changes. The model goes through the lag too, so
nothing is lost. And the noise hardly changes its colour: chip-temperature noise reaches p (through the
chip's compensation) with about half the weight that it has in p/T, and the two filtered parts cancel to
within 5 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from hatchwatch.methods.protocols import ReadingsBlock
    from hatchwatch.methods.results import FloatArray

__all__ = ["Readings", "block_means", "cumulative", "delayed", "prepare", "relative_offsets"]


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """Readings of the chambers with gaps bridged; `valid` tells what was really measured."""

    time_s: FloatArray  # (n,)
    pressure_pa: FloatArray  # (n, chambers); NaN all the way where a chamber gave nothing
    temperature_k: FloatArray  # (n, chambers)
    valid: FloatArray  # (n, chambers) 1 or 0

    @property
    def interval_s(self) -> float:
        """Median time between readings."""
        return float(np.median(np.diff(self.time_s)))

    def between(self, start_s: float, end_s: float) -> Readings:
        """The readings with start_s <= time < end_s."""
        keep = (self.time_s >= start_s) & (self.time_s < end_s)
        return Readings(self.time_s[keep], self.pressure_pa[keep], self.temperature_k[keep], self.valid[keep])


def relative_offsets(open_block: ReadingsBlock, columns: tuple[int, ...]) -> FloatArray:
    """What each sensor shows over the mean of all, in Pa, from readings with all hatches open; (chambers,).

    A sensor without usable readings has NaN. With one sensor the offset is 0 by definition.
    """
    chosen = list(columns)
    usable = open_block.usable[:, chosen]
    pressure_pa = np.where(usable, open_block.pressure_pa[:, chosen], np.nan)
    together = np.isfinite(pressure_pa).sum(axis=0)
    means = np.full(len(chosen), np.nan)
    alive = together > 0
    if not alive.any():
        return means
    # Only moments when all living sensors were read: a drift of the pressure must not become an offset.
    complete = np.isfinite(pressure_pa[:, alive]).all(axis=1)
    rows = complete if complete.any() else np.ones(len(pressure_pa), dtype=bool)
    means[alive] = np.nanmean(pressure_pa[rows][:, alive], axis=0)
    return np.asarray(means - means[alive].mean(), dtype=np.float64)


def prepare(block: ReadingsBlock, columns: tuple[int, ...], offsets_pa: FloatArray) -> Readings:
    """Take the chambers' columns, remove relative offsets, bridge gaps by straight lines."""
    chosen = list(columns)
    usable = block.usable[:, chosen]
    offsets = np.nan_to_num(offsets_pa)
    return Readings(
        block.time_s,
        _bridged(block.time_s, block.pressure_pa[:, chosen] - offsets, usable),
        _bridged(block.time_s, block.temperature_k[:, chosen], usable),
        usable.astype(np.float64),
    )


def _bridged(time_s: FloatArray, values: FloatArray, usable: np.typing.NDArray[np.bool_]) -> FloatArray:
    bridged = np.full(values.shape, np.nan)
    for column in range(values.shape[1]):
        good = usable[:, column]
        if good.any():
            bridged[:, column] = np.interp(time_s, time_s[good], values[good, column])
    return bridged


def delayed(time_s: FloatArray, signal: FloatArray, lag_s: float) -> FloatArray:
    """`signal` (n, ...) behind a first-order lag, starting at rest on its first value.

    Exact for straight lines between the samples.
    """
    if lag_s <= 0.0:
        return signal
    behind = np.empty_like(signal)
    behind[0] = signal[0]
    steps_s = np.diff(time_s)
    keeps = np.exp(-steps_s / lag_s)
    for k, (step_s, keep) in enumerate(zip(steps_s, keeps, strict=True)):
        ramp = (signal[k + 1] - signal[k]) * (lag_s / step_s)
        behind[k + 1] = signal[k + 1] - ramp + (behind[k] - signal[k] + ramp) * keep
    return behind


def cumulative(time_s: FloatArray, signal: FloatArray) -> FloatArray:
    """Integral of `signal` (n, ...) over time from the first sample on, by trapezoids."""
    steps_s = np.diff(time_s).reshape(-1, *([1] * (signal.ndim - 1)))
    area = np.cumsum(0.5 * steps_s * (signal[1:] + signal[:-1]), axis=0)
    return np.concatenate([np.zeros((1, *signal.shape[1:])), area])


def block_means(signal: FloatArray, size: int) -> FloatArray:
    """Means of `size` rows each, (n // size, ...); rows left over at the end are not used."""
    count = len(signal) // size
    return np.asarray(signal[: count * size].reshape(count, size, *signal.shape[1:]).mean(axis=1))
