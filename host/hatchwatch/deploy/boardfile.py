"""`bench.json`: the bench as the firmware reads it; `firmware/fsw/station/config.py` tells the format."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from hatchwatch.link.dictionary import dictionary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hatchwatch.boards import BenchFile
    from hatchwatch.boards.model import Hatch, SensorPlace, Servo

__all__ = ["FORMAT", "NAME", "bench_digest", "board_json"]

NAME = "bench.json"
FORMAT = 3
DIGEST_BYTES = 8  # of the SHA-256; what the board reports of its file
NONE = -1


def board_json(bench: BenchFile) -> bytes:
    """Write a bench in the firmware's words; equal benches give equal bytes."""
    buses = _buses(bench)
    bus_index = {str(row[0]): index for index, row in enumerate(buses)}
    mux_index = {mux.name: index for index, mux in enumerate(bench.muxes)}
    data = {
        "format": FORMAT,
        "bench": bench.name,
        "led": NONE if bench.board.led_pin is None else bench.board.led_pin,
        "max_moving": bench.supply.max_moving,
        "buses": buses,
        "muxes": [[bus_index[mux.bus], mux.address] for mux in bench.muxes],
        "sensors": [_sensor(bench, module.sensor, bus_index, mux_index) for module in bench.modules],
        "modules": _modules(bench),
        "occupied": _mask(module.occupied for module in bench.modules),
        "lifeboat": _mask(module.lifeboat for module in bench.modules),
        "ambient": _mask(module.ambient for module in bench.modules),
        "hatches": [_servo(hatch.servo) + _sides(bench, hatch) for hatch in bench.hatches],
        "injectors": [
            [index, *_servo(module.injector)]
            for index, module in enumerate(bench.modules)
            if module.injector is not None
        ],
        "safe": _safe(bench),
    }
    return json.dumps(data, separators=(",", ":")).encode()


def bench_digest(bench: BenchFile) -> bytes:
    """The eight bytes by which the board tells which bench file it runs on."""
    return hashlib.sha256(board_json(bench)).digest()[:DIGEST_BYTES]


def _buses(bench: BenchFile) -> list[list[str | int]]:
    rows: list[list[str | int]] = []
    for name, i2c in (("i2c0", bench.i2c0), ("i2c1", bench.i2c1)):
        if i2c is not None:
            rows.append([name, i2c.sda, i2c.scl, i2c.frequency_hz])
    for name, spi in (("spi0", bench.spi0), ("spi1", bench.spi1)):
        if spi is not None:
            rows.append([name, spi.sck, spi.mosi, spi.miso, spi.frequency_hz])
    return rows


def _sensor(
    bench: BenchFile, sensor: SensorPlace, bus_index: dict[str, int], mux_index: dict[str, int]
) -> list[Any]:
    if sensor.mux is not None:
        mux = mux_index[sensor.mux]
        return [bus_index[bench.muxes[mux].bus], sensor.address, mux, sensor.channel]
    bus = bus_index[str(sensor.bus)]
    if sensor.cs is not None:
        return [bus, NONE, NONE, NONE, sensor.cs]
    return [bus, sensor.address, NONE, NONE]


def _modules(bench: BenchFile) -> list[list[int]]:
    """Volume and its standard uncertainty in µL, and a number for the owner."""
    owners = list(dict.fromkeys(module.owner for module in bench.modules))
    return [
        [
            round(1000 * (module.volume_ml or 0)),
            round(1000 * (module.volume_uncertainty_ml or 0)),
            owners.index(module.owner),
        ]
        for module in bench.modules
    ]


def _mask(flags: Iterable[bool]) -> int:
    return sum(flag << place for place, flag in enumerate(flags))


def _servo(servo: Servo) -> list[int]:
    pulses = [servo.open_us, servo.shut_us, servo.min_us, servo.max_us]
    return [servo.pin, *pulses, servo.travel_ms, int(servo.hold)]


def _sides(bench: BenchFile, hatch: Hatch) -> list[int]:
    names = [module.name for module in bench.modules]
    return [names.index(side) for side in hatch.between]


def _safe(bench: BenchFile) -> list[int]:
    safe = bench.safe
    wanted = [safe.exceptions.get(hatch.name, safe.hatches) for hatch in bench.hatches]
    return [dictionary().enum_value("position", position) for position in wanted]
