"""Settling on analytic decays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from hatchwatch.boards.model import SensorKnowledge
from hatchwatch.methods.settling import Transient, find_transient, mean_slope_of_exponential
from hatchwatch.methods.signals import prepare

if TYPE_CHECKING:
    from collections.abc import Callable

    from hatchwatch.methods.protocols import ReadingsBlock

AMBIENT_PA = 101_325.0
SENSORS = SensorKnowledge()
CALM = SensorKnowledge(flicker_pa=0.02)
TOLERANCE_PA_S = 1e-3
NOISE_PA = 0.8


def look(
    make_block: Callable[..., ReadingsBlock],
    duration_s: float,
    amplitude_pa: float,
    time_constant_s: float,
    leak_pa_s: float = 0.0,
    sensors: SensorKnowledge = SENSORS,
) -> Transient:
    """What the detector sees of a chip that warms up (p/T falls, p stays), on top of a leak."""
    time_s = np.arange(round(duration_s * 10)) * 0.1
    gauge_pa = 7_675.0 * np.exp(-leak_pa_s / 7_675.0 * time_s)
    pressure_pa = AMBIENT_PA + gauge_pa
    warming = 1.0 + amplitude_pa / 109_000.0 * np.exp(-time_s / time_constant_s)
    block = make_block(time_s, [pressure_pa], [293.15 / warming], noise_pa=NOISE_PA)
    readings = prepare(block, (0,), np.zeros(1))
    found = find_transient(readings, 0, (duration_s, duration_s + 60.0), AMBIENT_PA, sensors)
    assert found is not None
    return found


@pytest.mark.parametrize(("time_constant_s", "duration_s"), [(5.0, 60.0), (20.0, 60.0), (8.0, 30.0)])
def test_slope_of_an_exponential_is_that_of_the_fitted_line(
    time_constant_s: float, duration_s: float
) -> None:
    time_s = np.linspace(0.0, duration_s, 20_001)
    slope, _ = np.polyfit(time_s, np.exp(-time_s / time_constant_s), 1)
    assert mean_slope_of_exponential(time_constant_s, duration_s) == pytest.approx(slope, rel=1e-3)


@pytest.mark.parametrize("time_constant_s", [3.0, 5.0, 8.0, 14.0])
def test_what_is_left_of_a_warm_up_is_predicted(
    make_block: Callable[..., ReadingsBlock], time_constant_s: float
) -> None:
    early, late = (look(make_block, t, 180.0, time_constant_s, sensors=CALM) for t in (20.0, 60.0))
    slope_per_s = mean_slope_of_exponential(time_constant_s, 60.0)
    assert early.certain
    assert early.rest_pa_s <= 0.9 * 180.0 * np.exp(-20.0 / time_constant_s) * slope_per_s  # never too hopeful
    assert late.rest_pa_s == pytest.approx(
        180.0 * np.exp(-60.0 / time_constant_s) * slope_per_s, rel=0.3, abs=1e-5
    )


def test_a_warm_up_is_restless_until_it_is_over(make_block: Callable[..., ReadingsBlock]) -> None:
    assert not look(make_block, 16.0, 180.0, 5.0).tolerable(TOLERANCE_PA_S)
    assert not look(make_block, 26.0, 180.0, 5.0).tolerable(TOLERANCE_PA_S)
    assert look(make_block, 45.0, 180.0, 5.0).tolerable(TOLERANCE_PA_S)


@pytest.mark.parametrize("leak_pa_s", [0.0, 0.1, 2.0, 20.0, 100.0])
def test_a_leak_is_not_a_transient(make_block: Callable[..., ReadingsBlock], leak_pa_s: float) -> None:
    assert look(make_block, 20.0, 0.0, 8.0, leak_pa_s).tolerable(TOLERANCE_PA_S)


def test_a_transient_on_top_of_a_leak_is_seen(make_block: Callable[..., ReadingsBlock]) -> None:
    assert not look(make_block, 20.0, 100.0, 8.0, leak_pa_s=2.0).tolerable(TOLERANCE_PA_S)


def test_too_little_history_says_nothing(make_block: Callable[..., ReadingsBlock]) -> None:
    time_s = np.arange(100) * 0.1
    readings = prepare(make_block(time_s, [np.full(100, 109e3)], noise_pa=0.8), (0,), np.zeros(1))
    assert find_transient(readings, 0, (10.0, 70.0), AMBIENT_PA, SENSORS) is None
