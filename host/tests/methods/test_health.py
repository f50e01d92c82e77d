"""Sensors that must not take part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from hatchwatch.methods.health import sensor_defects
from hatchwatch.methods.signals import prepare

if TYPE_CHECKING:
    from collections.abc import Callable

    from hatchwatch.methods.protocols import ReadingsBlock

TIME_S = np.arange(100) * 0.1


@pytest.mark.parametrize(
    ("bad_readings", "clause"), [(0, ""), (49, ""), (51, "only 49%"), (100, "gave no reading")]
)
def test_how_many_readings_are_enough(
    make_block: Callable[..., ReadingsBlock], bad_readings: int, clause: str
) -> None:
    block = make_block(TIME_S, [np.full(100, 1e5)])
    block.state[:bad_readings] = 3
    (defect,) = sensor_defects(prepare(block, (0,), np.zeros(1)))
    assert clause in defect
    assert bool(defect) == bool(clause)


def test_a_frozen_sensor_is_told_from_a_quiet_one(make_block: Callable[..., ReadingsBlock]) -> None:
    block = make_block(TIME_S, [np.full(100, 1e5), np.full(100, 1e5)])
    block.pressure_pa[10:, 0] = block.pressure_pa[10, 0]
    frozen, living = sensor_defects(prepare(block, (0, 1), np.zeros(2)))
    assert "stands still" in frozen
    assert living == ""
