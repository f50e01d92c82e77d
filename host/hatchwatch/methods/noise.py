"""Noise of the BMP280 as it reaches a reading, and the covariance it gives to a regression.

Two parts. The white noise of a conversion (datasheet Table 8, x16: 1.3 Pa) passes the chip's own filter
y = (y_old (c - 1) + x) / c, so that readings that follow each other share part of it; whoever takes those for
independent believes in a slope up to 5.8 times better than it is. Flicker noise (1/f) is stated by the floor b of
its Allan deviation: S(f) = b² / (2 ln 2 f), and no averaging removes it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import toeplitz

if TYPE_CHECKING:
    from hatchwatch.methods.results import FloatArray

__all__ = ["BMP280_X16_IIR2", "ConversionNoise", "block_autocovariance", "flicker_autocovariance"]

_OU_PER_DECADE = 3
_OU_TIMES_S = np.logspace(-1.5, 5.5, 7 * _OU_PER_DECADE + 1)


@dataclass(frozen=True, slots=True)
class ConversionNoise:
    """White noise of single conversions behind the sensor's recursive filter."""

    white_pa: float = 1.3  # standard deviation of one conversion before the filter
    interval_s: float = 1.0 / 26.32  # between conversions (datasheet Table 14)
    filter_coefficient: int = 2  # c of the recursive filter; 1 is off

    @property
    def filtered_pa(self) -> float:
        """Standard deviation of one reading: white noise over sqrt(2 c - 1)."""
        return self.white_pa / math.sqrt(2 * self.filter_coefficient - 1)

    def autocovariance(self, lags_s: FloatArray) -> FloatArray:
        """Mean autocovariance (Pa²) of readings taken `lags_s` apart, at no fixed phase to the conversions.

        k whole conversions apart it is filtered² (1 - 1/c)^k; a lag that is no whole number of intervals meets
        k or k + 1 conversions with the matching odds.
        """
        memory = 1.0 - 1.0 / self.filter_coefficient
        conversions = np.abs(np.asarray(lags_s, dtype=np.float64)) / self.interval_s
        whole = np.floor(conversions)
        above = conversions - whole
        kept = np.power(memory, whole) * ((1.0 - above) + above * memory)
        return np.asarray(self.filtered_pa**2 * kept, dtype=np.float64)


BMP280_X16_IIR2 = ConversionNoise()


def flicker_autocovariance(lags_s: FloatArray) -> FloatArray:
    """Autocovariance (Pa²) of flicker noise whose Allan deviation has a floor of 1 Pa; scale with the square.

    A sum of first-order processes of equal variance, three per decade of time constant from 0.03 s to 90 h. Its
    variance is that of this band only, so a constant must be free in any fit that uses it.
    """
    lags = np.abs(np.asarray(lags_s, dtype=np.float64))
    variance = math.log(10.0) / _OU_PER_DECADE / (2.0 * math.log(2.0))
    return np.asarray(variance * np.exp(-lags[..., None] / _OU_TIMES_S).sum(axis=-1), dtype=np.float64)


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


def covariance(autocovariance: FloatArray) -> FloatArray:
    """The covariance matrix that belongs to an autocovariance."""
    return np.asarray(toeplitz(autocovariance), dtype=np.float64)
