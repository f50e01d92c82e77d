"""Noise of the BMP280: the datasheet's tables, and numbers that depend on seed, sensor and conversion only.

Noise never depends on wall time or on who reads when, so a run can be repeated bit for bit.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.signal import lfilter

__all__ = [
    "PRESSURE_NOISE_PA",
    "TABLE8_TEMPERATURE_OVERSAMPLING",
    "TEMPERATURE_NOISE_K",
    "ConversionNoise",
    "FlickerNoise",
]

# Datasheet Table 8, IIR off: noise of the compensated pressure by pressure oversampling, Pa rms. The columns
# with the filter on need no table: they follow as white noise through the filter, 1/sqrt(2c - 1) of these.
PRESSURE_NOISE_PA = {1: 3.3, 2: 2.6, 4: 2.1, 8: 1.6, 16: 1.3}

# The temperature oversampling that goes with each row of Table 8.
TABLE8_TEMPERATURE_OVERSAMPLING = {1: 1, 2: 1, 4: 1, 8: 1, 16: 2}

# Datasheet Table 9, by temperature oversampling, K rms.
TEMPERATURE_NOISE_K = {1: 0.005, 2: 0.004, 4: 0.003, 8: 0.003, 16: 0.002}

_WHITE, _FLICKER = 0, 1  # streams of one sensor


def _generator(seed: int, sensor: int, stream: int, block: int) -> np.random.Generator:
    """A generator for one block of one stream: counter-based, so that blocks can be drawn in any order."""
    return np.random.Generator(
        np.random.Philox(np.random.SeedSequence(seed, spawn_key=(sensor, stream, block)))
    )


class ConversionNoise:
    """Two standard normal numbers for every conversion, drawn in blocks: single numpy draws are slow."""

    BLOCK = 256

    def __init__(self, seed: int, sensor: int) -> None:
        self._seed = seed
        self._sensor = sensor
        self._block = -1
        self._temperature: list[float] = []
        self._pressure: list[float] = []

    def pair(self, conversion: int) -> tuple[float, float]:
        """The numbers for the temperature and the pressure of conversion 0, 1, 2, ..."""
        block, place = divmod(conversion, self.BLOCK)
        if block != self._block:
            rows = _generator(self._seed, self._sensor, _WHITE, block).standard_normal((2, self.BLOCK))
            self._temperature, self._pressure = rows.tolist()
            self._block = block
        return self._temperature[place], self._pressure[place]


class FlickerNoise:
    """Slow wandering with a flat Allan deviation from a second to an hour: 1/f noise.

    The sum of Ornstein-Uhlenbeck processes of equal standard deviation s whose time constants are a factor r
    apart has the one-sided spectrum (s²/ln r)/f between them. 1/f noise h/f has the Allan variance 2 ln 2 · h
    at every averaging time, so with r = 4 the Allan deviation is s itself.
    """

    STEP_S = 0.5
    BLOCK = 512
    TIME_CONSTANTS_S = tuple(4.0**power for power in range(7))  # 1 s .. 68 min

    def __init__(self, seed: int, sensor: int, floor_pa: float) -> None:
        self._seed = seed
        self._sensor = sensor
        self._floor_pa = floor_pa
        self._values: list[float] = []
        self._last = np.zeros(len(self.TIME_CONSTANTS_S))

    def value_pa(self, time_s: float) -> float:
        """The wandering at a board time of 0 s or more, in Pa; straight lines between half seconds."""
        if self._floor_pa == 0:
            return 0.0
        place = time_s / self.STEP_S
        index = int(place)
        while index + 1 >= len(self._values):
            self._extend()
        before = self._values[index]
        return before + (self._values[index + 1] - before) * (place - index)

    def _extend(self) -> None:
        block = len(self._values) // self.BLOCK
        generator = _generator(self._seed, self._sensor, _FLICKER, block)
        if block == 0:
            self._last = self._floor_pa * generator.standard_normal(len(self.TIME_CONSTANTS_S))
        total = np.zeros(self.BLOCK)
        for row, time_constant_s in enumerate(self.TIME_CONSTANTS_S):
            keep = math.exp(-self.STEP_S / time_constant_s)
            kicks = self._floor_pa * math.sqrt(1 - keep * keep) * generator.standard_normal(self.BLOCK)
            path, _ = lfilter([1.0], [1.0, -keep], kicks, zi=[keep * self._last[row]])
            self._last[row] = path[-1]
            total += path
        self._values.extend(total.tolist())
