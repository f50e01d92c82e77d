"""Offsets, gaps, lag and averages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatchwatch.methods.signals import block_means, cumulative, delayed, prepare, relative_offsets

if TYPE_CHECKING:
    from collections.abc import Callable

    from hatchwatch.methods.protocols import ReadingsBlock

TIME_S = np.arange(400) * 0.1


def test_a_step_is_at_63_percent_after_one_lag() -> None:
    signal = np.where(TIME_S >= 10.0, 1.0, 0.0)
    behind = delayed(TIME_S, signal, 2.0)
    assert behind[np.searchsorted(TIME_S, 12.0)] == pytest.approx(1.0 - np.exp(-1.0), abs=0.01)


def test_a_ramp_comes_late_by_the_lag() -> None:
    behind = delayed(TIME_S, 3.0 * TIME_S, 2.0)
    assert behind[-1] == pytest.approx(3.0 * (TIME_S[-1] - 2.0), abs=1e-6)


@given(gaps=st.lists(st.floats(0.02, 1.5), min_size=30, max_size=60), lag_s=st.floats(0.2, 5.0))
def test_a_lag_is_exact_on_straight_lines_whatever_the_spacing(gaps: list[float], lag_s: float) -> None:
    time_s = np.cumsum(gaps)
    behind = delayed(time_s, 2.0 + 0.5 * time_s, lag_s)
    elapsed = time_s - time_s[0]
    analytic = 2.0 + 0.5 * (time_s - lag_s * (1.0 - np.exp(-elapsed / lag_s)))
    assert behind == pytest.approx(analytic, abs=1e-9)


def test_no_lag_changes_nothing() -> None:
    assert delayed(TIME_S, TIME_S**2, 0.0) is not None
    assert np.array_equal(delayed(TIME_S, TIME_S**2, 0.0), TIME_S**2)


def test_columns_pass_the_lag_apart() -> None:
    both = delayed(TIME_S, np.column_stack([TIME_S, np.sin(TIME_S)]), 1.0)
    assert both[:, 1] == pytest.approx(delayed(TIME_S, np.sin(TIME_S), 1.0))


def test_an_integral_begins_at_zero() -> None:
    area = cumulative(TIME_S, np.column_stack([np.ones(400), TIME_S]))
    assert area[0] == pytest.approx([0.0, 0.0])
    assert area[-1] == pytest.approx([39.9, 39.9**2 / 2.0])


def test_blocks_drop_what_is_left_over() -> None:
    assert block_means(np.arange(11.0), 5) == pytest.approx([2.0, 7.0])


def test_offsets_are_against_the_mean_of_all(make_block: Callable[..., ReadingsBlock]) -> None:
    common = 109_000.0 - 0.5 * TIME_S  # all hatches are open, and the station leaks
    block = make_block(TIME_S, [common + 30.0, common - 10.0, common - 20.0])
    assert relative_offsets(block, (0, 1, 2)) == pytest.approx([30.0, -10.0, -20.0], abs=0.02)


def test_a_sensor_with_gaps_gets_no_offset_from_the_drift(make_block: Callable[..., ReadingsBlock]) -> None:
    common = 109_000.0 - 5.0 * TIME_S
    block = make_block(TIME_S, [common, common])
    block.state[:200, 1] = 1  # read in the second half only, when the pressure is lower
    assert relative_offsets(block, (0, 1)) == pytest.approx([0.0, 0.0], abs=0.02)


def test_a_dead_sensor_has_no_offset_and_spoils_none(make_block: Callable[..., ReadingsBlock]) -> None:
    flat = np.full(400, 109_000.0)
    block = make_block(TIME_S, [flat + 4.0, flat, flat - 4.0])
    block.state[:, 1] = 3
    offsets_pa = relative_offsets(block, (0, 1, 2))
    assert np.isnan(offsets_pa[1])
    assert offsets_pa[[0, 2]] == pytest.approx([4.0, -4.0], abs=0.02)


def test_gaps_are_bridged_and_remembered(make_block: Callable[..., ReadingsBlock]) -> None:
    block = make_block(TIME_S, [109_000.0 - TIME_S, np.full(400, 5.0)], noise_pa=0.0)
    block.state[100:150, 0] = 2
    block.pressure_pa[100:150, 0] = 0.0
    readings = prepare(block, (0,), np.array([7.0]))
    assert readings.pressure_pa.shape == (400, 1)
    assert readings.pressure_pa[:, 0] == pytest.approx(108_993.0 - TIME_S)
    assert readings.valid[:, 0].sum() == 350.0


def test_a_sensor_that_never_spoke_stays_unknown(make_block: Callable[..., ReadingsBlock]) -> None:
    block = make_block(TIME_S, [np.full(400, 1e5)])
    block.state[:] = 3
    assert np.isnan(prepare(block, (0,), np.array([np.nan])).pressure_pa).all()
