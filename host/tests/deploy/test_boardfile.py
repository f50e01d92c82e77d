"""`bench.json` against the firmware's own reader."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from hatchwatch.boards import find_bench_file, list_bench_files, load_bench_file, parse_bench_file
from hatchwatch.deploy.boardfile import bench_digest, board_json
from hatchwatch.payload import firmware_root

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

MIXED = """\
name = "mixed"
board = { type = "pico_w" }
supply = { max_moving = 3 }
[i2c1]
sda = 2
scl = 3
frequency_hz = 100000
[spi0]
sck = 18
mosi = 19
miso = 16
[[muxes]]
name = "m"
bus = "i2c1"
address = 0x71
[[modules]]
name = "A"
volume_ml = 500.0
volume_uncertainty_ml = 5.0
sensor = { bus = "spi0", cs = 17 }
[[modules]]
name = "B"
volume_ml = 500.0
volume_uncertainty_ml = 5.0
sensor = { mux = "m", channel = 7, address = 0x77 }
injector = { pin = 5, open_us = 1900, shut_us = 1100, hold = true }
[[hatches]]
name = "h"
between = ["A", "B"]
servo = { pin = 0, open_us = 1200, shut_us = 1800, min_us = 1000, max_us = 2000, travel_ms = 300 }
[safe]
hatches = "open"
exceptions = { h = "shut" }
"""


@pytest.fixture
def firmware_config(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The firmware's `fsw.station.config`, under CPython."""
    monkeypatch.syspath_prepend(str(firmware_root()))
    monkeypatch.syspath_prepend(str(firmware_root() / "tests" / "cpython"))
    from fsw.station import config  # type: ignore[import-not-found] # noqa: PLC0415 - found by then

    return config


def test_every_field_is_where_the_firmware_looks() -> None:
    assert json.loads(board_json(parse_bench_file(MIXED))) == {
        "format": 3,
        "bench": "mixed",
        "led": -1,
        "max_moving": 3,
        "buses": [["i2c1", 2, 3, 100_000], ["spi0", 18, 19, 16, 1_000_000]],
        "muxes": [[0, 0x71]],
        "sensors": [[1, -1, -1, -1, 17], [0, 0x77, 0, 7]],
        "modules": [[500_000, 5_000, 0], [500_000, 5_000, 0]],
        "occupied": 0,
        "lifeboat": 0,
        "ambient": 0,
        "hatches": [[0, 1200, 1800, 1000, 2000, 300, 0, 0, 1]],
        "injectors": [[1, 5, 1900, 1100, 800, 2200, 500, 1]],
        "safe": [2],
    }


@pytest.mark.parametrize("path", list_bench_files(), ids=lambda path: path.stem)
def test_the_firmware_accepts_the_shipped_benches(path: Path, firmware_config: ModuleType) -> None:
    bench = load_bench_file(path)
    read = firmware_config.parse_bench(board_json(bench))
    assert (read.state, read.why) == (firmware_config.numbers.BENCH_VALID, "")
    assert read.name == bench.name
    assert read.file_hash == bench_digest(bench)
    assert len(read.sensors) == len(bench.modules)


def test_the_digest_tells_benches_apart() -> None:
    pair, mixed = load_bench_file(find_bench_file("pair")), parse_bench_file(MIXED)
    assert len(bench_digest(pair)) == 8
    assert bench_digest(pair) != bench_digest(mixed)
    other = pair.model_copy(update={"description": "the same bench in other words"})
    assert bench_digest(other) == bench_digest(pair)
