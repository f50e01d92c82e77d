"""What a bench file says: board, buses, modules, hatches, supply, knowledge of the sensors, and the plant.

A bench file is TOML. Every key that is a number carries its unit in its name. Cross-checks (pins, addresses,
graph) live in `checks`; reading a file and reporting all its mistakes in `files`.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from hatchwatch.boards.names import pick

__all__ = [
    "Ambient",
    "BenchFile",
    "Board",
    "Hatch",
    "I2CBus",
    "Injector",
    "Module",
    "Mux",
    "Plant",
    "SafeState",
    "SensorKnowledge",
    "SensorPlace",
    "Servo",
    "SpiBus",
    "Supply",
]

Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,23}$")]
# Legal pins depend on the board and on the use: `checks` tells them.
GpioPin = Annotated[int, Field(json_schema_extra={"minimum": 0, "maximum": 28})]
I2CName = Literal["i2c0", "i2c1"]
BusName = Literal["i2c0", "i2c1", "spi0", "spi1"]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Board(_Table):
    """The microcontroller board."""

    type: Literal["pico", "pico_w"] = "pico"
    usb_serial: str | None = None  # tells one Pico from another; `mpremote connect list` shows it
    led_pin: GpioPin | None = None  # 25 on a plain Pico; on a Pico W that pin belongs to the wireless chip


class Supply(_Table):
    """The 5 V supply of the servos."""

    max_moving: Annotated[int, Field(ge=1, le=16)] = 1  # servos that may move at the same time


class I2CBus(_Table):
    """One of the two I2C blocks of the RP2040."""

    sda: GpioPin
    scl: GpioPin
    frequency_hz: Literal[100_000, 400_000, 1_000_000] = 400_000


class SpiBus(_Table):
    """One of the two SPI blocks of the RP2040."""

    sck: GpioPin
    mosi: GpioPin
    miso: GpioPin
    frequency_hz: Annotated[int, Field(ge=100_000, le=10_000_000)] = 1_000_000


class Mux(_Table):
    """A TCA9548A on an I2C bus."""

    name: Name
    bus: I2CName
    address: Annotated[int, Field(ge=0x70, le=0x77)] = 0x70


class SensorPlace(_Table):
    """Where a module's BMP280 is connected: on a bus, behind a mux channel, or on SPI with a chip select."""

    bus: BusName | None = None
    mux: Name | None = None
    channel: Annotated[int, Field(ge=0, le=7)] | None = None
    address: Literal[0x76, 0x77] | None = None
    cs: GpioPin | None = None


class Servo(_Table):
    """A hobby servo on one PWM pin: pulse widths at both ends, hard limits, travel time."""

    pin: GpioPin
    open_us: Annotated[int, Field(ge=400, le=2600)]
    shut_us: Annotated[int, Field(ge=400, le=2600)]
    min_us: Annotated[int, Field(ge=400, le=2600)] = 800
    max_us: Annotated[int, Field(ge=400, le=2600)] = 2200
    travel_ms: Annotated[int, Field(ge=50, le=10_000)] = 500  # from one end to the other, with margin
    hold: bool = False  # keep the pulses on after arrival
    displaced_ml: Annotated[float, Field(ge=0, le=20)] = 0.0  # gas pushed into the two sides by shutting


class Injector(Servo):
    """A servo valve from a module to ambient; what it lets through may have been measured."""

    leak_pa_m3_s: Annotated[float, Field(gt=0, lt=1)] | None = None  # when open, at 8 kPa over ambient
    leak_uncertainty_pa_m3_s: Annotated[float, Field(gt=0, lt=1)] | None = None  # standard (k = 1)


class Module(_Table):
    """One chamber with one BMP280."""

    name: Name
    title: str | None = None
    owner: str | None = None
    volume_ml: Annotated[float, Field(gt=0)] | None = None  # not for an ambient sensor
    volume_uncertainty_ml: Annotated[float, Field(gt=0)] | None = None  # standard uncertainty (k = 1)
    occupied: bool = False  # crew is aboard
    lifeboat: bool = False  # the crew can leave the station from here
    ambient: bool = False  # an open sensor that serves as the reference
    sensor: SensorPlace
    injector: Injector | None = None

    @property
    def volume_m3(self) -> float:
        """Stated volume in m³; an ambient sensor has none."""
        if self.volume_ml is None:
            raise ValueError(f"module {self.name} has no volume")
        return self.volume_ml * 1e-6

    @property
    def volume_uncertainty_m3(self) -> float:
        """Standard uncertainty (k = 1) of the stated volume in m³."""
        if self.volume_uncertainty_ml is None:
            raise ValueError(f"module {self.name} has no volume uncertainty")
        return self.volume_uncertainty_ml * 1e-6


class Hatch(_Table):
    """A servo-driven opening between two modules."""

    name: Name
    between: Annotated[tuple[Name, Name], Field(strict=False)]
    servo: Servo


class SafeState(_Table):
    """Where `safe` puts the hatches; injectors always shut."""

    hatches: Literal["open", "shut"] = "open"
    exceptions: dict[Name, Literal["open", "shut"]] = {}


class SensorKnowledge(_Table):
    """What is known of the sensors before a test, for plans and uncertainty budgets (all standard, k = 1)."""

    flicker_pa: Annotated[float, Field(ge=0)] = 0.3  # floor of the Allan deviation
    pressure_offset_pa: Annotated[float, Field(ge=0)] = 58.0  # ±1 hPa of the datasheet, rectangular
    temperature_offset_k: Annotated[float, Field(ge=0)] = 0.6  # ±1 K, rectangular
    temperature_lag_s: Annotated[float, Field(ge=0)] = 2.0  # the chip follows the gas with this time constant
    temperature_lag_uncertainty_s: Annotated[float, Field(ge=0)] = 0.5
    temperature_drift_k_h: Annotated[float, Field(ge=0)] = 0.01  # gas against chip, not seen by the chip


class Ambient(_Table):
    """Limits of filling."""

    fill_gauge_pa: Annotated[float, Field(gt=0, le=20_000)] = 8_000.0  # target over ambient
    ceiling_pa: Annotated[float, Field(gt=0, le=110_000)] = (
        109_000.0  # alarm above; the sensor is specified to 110 kPa
    )
    ambient_uncertainty_pa: Annotated[float, Field(ge=0)] = 60.0


class Plant(_Table):
    """What only the emulated bench needs to know."""

    ambient_pa: Annotated[float, Field(gt=30_000, lt=110_000)] = 101_325.0
    ambient_k: Annotated[float, Field(gt=250, lt=330)] = 293.15
    wall_time_constant_s: Annotated[float, Field(gt=0, le=60)] = 8.0
    seal_leak_pa_m3_s: Annotated[float, Field(ge=0)] = 1e-5  # of a shut hatch, at 8 kPa, to its neighbour
    injector_leak_pa_m3_s: Annotated[float, Field(ge=0)] = 1e-3  # of injectors that state none, at 8 kPa
    hatch_bore_mm: Annotated[float, Field(gt=0, le=50)] = 3.0
    chip_lag_s: Annotated[float, Field(gt=0)] = 2.0


class BenchFile(_Table):
    """One bench: everything the tool, the firmware and the emulator need to know."""

    name: Name
    description: str = ""
    board: Board = Board()
    supply: Supply = Supply()
    i2c0: I2CBus | None = None
    i2c1: I2CBus | None = None
    spi0: SpiBus | None = None
    spi1: SpiBus | None = None
    muxes: tuple[Mux, ...] = Field(default=(), strict=False)
    modules: Annotated[tuple[Module, ...], Field(min_length=1, max_length=16, strict=False)]
    hatches: Annotated[tuple[Hatch, ...], Field(max_length=15, strict=False)] = ()
    safe: SafeState = SafeState()
    sensors: SensorKnowledge = SensorKnowledge()
    ambient: Ambient = Ambient()
    plant: Plant = Plant()

    @property
    def chambers(self) -> tuple[Module, ...]:
        """The modules that hold gas, in file order (ambient sensors left out)."""
        return tuple(module for module in self.modules if not module.ambient)

    @property
    def injectors(self) -> tuple[Module, ...]:
        """The modules with an injector, in file order: the order in which the board counts injectors."""
        return tuple(module for module in self.modules if module.injector is not None)

    @property
    def part_names(self) -> dict[str, list[str]]:
        """Names by the indexes that the link uses: of each "module", "hatch" and "injector"."""
        return {
            "module": [module.name for module in self.modules],
            "hatch": [hatch.name for hatch in self.hatches],
            "injector": [module.name for module in self.injectors],
        }

    def module(self, name: str) -> Module:
        """Look up a module by name, whatever the case of the letters; raises UsageError with the names."""
        return _named("module", name, self.modules)

    def hatch(self, name: str) -> Hatch:
        """Look up a hatch by name, whatever the case of the letters; raises UsageError with the names."""
        return _named("hatch", name, self.hatches)


Entry = TypeVar("Entry", Module, Hatch)


def _named(kind: str, name: str, entries: tuple[Entry, ...]) -> Entry:
    true_name = pick(kind, name, [entry.name for entry in entries])
    return next(entry for entry in entries if entry.name == true_name)
