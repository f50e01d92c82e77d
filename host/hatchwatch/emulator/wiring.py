"""Puts the parts of a bench file onto the pins of an emulated chip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from hatchwatch.emulator.bmp280 import Bmp280
from hatchwatch.emulator.bmp280_faces import Bmp280OnI2C, Bmp280OnSpi
from hatchwatch.emulator.bmp280_part import Part, Surroundings
from hatchwatch.emulator.faults import FaultBoard
from hatchwatch.emulator.i2c import I2CBus, Segment
from hatchwatch.emulator.i2c_pins import PinsOfI2C
from hatchwatch.emulator.interfaces import GasSource, OpeningKind, Openings
from hatchwatch.emulator.servo import HobbyServo, ServoSupply, read_pulses
from hatchwatch.emulator.spi import SpiBus
from hatchwatch.emulator.tca9548a import Tca9548a

if TYPE_CHECKING:
    from rp2040py.rp2040 import RP2040

    from hatchwatch.boards.model import BenchFile, Module, Servo
    from hatchwatch.emulator.interfaces import SpiTarget
    from hatchwatch.emulator.plant.presets import PlantPreset

__all__ = ["Devices", "PlantSide", "attach", "make_sensors"]

CATCH_UP_NS = 1e9  # sensors nobody reads are brought up to date this often, so that the past stays short
TRAVEL_SHARE = (0.5, 0.8)  # of the stated travel time, which has a margin, is what a servo needs
_TRAVEL_STREAM = 3  # keeps these draws apart from those of the sensors


class PlantSide(GasSource, Openings, Protocol):
    """What the devices need of the plant."""

    @property
    def preset(self) -> PlantPreset:
        """How the sensors sit in it."""
        ...

    def opening(self, kind: OpeningKind, name: str, time_s: float) -> float:
        """How far a hatch or an injector is open."""
        ...


class Devices:
    """Everything that is wired to the chip. All methods act at the present board time."""

    def __init__(self, mcu: RP2040, bench: BenchFile, plant: PlantSide, seed: int) -> None:
        self._clock = mcu.clock
        self.sensors = make_sensors(bench, plant, plant.preset, seed)
        self.muxes = {mux.name: _make_mux(bench, mux.name, self.sensors) for mux in bench.muxes}
        self.buses = _make_i2c_buses(mcu, bench, self.sensors, self.muxes)
        _wire_spi_buses(mcu, bench, self.sensors)
        self.servos = _make_servos(mcu, bench, plant, seed)
        self._faults = FaultBoard(
            {
                "sensor": {name: sensor.faults for name, sensor in self.sensors.items()},
                "bus": dict(self.buses),
                "mux": dict(self.muxes),
                "servo": dict(self.servos),
                "supply": {"supply": ServoSupply(list(self.servos.values()))},
            }
        )
        self._alarm = self._clock.create_alarm(self._catch_up)
        self.set_power(on=True)
        self._alarm.schedule(CATCH_UP_NS)

    @property
    def now_s(self) -> float:
        """Present board time."""
        return float(self._clock.nanos) * 1e-9

    def set_power(self, *, on: bool) -> None:
        """Switch the 3.3 V that the board gives to sensors and muxes; servos have their own supply."""
        for sensor in self.sensors.values():
            sensor.power_on(self.now_s) if on else sensor.power_off(self.now_s)
        for mux in self.muxes.values():
            mux.power_on()

    def fault(self, kind: str, target: str, **value: Any) -> None:
        """Set a fault of `faults.KINDS`; UsageError lists what is allowed.

        Sensors are named by module, hatches by name, injectors MODULE.injector, the servo supply `supply`.
        """
        self._bring_sensors_up_to_date()
        self._faults.fault(kind, target, **value)

    def clear(self, kind: str, target: str) -> None:
        """End a fault."""
        self._bring_sensors_up_to_date()
        self._faults.clear(kind, target)

    def truth(self, time_s: float | None = None) -> dict[str, Any]:
        """What the sensors felt last, where the levers are (now by default), and the faults set; for JSON."""
        time_s = self.now_s if time_s is None else time_s
        return {
            "sensors": {name: sensor.truth() for name, sensor in self.sensors.items()},
            "servos": {
                name: {"opening": servo.opening(time_s), "moving": servo.moving(time_s), "stuck": servo.stuck}
                for name, servo in self.servos.items()
            },
            "faults": self._faults.present(),
        }

    def _bring_sensors_up_to_date(self) -> None:
        for sensor in self.sensors.values():
            sensor.advance(self.now_s)

    def _catch_up(self) -> None:
        self._bring_sensors_up_to_date()
        self._alarm.schedule(CATCH_UP_NS)


def attach(mcu: RP2040, bench: BenchFile, plant: PlantSide, seed: int) -> Devices:
    """Wire all parts of a bench to a chip, once; resets of the chip leave the parts as they are."""
    return Devices(mcu, bench, plant, seed)


def make_sensors(bench: BenchFile, gas: GasSource, preset: PlantPreset, seed: int) -> dict[str, Bmp280]:
    """The sensors of a bench by module name, each a part of its own; also without a chip, for studies."""
    surroundings = Surroundings(
        chip_lag_s=bench.plant.chip_lag_s,
        self_heating_k=preset.self_heating_k,
        self_heating_lag_s=preset.self_heating_lag_s,
        flicker_pa=preset.flicker_pa,
    )
    return {
        module.name: Bmp280(module.name, gas, Part.draw(seed, number), surroundings, seed=seed, sensor=number)
        for number, module in enumerate(bench.modules)
    }


def _on_i2c(module: Module, sensors: dict[str, Bmp280]) -> Bmp280OnI2C:
    address = module.sensor.address
    if address is None:
        raise ValueError(f"the sensor of {module.name} has no I2C address")  # a checked bench file has one
    return Bmp280OnI2C(sensors[module.name], address)


def _make_mux(bench: BenchFile, name: str, sensors: dict[str, Bmp280]) -> Tca9548a:
    address = next(mux.address for mux in bench.muxes if mux.name == name)
    channels = {channel: Segment() for channel in range(8)}
    for module in bench.modules:
        if module.sensor.mux == name and module.sensor.channel is not None:
            channels[module.sensor.channel].targets.append(_on_i2c(module, sensors))
    return Tca9548a(address, channels)


def _make_i2c_buses(
    mcu: RP2040, bench: BenchFile, sensors: dict[str, Bmp280], muxes: dict[str, Tca9548a]
) -> dict[str, I2CBus]:
    buses = {}
    for block, (name, pins) in enumerate((("i2c0", bench.i2c0), ("i2c1", bench.i2c1))):
        if pins is not None:
            bus = buses[name] = I2CBus(mcu, block, sda=pins.sda, scl=pins.scl)
            bus.targets += [_on_i2c(module, sensors) for module in bench.modules if module.sensor.bus == name]
            bus.targets += [muxes[mux.name] for mux in bench.muxes if mux.bus == name]
            PinsOfI2C(mcu, bus, sda=pins.sda, scl=pins.scl)
    return buses


def _wire_spi_buses(mcu: RP2040, bench: BenchFile, sensors: dict[str, Bmp280]) -> None:
    for block, (name, pins) in enumerate((("spi0", bench.spi0), ("spi1", bench.spi1))):
        if pins is not None:
            parts: dict[int, SpiTarget] = {
                module.sensor.cs: Bmp280OnSpi(sensors[module.name])
                for module in bench.modules
                if module.sensor.bus == name and module.sensor.cs is not None
            }
            SpiBus(mcu, block, parts)


def _make_servos(mcu: RP2040, bench: BenchFile, plant: PlantSide, seed: int) -> dict[str, HobbyServo]:
    dice = np.random.Generator(np.random.Philox(np.random.SeedSequence(seed, spawn_key=(0, _TRAVEL_STREAM))))

    def make(kind: OpeningKind, name: str, spec: Servo) -> HobbyServo:
        servo = HobbyServo(
            spec,
            kind,
            name,
            plant,
            mcu.clock,
            travel_s=spec.travel_ms * 1e-3 * float(dice.uniform(*TRAVEL_SHARE)),
            opening=plant.opening(kind, name, mcu.clock.nanos * 1e-9),
        )
        read_pulses(mcu, spec.pin, servo.on_pulse)
        return servo

    servos = {hatch.name: make("hatch", hatch.name, hatch.servo) for hatch in bench.hatches}
    for module in bench.modules:
        if module.injector is not None:
            servos[f"{module.name}.injector"] = make("injector", module.name, module.injector)
    return servos
