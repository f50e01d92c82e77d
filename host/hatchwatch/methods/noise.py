"""Noise of the BMP280 as it reaches p/T, and the covariance it gives to a regression.

White noise of a conversion (datasheet Table 8, x16: 1.3 Pa) passes the chip's own filter y = (y_old (c - 1)
+ x) / c, so that readings that follow each other share part of it; whoever takes those for independent
believes in a slope up to 5.8 times better than it is. Part of it comes from the chip's temperature noise
(Table 9, x2: 4 mK), which p/T meets twice: through the chip's compensation of p, and through T itself.

Flicker noise (1/f) is stated by the floor b of its Allan deviation: S(f) = b² / (2 ln 2 f). No averaging
removes it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from hatchwatch.methods.results import FloatArray

__all__ = ["BMP280_X16_IIR2", "SensorNoise", "block_autocovariance", "flicker_autocovariance"]

_PER_DECADE = 3
_TIME_CONSTANTS_S = np.logspace(0.0, 5.0, 5 * _PER_DECADE + 1)


@dataclass(frozen=True, slots=True)
class SensorNoise:
    """White noise of single conversions and the filter behind them."""

    pressure_pa: float = 1.3  # of compensated pressure, filter off (datasheet Table 8)
    temperature_k: float = 0.004  # of compensated temperature, filter off (Table 9)
    crosstalk_pa_k: float = 165.0  # of temperature into compensated pressure; 155..177 by trimming set
    interval_s: float = 1.0 / 26.32  # between conversions (Table 14)
    filter_coefficient: int = 2  # c of the chip's filter; 1 is off

    def reading_autocovariance(self, lags_s: FloatArray) -> FloatArray:
        """Mean autocovariance of readings `lags_s` apart, for white noise of 1 before the filter.

        k whole conversions apart it is (1 - 1/c)^k / (2c - 1); a lag that is no whole number of intervals
        meets k or k + 1 conversions with the matching odds, as readings keep no fixed phase to the
        conversions.
        """
        memory = 1.0 - 1.0 / self.filter_coefficient
        conversions = np.abs(lags_s) / self.interval_s
        whole = np.floor(conversions)
        above = conversions - whole
        kept = np.power(memory, whole) * ((1.0 - above) + above * memory)
        return np.asarray(kept / (2 * self.filter_coefficient - 1), dtype=np.float64)

    def amount_white_pa(self, pressure_per_kelvin: float) -> tuple[float, float]:
        """White noise of p/T in Pa, for changes much slower and much quicker than the lag of the temperature.

        p is behind the same lag, T is not (`signals`). `pressure_per_kelvin` is p/T in Pa/K. Slow: own noise
        of p, and temperature noise with the weight p/T less cross-talk. Quick: temperature noise with the
        weight p/T alone.
        """
        own_pa2 = self.pressure_pa**2 - (self.crosstalk_pa_k * self.temperature_k) ** 2
        slow_pa2 = own_pa2 + ((pressure_per_kelvin - self.crosstalk_pa_k) * self.temperature_k) ** 2
        return math.sqrt(slow_pa2), pressure_per_kelvin * self.temperature_k

    def amount_autocovariance(
        self, lags_s: FloatArray, pressure_per_kelvin: float, lag_s: float
    ) -> FloatArray:
        """Autocovariance of readings of p/T, in units of its slow white noise squared.

        `lags_s` is the evenly spaced grid of readings from 0 on, longer than the filter's memory.
        """
        white = self.reading_autocovariance(lags_s)
        if lag_s <= 0.0:
            return white
        slow_pa, quick_pa = self.amount_white_pa(pressure_per_kelvin)
        excess = (quick_pa / slow_pa) ** 2 - 1.0
        step_s = float(lags_s[1])
        strength = float(2.0 * white.sum() - white[0]) * step_s
        behind = strength / (2.0 * lag_s) * np.exp(-lags_s / lag_s)  # the same noise behind the lag
        return np.asarray((1.0 + excess) * white - excess * behind, dtype=np.float64)


BMP280_X16_IIR2 = SensorNoise()


def flicker_autocovariance(lags_s: FloatArray, lag_s: float = 0.0) -> FloatArray:
    """Autocovariance (Pa²) of flicker noise with an Allan floor of 1 Pa behind a first-order lag of `lag_s`.

    A sum of first-order processes of equal variance, three per decade of time constant from 1 s to 28 h:
    what is quicker drowns in white noise, and what is slower is a constant, which must be free in any fit
    that uses this.
    """
    lags = np.abs(lags_s)[:, None]
    variance = math.log(10.0) / _PER_DECADE / (2.0 * math.log(2.0))
    times_s = _TIME_CONSTANTS_S
    if lag_s <= 0.0:
        return np.asarray(variance * np.exp(-lags / times_s).sum(axis=1), dtype=np.float64)
    times_s = np.where(np.abs(times_s / lag_s - 1.0) < 1e-6, times_s * (1.0 + 1e-6), times_s)
    both = times_s * np.exp(-lags / times_s) - lag_s * np.exp(-lags / lag_s)
    return np.asarray(variance * (both * times_s / (times_s**2 - lag_s**2)).sum(axis=1), dtype=np.float64)


def block_autocovariance(reading_autocovariance: FloatArray, block_size: int) -> FloatArray:
    """Autocovariance of the means of `block_size` readings each, from that of the readings.

    `reading_autocovariance[j]` belongs to a lag of j readings; the result holds as many blocks as it fills.
    """
    blocks = len(reading_autocovariance) // block_size
    offsets = np.arange(1 - block_size, block_size)
    weights = (block_size - np.abs(offsets)) / block_size**2
    lags = np.abs(np.arange(blocks)[:, None] * block_size + offsets[None, :])
    lags = np.minimum(lags, len(reading_autocovariance) - 1)
    return np.asarray(reading_autocovariance[lags] @ weights, dtype=np.float64)
