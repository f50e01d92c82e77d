"""Benches of any shape, and readings made from formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from hatchwatch.boards.model import BenchFile
from hatchwatch.methods.protocols import ReadingsBlock

if TYPE_CHECKING:
    from collections.abc import Callable

ROOM_K = 293.15


def build_bench(volumes_ml: dict[str, float], hatches: list[tuple[str, str]] | None = None) -> BenchFile:
    """A bench of chambers with volumes known to 1 %; only names, volumes and hatches matter here."""
    return BenchFile.model_validate(
        {
            "name": "formula",
            "modules": [
                {
                    "name": name,
                    "volume_ml": volume,
                    "volume_uncertainty_ml": volume / 100.0,
                    "sensor": {"bus": "i2c0", "address": 0x76},
                }
                for name, volume in volumes_ml.items()
            ],
            "hatches": [
                {"name": f"{a}-{b}", "between": [a, b], "servo": {"pin": 0, "open_us": 1900, "shut_us": 1100}}
                for a, b in hatches or []
            ],
        }
    )


def build_block(
    time_s: np.ndarray,
    pressures_pa: list[np.ndarray],
    temperatures_k: list[np.ndarray] | None = None,
    noise_pa: float = 0.05,
) -> ReadingsBlock:
    """Readings of formulas, with white noise far below a sensor's so that nothing is exactly singular."""
    dice = np.random.default_rng(1)
    pressure_pa = np.column_stack(pressures_pa)
    pressure_pa = pressure_pa + noise_pa * dice.standard_normal(pressure_pa.shape)
    if temperatures_k is None:
        temperature_k = np.full(pressure_pa.shape, ROOM_K)
    else:
        temperature_k = np.column_stack(temperatures_k)
    return ReadingsBlock(time_s, pressure_pa, temperature_k, np.zeros(pressure_pa.shape, dtype=np.uint8))


@pytest.fixture
def make_bench() -> Callable[..., BenchFile]:
    return build_bench


@pytest.fixture
def make_block() -> Callable[..., ReadingsBlock]:
    return build_block
