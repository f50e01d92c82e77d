"""Temperature of a sensor chip: the gas around it through a first-order lag, plus its own heat."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hatchwatch.emulator.bmp280_part import Surroundings

__all__ = ["ChipClimate"]

_LONGEST_STEP_S = 0.25  # the gas is taken as a straight line over no more than this
_MEMORY_LAGS = 10  # older gas than this many lags is forgotten (5e-5 of it is left)


class ChipClimate:
    """Follows the gas temperature at moments that only go forward."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._lag_s = surroundings.chip_lag_s
        self._full_heat_k = surroundings.self_heating_k
        self._heat_lag_s = surroundings.self_heating_lag_s
        self._time_s: float | None = None
        self._gas_k = 0.0
        self._body_k = 0.0
        self._heat_time_s = 0.0
        self._heat_k = 0.0

    @property
    def chip_k(self) -> float:
        """Temperature of the chip at the last moment followed."""
        return self._body_k + self._heat_k

    @property
    def heat_k(self) -> float:
        """The part of it that is self-heating."""
        return self._heat_k

    def moments_before(self, time_s: float) -> list[float]:
        """Board times at which to look at the gas before `time_s`, because the last look is long ago."""
        if self._time_s is None or time_s - self._time_s <= _LONGEST_STEP_S:
            return []
        start_s = max(self._time_s, time_s - _MEMORY_LAGS * self._lag_s)
        steps = math.ceil((time_s - start_s) / _LONGEST_STEP_S)
        return [start_s + (time_s - start_s) * step / steps for step in range(1, steps)]

    def follow(self, gas_k: float, time_s: float) -> None:
        """Bring the chip to `time_s`, with the gas on a straight line since the last look.

        Exact solution of dT/dt = (gas - T)/lag for a gas that changes linearly.
        """
        if self._time_s is None:
            self._body_k = gas_k  # switched on after a long time at rest
        elif time_s > self._time_s:
            elapsed_s = time_s - self._time_s
            ramp_k = (gas_k - self._gas_k) / elapsed_s * self._lag_s
            left = math.exp(-elapsed_s / self._lag_s)
            self._body_k = gas_k - ramp_k + (self._body_k - self._gas_k + ramp_k) * left
        self._time_s = time_s
        self._gas_k = gas_k

    def heat(self, time_s: float, converting: bool) -> None:
        """Bring the self-heating to `time_s`; the chip converted, or did not, since the last call."""
        if self._full_heat_k:
            target_k = self._full_heat_k if converting else 0.0
            left = math.exp(-(time_s - self._heat_time_s) / self._heat_lag_s)
            self._heat_k = target_k + (self._heat_k - target_k) * left
        self._heat_time_s = time_s
