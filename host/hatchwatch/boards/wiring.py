"""Every pin that a bench file uses: for the checks and for the wiring table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hatchwatch.boards import pins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hatchwatch.boards.mistakes import Place
    from hatchwatch.boards.model import BenchFile, Servo

__all__ = ["PinUse", "pin_uses", "servos"]


@dataclass(frozen=True)
class PinUse:
    """One pin in use: what for, where the bench file says so, and which pins could do it."""

    pin: int
    signal: str  # "SDA of i2c0", "servo of hatch Progress-PrK"
    place: Place
    legal: tuple[int, ...]
    pwm: bool = False


def pin_uses(bench: BenchFile) -> Iterator[PinUse]:
    """All pins in use, buses first. Values that could not be read are left out."""
    yield from (use for use in _all_uses(bench) if use.pin is not None)


def servos(bench: BenchFile) -> Iterator[tuple[Place, str, Servo]]:
    """All servos with their places and names: hatches in file order, then injectors in file order."""
    for index, hatch in enumerate(bench.hatches):
        if hatch.servo is not None:
            yield ("hatches", index, "servo"), f"hatch {hatch.name}", hatch.servo
    for index, module in enumerate(bench.modules):
        if module.injector is not None:
            yield ("modules", index, "injector"), f"injector of {module.name}", module.injector


def _all_uses(bench: BenchFile) -> Iterator[PinUse]:
    yield from _bus_uses(bench)
    for index, module in enumerate(bench.modules):
        if module.sensor is not None and module.sensor.cs is not None:
            at: Place = ("modules", index, "sensor", "cs")
            yield PinUse(module.sensor.cs, f"chip select of {module.name}", at, pins.HEADER_PINS)
    for place, name, servo in servos(bench):
        yield PinUse(servo.pin, f"servo of {name}", (*place, "pin"), pins.HEADER_PINS, pwm=True)
    if bench.board.led_pin is not None:
        yield PinUse(
            bench.board.led_pin, "the LED", ("board", "led_pin"), pins.led_pins(bench.board.type or "pico")
        )


def _bus_uses(bench: BenchFile) -> Iterator[PinUse]:
    for name, i2c in (("i2c0", bench.i2c0), ("i2c1", bench.i2c1)):
        if i2c is not None:
            for signal, pin in (("sda", i2c.sda), ("scl", i2c.scl)):
                yield PinUse(pin, f"{signal.upper()} of {name}", (name, signal), pins.i2c_pins(name, signal))
    for name, spi in (("spi0", bench.spi0), ("spi1", bench.spi1)):
        if spi is not None:
            for signal, pin in (("sck", spi.sck), ("mosi", spi.mosi), ("miso", spi.miso)):
                yield PinUse(pin, f"{signal.upper()} of {name}", (name, signal), pins.spi_pins(name, signal))
