"""Benches and vessels for the tests of the plant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hatchwatch.boards.files import load_bench_file
from hatchwatch.boards.model import BenchFile
from hatchwatch.emulator.plant import PRESETS, Plant, PlantPreset
from hatchwatch.payload import boards_root

MakeBench = Callable[..., BenchFile]


@pytest.fixture(scope="session")
def station6() -> BenchFile:
    return load_bench_file(boards_root() / "station6.toml")


@pytest.fixture
def shut_all() -> Callable[..., None]:
    """Shut all hatches of a plant at once."""

    def shut(plant: Plant, time_s: float = 0.0) -> None:
        for name in plant.truth(time_s)["hatches"]:
            plant.set_opening("hatch", name, time_s, 1.0, 0.0, 0.0)

    return shut


@pytest.fixture
def total() -> Callable[..., float]:
    """Sum one quantity over all modules of a truth."""

    def add(truth: dict[str, Any], key: str) -> float:
        return sum(module[key] for module in truth["modules"].values())

    return add


@pytest.fixture
def still() -> PlantPreset:
    """Surroundings that never change, so that closed solutions hold."""
    return replace(PRESETS["quiet"], name="still", temperature_drift_k_h=0.0, pressure_drift_pa_h=0.0)


@pytest.fixture
def make_bench() -> MakeBench:
    """Make a row of modules of 1 L, exact but for 1e-9 mL, joined by hatches; keywords go into [plant]."""

    def make(count: int = 2, *, displaced_ml: float = 0.0, **plant: Any) -> BenchFile:
        names = [f"m{number}" for number in range(count)]
        servo = {"open_us": 1900, "shut_us": 1100}
        return BenchFile.model_validate(
            {
                "name": "row",
                "modules": [
                    {
                        "name": name,
                        "volume_ml": 1000.0,
                        "volume_uncertainty_ml": 1e-9,
                        "sensor": {"bus": "i2c0"},
                        "injector": {"pin": 14 + number, **servo},
                    }
                    for number, name in enumerate(names)
                ],
                "hatches": [
                    {
                        "name": f"h{number}",
                        "between": [names[number], names[number + 1]],
                        "servo": {"pin": number, "displaced_ml": displaced_ml, **servo},
                    }
                    for number in range(count - 1)
                ],
                "plant": plant,
            }
        )

    return make
