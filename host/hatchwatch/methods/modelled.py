"""A bench without a board: the emulator's plant and sensors, read ten times a second.

It answers as a real bench does (`protocols.BenchLike`), so that a whole procedure can be tried hundreds of
times in minutes. What it leaves out: firmware, buses, link, and the servos' own pace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hatchwatch.emulator.plant import Plant
from hatchwatch.emulator.wiring import make_sensors
from hatchwatch.methods.protocols import ReadingsBlock

if TYPE_CHECKING:
    from hatchwatch.boards.model import BenchFile, Servo
    from hatchwatch.emulator.plant import PlantPreset
    from hatchwatch.methods.protocols import Operator, Position

__all__ = ["ModelBench"]

_INTERVAL_S: Final = 0.1
_BOOT_S: Final = 0.3  # from power-on to the first conversion
_MEAN_S: Final = 2.0  # how long an ambient sensor is averaged
_ICE_POINT_K: Final = 273.15
_STREAM: Final = 7  # keeps the barometer's error apart from the plant's draws


class ModelBench:
    """Plant and sensors of a bench file; starts filled, with all hatches open and injectors shut."""

    operator: Operator | None = None

    def __init__(self, file: BenchFile, preset: str | PlantPreset = "quiet", seed: int = 0) -> None:
        self.file = file
        self.plant = Plant(file, preset, seed)
        self.sensors = make_sensors(file, self.plant, self.plant.preset, seed)
        self.board_time_s = _BOOT_S + _INTERVAL_S
        self._barometer = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_STREAM,)))
        for sensor in self.sensors.values():
            sensor.start_normal(_BOOT_S)

    def collect(self, duration_s: float) -> ReadingsBlock:
        """Let `duration_s` pass and read all sensors every 0.1 s."""
        count = round(duration_s / _INTERVAL_S)
        time_s = self.board_time_s + _INTERVAL_S * np.arange(count, dtype=np.float64)
        self.board_time_s += count * _INTERVAL_S
        values = [[sensor.compensated(float(t)) for sensor in self.sensors.values()] for t in time_s]
        both = np.array(values, dtype=np.float64).reshape(count, len(self.sensors), 2)
        return ReadingsBlock(
            time_s=time_s,
            pressure_pa=both[:, :, 0],
            temperature_k=both[:, :, 1] + _ICE_POINT_K,
            state=np.zeros(both.shape[:2], dtype=np.uint8),
        )

    def move_hatch(self, name: str, position: Position) -> None:
        """Move one hatch and let its travel time pass."""
        servo = next(hatch.servo for hatch in self.file.hatches if hatch.name == name)
        before = self.plant.opening("hatch", name, self.board_time_s)
        after = _opening(position)
        self.plant.set_opening("hatch", name, self.board_time_s, before, after, servo.travel_ms / 1000.0)
        self._travel(servo)

    def move_injector(self, module: str, position: Position) -> None:
        """Move one module's injector and let its travel time pass."""
        servo = next(item.injector for item in self.file.modules if item.name == module)
        if servo is None:
            raise ValueError(f"{module} has no injector")
        before = self.plant.opening("injector", module, self.board_time_s)
        after = _opening(position)
        self.plant.set_opening("injector", module, self.board_time_s, before, after, servo.travel_ms / 1000.0)
        self._travel(servo)

    def safe(self) -> None:
        """Put hatches and injectors where the bench file wants them."""
        safe = self.file.safe
        for hatch in self.file.hatches:
            self.move_hatch(hatch.name, safe.exceptions.get(hatch.name, safe.hatches))
        for module in self.file.modules:
            if module.injector is not None:
                self.move_injector(module.name, "shut")

    def ambient(self) -> tuple[float, float]:
        """The pressure outside: of the ambient module, else of a barometer of the stated uncertainty."""
        for column, module in enumerate(self.file.modules):
            if module.ambient:
                readings = self.collect(_MEAN_S)
                return float(readings.pressure_pa[:, column].mean()), self.file.sensors.pressure_offset_pa
        true_pa, _ = self.plant.ambient(self.board_time_s)
        standard_pa = self.file.ambient.ambient_uncertainty_pa
        return true_pa + standard_pa * float(self._barometer.standard_normal()), standard_pa

    def truth(self) -> dict[str, Any]:
        """What the plant knows now."""
        return self.plant.truth(self.board_time_s)

    def _travel(self, servo: Servo) -> None:
        self.board_time_s += _INTERVAL_S * round(servo.travel_ms / 1000.0 / _INTERVAL_S + 1)


def _opening(position: Position) -> float:
    return 1.0 if position == "open" else 0.0
