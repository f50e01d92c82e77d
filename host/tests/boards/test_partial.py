from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hatchwatch.boards.model import BenchFile
from hatchwatch.boards.partial import readable_part, respell_keys

if TYPE_CHECKING:
    from conftest import Tell


def test_what_can_be_read_is_kept(station: dict[str, Any]) -> None:
    bad = {("modules", 2, "volume_ml"), ("hatches", 0, "between", 1), ("i2c0",)}
    bench = readable_part(BenchFile, {**station, "i2c0": 5}, bad)
    assert bench.i2c0 is None
    assert bench.modules[2].volume_ml is None
    assert bench.modules[2].sensor.channel == 0
    assert bench.hatches[0].between is None
    assert bench.hatches[1].between == ("PrK", "Zvezda")


def test_misspelt_keys_are_taken_for_what_was_meant(station: dict[str, Any]) -> None:
    station["modules"][1]["ocupied"] = True
    station["modules"][1]["sensor"]["adress"] = station["modules"][1]["sensor"].pop("address")
    found = {mistake.place: mistake.text for mistake in respell_keys(BenchFile, station)}
    assert found == {
        ("modules", 1, "ocupied"): "is no key here; did you mean occupied?",
        ("modules", 1, "sensor", "adress"): "is no key here; did you mean address?",
    }
    assert BenchFile.model_validate(station).modules[1].occupied


@pytest.mark.parametrize("key", ["modules", "hatches", "muxes", "i2c0", "board", "safe", "plant", "name"])
@pytest.mark.parametrize("value", [{}, [], [[]], 3, "x", [{}], {"x": 1}, True])
def test_values_of_the_wrong_shape_are_told(
    station: dict[str, Any], told: Tell, key: str, value: object
) -> None:
    station[key] = value
    if (key, value) not in [("board", {}), ("safe", {}), ("plant", {}), ("name", "x")]:
        assert told(station)
