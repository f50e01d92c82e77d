"""The lag of the chip's temperature against the analytic responses of a first-order lag."""

from __future__ import annotations

import math

import pytest

from hatchwatch.emulator.bmp280_climate import ChipClimate
from hatchwatch.emulator.bmp280_part import Surroundings

LAG_S = 2.0


def follow(gas, times_s):
    climate = ChipClimate(Surroundings(chip_lag_s=LAG_S))
    for time_s in times_s:
        climate.follow(gas(time_s), time_s)
    return climate.chip_k


def test_starts_at_the_gas_temperature():
    assert follow(lambda time_s: 300.0, [7.0]) == 300.0


def test_ramp_is_followed_with_the_lag():
    """T = T0 + r (t - lag (1 - exp(-t/lag))), whatever the steps."""
    for steps in (1, 7, 100):
        times_s = [6.0 * i / steps for i in range(steps + 1)]
        expected = 290 + 0.5 * (6.0 - LAG_S * (1 - math.exp(-6.0 / LAG_S)))
        assert follow(lambda time_s: 290 + 0.5 * time_s, times_s) == pytest.approx(expected, abs=1e-9)


def test_step_decays_with_the_lag():
    times_s = [0.0, 1.0 - 1e-9, 1.0] + [1.0 + 0.04 * i for i in range(1, 51)]
    chip_k = follow(lambda time_s: 300.0 if time_s >= 1.0 else 290.0, times_s)
    assert chip_k == pytest.approx(300 - 10 * math.exp(-2.0 / LAG_S), abs=1e-6)


def test_long_gaps_are_looked_into():
    """After a minute without a conversion the gas of the last lags is looked at in small steps."""
    climate = ChipClimate(Surroundings(chip_lag_s=LAG_S))
    climate.follow(290.0, 0.0)
    moments_s = climate.moments_before(60.0)
    assert moments_s[0] >= 60.0 - 10 * LAG_S
    gaps_s = [b - a for a, b in zip(moments_s, [*moments_s[1:], 60.0], strict=True)]
    assert max(gaps_s) <= 0.25
    assert climate.moments_before(0.1) == []


def test_self_heating_rises_and_falls_with_its_own_lag():
    climate = ChipClimate(Surroundings(self_heating_k=0.5, self_heating_lag_s=5.0))
    climate.follow(300.0, 0.0)
    climate.heat(10.0, converting=True)
    assert climate.chip_k - 300 == pytest.approx(0.5 * (1 - math.exp(-2)))
    climate.heat(15.0, converting=False)
    assert climate.heat_k == pytest.approx(0.5 * (1 - math.exp(-2)) * math.exp(-1))
