"""Where the sensors are connected: buses that exist, unique addresses and channels, legal speeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hatchwatch.boards.mistakes import Mistake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hatchwatch.boards.model import BenchFile, Mux, SensorPlace

__all__ = ["check_muxes", "check_sensors"]

MUX_LIMIT_HZ = 400_000  # TCA9548A datasheet, section "Switching characteristics": f_SCL at most 400 kHz
SENSOR_ADDRESSES = (0x76, 0x77)

# What the three ways of connecting a sensor need.
NEEDS = {"mux": ("mux", "channel", "address"), "i2c": ("bus", "address"), "spi": ("bus", "cs")}


def check_muxes(bench: BenchFile) -> Iterator[Mistake]:
    """A mux sits on a declared bus of at most 400 kHz and has its address to itself."""
    owners: dict[tuple[str, int], int] = {}
    for index, mux in enumerate(bench.muxes):
        place = ("muxes", index)
        if mux.bus is None:
            continue
        bus = bench.i2c0 if mux.bus == "i2c0" else bench.i2c1
        if bus is None:
            yield _undeclared(bench, (*place, "bus"), mux.bus, "i2c")
        elif bus.frequency_hz > MUX_LIMIT_HZ:
            yield Mistake(
                (mux.bus, "frequency_hz"),
                f"must be 100000 or 400000 for {mux.name}, a TCA9548A; it is {bus.frequency_hz}",
            )
        owner = owners.setdefault((mux.bus, mux.address), index)
        if owner != index:
            taken = {other.address for other in bench.muxes if other.bus == mux.bus}
            free = ", ".join(f"0x{address:02x}" for address in range(0x70, 0x76) if address not in taken)
            yield Mistake((*place, "address"), f"is 0x{mux.address:02x}, as muxes[{owner}] is; free: {free}")


def check_sensors(bench: BenchFile) -> Iterator[Mistake]:
    """Each sensor is connected in one of three ways, and nothing else answers in its place."""
    muxes = {mux.name: mux for mux in bench.muxes if mux.name is not None}
    connected: list[tuple[int, SensorPlace]] = []
    for index, module in enumerate(bench.modules):
        if module.sensor is None:
            continue
        mistakes = list(_check_way(bench, ("modules", index, "sensor"), module.sensor, muxes))
        yield from mistakes
        if not mistakes:
            connected.append((index, module.sensor))
    yield from _check_addresses(bench, connected, muxes)


def _check_way(
    bench: BenchFile, place: tuple[str | int, ...], sensor: SensorPlace, muxes: dict[str, Mux]
) -> Iterator[Mistake]:
    """The keys fit the way of connecting; bus and mux exist."""
    if sensor.bus is None and sensor.mux is None:
        buses, names = _buses(bench) or "none is declared", ", ".join(muxes) or "none is declared"
        yield Mistake(place, f"needs a bus ({buses}) or a mux ({names})")
        return
    way = "mux" if sensor.mux is not None else str(sensor.bus)[:3]
    for key in ("bus", "mux", "channel", "address", "cs"):
        given = getattr(sensor, key) is not None
        if given != (key in NEEDS[way]):
            needs = ", ".join(NEEDS[way])
            yield Mistake(
                (*place, key), f"{'must be left out' if given else 'is missing'}: this way takes {needs}"
            )
    if sensor.mux is not None and sensor.mux not in muxes:
        yield Mistake(
            (*place, "mux"),
            f'names "{sensor.mux}", which is no mux; the muxes are {", ".join(muxes) or "not declared"}',
        )
    if way != "mux" and getattr(bench, str(sensor.bus)) is None:
        yield _undeclared(bench, (*place, "bus"), str(sensor.bus), way)


def _check_addresses(
    bench: BenchFile, connected: list[tuple[int, SensorPlace]], muxes: dict[str, Mux]
) -> Iterator[Mistake]:
    """No two parts answer to the same address at the same time.

    What hangs directly on a bus answers whatever the mux does, and muxes on one bus don't exclude each other;
    only two channels of the same mux are apart.
    """
    placed: list[tuple[int, str, int, str | None, int | None]] = []
    for index, sensor in connected:
        if sensor.address is None:
            continue
        bus = muxes[sensor.mux].bus if sensor.mux is not None else str(sensor.bus)
        place = ("modules", index, "sensor", "address")
        for mux in bench.muxes:
            if mux.bus == bus and mux.address == sensor.address:
                yield Mistake(
                    place, f"is 0x{sensor.address:02x}, as mux {mux.name} is; give the mux 0x70 to 0x75"
                )
        for other, other_bus, address, other_mux, channel in placed:
            apart = sensor.mux is not None and sensor.mux == other_mux and sensor.channel != channel
            if bus == other_bus and address == sensor.address and not apart:
                name = bench.modules[other].name
                yield Mistake(
                    place, f"is 0x{address:02x}, where {name} answers too; {_way_out(bench, sensor)}"
                )
                break
        placed.append((index, bus, sensor.address, sensor.mux, sensor.channel))


def _way_out(bench: BenchFile, sensor: SensorPlace) -> str:
    """Say what would keep two sensors apart."""
    (other,) = (address for address in SENSOR_ADDRESSES if address != sensor.address)
    choices = [f"use 0x{other:02x}"]
    if sensor.mux is not None:
        used = {
            module.sensor.channel
            for module in bench.modules
            if module.sensor and module.sensor.mux == sensor.mux
        }
        free = [str(channel) for channel in range(8) if channel not in used]
        choices += [f"channel {', '.join(free)}"] if free else []
    elif bench.muxes:
        choices.append("a channel of a mux")
    return " or ".join([*choices, "another bus"])


def _undeclared(bench: BenchFile, place: tuple[str | int, ...], bus: str, kind: str) -> Mistake:
    others = _buses(bench, kind)
    choice = f", or use {others}" if others else ""
    return Mistake(place, f'is "{bus}", which has no table; add [{bus}]{choice}')


def _buses(bench: BenchFile, kind: str = "") -> str:
    """The declared buses of a kind ("i2c", "spi" or all), as text."""
    declared = [name for name in ("i2c0", "i2c1", "spi0", "spi1") if getattr(bench, name) is not None]
    return ", ".join(name for name in declared if name.startswith(kind))
