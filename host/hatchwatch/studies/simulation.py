"""A station in a simulated room, read ten times a second as the firmware would read it.

Gas, heat, weather, volumes and sensors follow from bench file, preset and seed: volumes, weather and parts
are those of the emulated bench with the same seed. Hatches take the time that the board gives them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from hatchwatch.emulator.plant.build import build_network
from hatchwatch.link.dictionary import dictionary
from hatchwatch.studies.gas import Gas
from hatchwatch.studies.sensors import INTERVAL_S, SensorRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hatchwatch.boards.model import BenchFile
    from hatchwatch.emulator.plant import PlantPreset
    from hatchwatch.studies.gas import FloatArray
    from hatchwatch.studies.sensors import Int32Array

__all__ = ["Simulation"]

_SHUTS_AFTER: Final = 0.65  # of the stated travel time, which has a margin, a servo needs
_TURNS_PER_S: Final = round(1.0 / INTERVAL_S)


class Simulation:
    """One bench; all hatches start open, and the board has just been switched on.

    Times are in turns of 0.1 s. `positions` has what the board takes each hatch for, a value of `position`.
    """

    def __init__(
        self,
        bench: BenchFile,
        preset: PlantPreset,
        seed: int,
        *,
        noise: float = 1.0,
        gauge_pa: float | None = None,
    ) -> None:
        names = [module.name for module in bench.modules]
        network = build_network(bench, preset, seed)
        filled_pa = min(bench.plant.ambient_pa + bench.ambient.fill_gauge_pa, bench.ambient.ceiling_pa)
        start_pa = filled_pa if gauge_pa is None else bench.plant.ambient_pa + gauge_pa
        self.turn = 0
        self._weather = network.weather
        self._chambers = [names.index(chamber.name) for chamber in network.chambers]
        self._places = {chamber.name: place for place, chamber in enumerate(network.chambers)}
        self.gas = Gas(network, [True] * len(bench.hatches), bench.plant.ambient_pa, start_pa)
        position = dictionary().enum_value
        self._open, self._shut = position("position", "open"), position("position", "shut")
        self._moving, self._queued = position("position", "moving"), position("position", "queued")
        self.positions = bytearray([self._open] * len(bench.hatches))
        self._travel_turns = [math.ceil(hatch.servo.travel_ms / 100) + 1 for hatch in bench.hatches]
        self._max_moving = bench.supply.max_moving
        self._queue: list[tuple[int, int]] = []
        self._agenda: list[tuple[int, Callable[[], None]]] = []
        self._count = len(names)
        self._sensors = SensorRow(
            self._count,
            preset,
            bench.plant.chip_lag_s,
            seed,
            noise,
            np.full(self._count, network.weather.temperature_k(0.0)),
        )

    @property
    def time_s(self) -> float:
        """Board time."""
        return self.turn * INTERVAL_S

    def set_leak(self, module: str, leak_pa_m3_s: float) -> None:
        """Let a module leak to ambient from now on; the rate holds at 8 kPa over ambient."""
        self.gas.set_leak(self._places[module], leak_pa_m3_s)

    def order(self, hatch: int, position: int) -> None:
        """Have a hatch moved as soon as the supply has a place for it."""
        self._queue = [entry for entry in self._queue if entry[0] != hatch]
        self._queue.append((hatch, position))
        self.positions[hatch] = self._queued
        self._start_moves()

    def read(self, turns: int) -> tuple[Int32Array, Int32Array]:
        """Let so many turns pass and read all sensors in each.

        Return pressures in 1/256 Pa and temperatures in 1/65536 °C, shapes (turns, modules).
        """
        parts = []
        end = self.turn + turns
        while self.turn < end:
            due = min((turn for turn, _ in self._agenda), default=end)
            parts.append(self._read(max(1, min(due, end) - self.turn)))
            self._do_what_is_due()
        if len(parts) == 1:
            return parts[0]
        return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])

    def _read(self, turns: int) -> tuple[Int32Array, Int32Array]:
        moments_s = INTERVAL_S * np.arange(self.turn + 1, self.turn + turns + 1, dtype=np.float64)
        inside_pa, inside_k = self.gas.advance(self.time_s, moments_s)
        self.turn += turns
        if len(self._chambers) == self._count:
            return self._sensors.read(float(moments_s[0]), inside_pa, inside_k)
        pressure_pa = self._outside(moments_s, self._weather.pressure_pa)
        temperature_k = self._outside(moments_s, self._weather.temperature_k)
        pressure_pa[:, self._chambers] = inside_pa
        temperature_k[:, self._chambers] = inside_k
        return self._sensors.read(float(moments_s[0]), pressure_pa, temperature_k)

    def _outside(self, moments_s: Iterable[float], weather: Callable[[float], float]) -> FloatArray:
        """What a sensor open to the room feels."""
        return np.repeat(np.array([[weather(float(time_s))] for time_s in moments_s]), self._count, axis=1)

    def _start_moves(self) -> None:
        while self._queue and list(self.positions).count(self._moving) < self._max_moving:
            self._start_move(*self._queue.pop(0))

    def _start_move(self, hatch: int, position: int) -> None:
        """Gas passes from the start of an opening on, and until shortly before the end of a closing."""
        self.positions[hatch] = self._moving
        travel = self._travel_turns[hatch]
        if position == self._open:
            self.gas.open(hatch)
        else:
            turns = max(1, round(_SHUTS_AFTER * travel))
            self._agenda.append((self.turn + turns, lambda: self.gas.shut(hatch)))
        self._agenda.append((self.turn + travel, lambda: self._arrive(hatch, position)))

    def _arrive(self, hatch: int, position: int) -> None:
        if self.positions[hatch] == self._moving:
            self.positions[hatch] = position
        self._start_moves()

    def _do_what_is_due(self) -> None:
        due = [action for turn, action in self._agenda if turn <= self.turn]
        self._agenda = [entry for entry in self._agenda if entry[0] > self.turn]
        for action in due:
            action()
