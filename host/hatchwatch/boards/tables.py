"""How to wire a bench, as rows of text: for the terminal and for documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hatchwatch.boards.pins import header_number
from hatchwatch.boards.wiring import pin_uses, servos

if TYPE_CHECKING:
    from hatchwatch.boards.model import BenchFile, SensorPlace

__all__ = ["mux_rows", "pin_rows", "sensor_rows", "servo_rows", "wiring_notes"]

# The rise time of the I2C specification with 100 to 150 pF of leads and breakouts.
PULL_UPS = {100_000: "4.7 kΩ", 400_000: "2.2 kΩ", 1_000_000: "1 kΩ"}

Rows = list[tuple[str, ...]]


def pin_rows(bench: BenchFile) -> Rows:
    """Pin, its number on the board's header, and what it is connected to; in the order of the pins."""
    uses = sorted(pin_uses(bench), key=lambda use: use.pin)
    return [(f"GP{use.pin}", str(header_number(use.pin) or "on board"), use.signal) for use in uses]


def sensor_rows(bench: BenchFile) -> Rows:
    """Module, where its sensor is connected, and what its SDO and CSB pins are strapped to."""
    return [(module.name, _connection(module.sensor), _strap(module.sensor)) for module in bench.modules]


def mux_rows(bench: BenchFile) -> Rows:
    """Mux, its bus and address, and what its address pins are strapped to."""
    return [
        (mux.name, f"{mux.bus}, address 0x{mux.address:02x}", ", ".join(_mux_straps(mux.address)))
        for mux in bench.muxes
    ]


def servo_rows(bench: BenchFile) -> Rows:
    """What moves, its pin, pulse widths in µs (open, shut, limits), travel in ms, whether pulses are held."""
    return [
        (
            name,
            f"GP{servo.pin}",
            str(servo.open_us),
            str(servo.shut_us),
            f"{servo.min_us}-{servo.max_us}",
            str(servo.travel_ms),
            "yes" if servo.hold else "no",
        )
        for _, name, servo in servos(bench)
    ]


def wiring_notes(bench: BenchFile) -> list[str]:
    """What the tables don't show and what most often goes wrong."""
    notes = []
    for name, bus in (("i2c0", bench.i2c0), ("i2c1", bench.i2c1)):
        if bus is not None:
            notes.append(
                f"{name}: pull-ups of about {PULL_UPS[bus.frequency_hz]} to 3V3, leads at most 30 cm."
            )
    if list(servos(bench)):
        notes.append(
            "Servos: 5 V of their own (650 mA for each that may stall), ground shared with the Pico."
        )
        notes.append("Servo signals: a pull-down each, so that nothing moves while the Pico starts.")
    return notes


def _connection(sensor: SensorPlace) -> str:
    if sensor.mux is not None:
        return f"{sensor.mux}, channel {sensor.channel}"
    if sensor.cs is not None:
        return f"{sensor.bus}, chip select GP{sensor.cs}"
    return str(sensor.bus)


def _strap(sensor: SensorPlace) -> str:
    if sensor.address is None:
        return "SDO is MISO, CSB is the chip select"
    return f"0x{sensor.address:02x}: SDO to {'3V3' if sensor.address & 1 else 'GND'}, CSB to 3V3"


def _mux_straps(address: int) -> list[str]:
    return [f"A{bit} to {'3V3' if address >> bit & 1 else 'GND'}" for bit in range(3)]
