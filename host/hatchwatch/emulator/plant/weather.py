"""Ambient pressure and temperature as smooth functions of time, drawn by seed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from hatchwatch.emulator.plant.presets import PlantPreset

__all__ = ["Weather", "draw_weather"]

_STREAM = 2  # keeps these draws apart from those of the volumes
_SLOW_SHARE = 0.8  # of the steepest drift; the rest is the quick wave
_ROOM_PERIODS_S = (24 * 3600.0, 25 * 60.0)  # day and night; a thermostat
_AIR_PERIODS_S = (48 * 3600.0, 3 * 3600.0)  # a passing low; gusts of a front
_FIRST_SLOPE = (
    math.pi / 4
)  # the slow wave starts within this phase of its steepest point, so a drift shows at once


@dataclass(frozen=True)
class _Wave:
    """amplitude x (sin(frequency t + phase) - sin(phase)): zero at time zero, bounded for ever."""

    amplitude: float
    frequency_rad_s: float
    phase_rad: float

    def __call__(self, time_s: float) -> float:
        return self.amplitude * (
            math.sin(self.frequency_rad_s * time_s + self.phase_rad) - math.sin(self.phase_rad)
        )


@dataclass(frozen=True)
class Weather:
    """Ambient pressure and temperature; the walls have the temperature of the room."""

    start_pa: float
    start_k: float
    pressure_waves: tuple[_Wave, ...] = ()
    temperature_waves: tuple[_Wave, ...] = ()

    def pressure_pa(self, time_s: float) -> float:
        """Ambient pressure in Pa at a time."""
        return self.start_pa + sum(wave(time_s) for wave in self.pressure_waves)

    def temperature_k(self, time_s: float) -> float:
        """Temperature of the room and of the chambers' walls in K at a time."""
        return self.start_k + sum(wave(time_s) for wave in self.temperature_waves)


def draw_weather(start_pa: float, start_k: float, preset: PlantPreset, seed: int) -> Weather:
    """Draw a run's weather: never faster than the preset says, at least a third of that at the start."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_STREAM,)))
    return Weather(
        start_pa,
        start_k,
        _draw_waves(preset.pressure_drift_pa_h, _AIR_PERIODS_S, rng),
        _draw_waves(preset.temperature_drift_k_h, _ROOM_PERIODS_S, rng),
    )


def _draw_waves(
    steepest_per_h: float, periods_s: tuple[float, float], rng: np.random.Generator
) -> tuple[_Wave, ...]:
    slow_s, quick_s = periods_s
    direction = rng.choice((-1.0, 1.0))
    slow_phase_rad = rng.uniform(-_FIRST_SLOPE, _FIRST_SLOPE)
    quick_phase_rad = rng.uniform(-math.pi, math.pi)
    steepest_per_s = steepest_per_h / 3600.0
    return (
        _wave(direction * _SLOW_SHARE * steepest_per_s, slow_s, slow_phase_rad),
        _wave((1.0 - _SLOW_SHARE) * steepest_per_s, quick_s, quick_phase_rad),
    )


def _wave(slope_per_s: float, period_s: float, phase_rad: float) -> _Wave:
    frequency_rad_s = 2.0 * math.pi / period_s
    return _Wave(float(slope_per_s / frequency_rad_s), frequency_rad_s, float(phase_rad))
