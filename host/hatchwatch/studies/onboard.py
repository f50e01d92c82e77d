"""The firmware's watch for leaks and its response to them, on a simulated station.

The service `fsw.services.leak_response` itself runs here, with all of the flight logic below it. What it
needs of the rest of the firmware is stood in for: hatches are moved by the simulation, events are kept,
nothing is sent and nothing is stored.
"""

from __future__ import annotations

import json
import struct
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from hatchwatch.deploy.boardfile import board_json
from hatchwatch.link.dictionary import Field, dictionary
from hatchwatch.link.flight import flight_module
from hatchwatch.studies.simulation import Simulation

if TYPE_CHECKING:
    from collections.abc import Callable

    from hatchwatch.boards.model import BenchFile
    from hatchwatch.studies.scenarios import Scenario

__all__ = ["Event", "OnBoard", "flight_station", "parameter_values"]

_TURNS_PER_S: Final = 10


@dataclass(frozen=True)
class Event:
    """What the board told, with its fields by name."""

    time_s: float
    name: str
    fields: dict[str, int]


def flight_station(bench: BenchFile) -> Any:
    """A `fsw.station.graph.Station` with the numbers that `bench.json` has."""
    data = json.loads(board_json(bench))
    volume_ul, volume_sd_ul, owners = zip(*data["modules"], strict=True)
    sides = bytes(module for row in data["hatches"] for module in row[-2:])
    return flight_module("fsw.station.graph").Station(
        sides,
        array("i", volume_ul),
        array("i", volume_sd_ul),
        bytes(owners),
        data["occupied"],
        data["lifeboat"],
        data["ambient"],
    )


def parameter_values(scenario: Scenario) -> array[int]:
    """All parameters by number: defaults, the bench's ambient pressure, and what the study sets."""
    known = dictionary().parameters
    values = array("i", [0] * (1 + max(entry.number for entry in known.values())))
    for entry in known.values():
        values[entry.number] = entry.default
    values[known["ambient_pa"].number] = round(scenario.bench.plant.ambient_pa)
    for name, value in scenario.parameters.items():
        values[known[name].number] = value
    return values


class OnBoard:
    """One scenario's station, gas and sensors with the flight logic upon them; leaks are opened by `leak`."""

    def __init__(self, scenario: Scenario, **parameters: int) -> None:
        """`parameters` are set over those of the scenario."""
        self.scenario = scenario
        self.time_s = 0.0  # of the last turn
        self.events: list[Event] = []
        self.orders: list[tuple[float, int, int]] = []  # time in s, hatch, position
        self.simulation = Simulation(
            scenario.bench,
            scenario.preset,
            scenario.seed,
            noise=scenario.values["noise"],
            gauge_pa=scenario.values["gauge_pa"],
        )
        self.station = flight_station(scenario.bench)
        self.values = parameter_values(scenario)
        for name, value in parameters.items():
            self.values[dictionary().parameters[name].number] = value
        self._sensors = _Sensors(self.station.count)
        self._writer = _Writer()
        watch = flight_module("fsw.station.leak_watch")
        self.watch = watch.LeakWatch(self.station, self._sensors, self.values)
        self.service = flight_module("fsw.services.leak_response").LeakResponse(
            watch=self.watch,
            watch_overlay=_Overlay("fsw.station.detection"),
            alarm_overlay=_Overlay("fsw.station.alarm"),
            response_overlay=_Overlay("fsw.station.response"),
            search_overlay=_Overlay("fsw.station.searching"),
            contain_overlay=_Overlay("fsw.station.containing"),
            servos=self.simulation,
            motion=_Motion(self._order),
            isolation=_Isolation(),
            health=_Health(),
            saving=_Saving(),
            record=_Record(),
            events=_Events(self._hear),
            writer=self._writer,
            values=self.values,
        )

    @property
    def phase(self) -> str:
        """Where the response stands, by the names of the dictionary."""
        return dictionary().enums["phase"][self.service.response.phase]

    @property
    def is_watching(self) -> bool:
        """Whether a leak would be told in every gas volume."""
        watched = dictionary().enum_value("gas_state", "watched")
        detector = self.watch.detector
        return detector is not None and all(
            detector.state(volume) == watched for volume in range(detector.volumes)
        )

    def second(self) -> list[Event]:
        """Let a second pass; return what the board told in it."""
        told = len(self.events)
        end = self.simulation.turn + _TURNS_PER_S
        while self.simulation.turn < end:
            self._pass(1 if self.phase == "move" else end - self.simulation.turn)
        return self.events[told:]

    def _pass(self, turns: int) -> None:
        """Let some turns pass; what the board orders in them happens at their end."""
        first = self.simulation.turn + 1
        pressure_q8_pa, temperature_q16_c = self.simulation.read(turns)
        for place in range(turns):
            self.time_s = (first + place) / _TURNS_PER_S
            self._writer.stamp[0] = int(self.time_s)
            self._sensors.pressure_q8_pa = pressure_q8_pa[place]
            self._sensors.temperature_q16_c = temperature_q16_c[place]
            self.service.turn()

    def leak(self) -> None:
        """Open the scenario's leaks."""
        for module, leak_pa_m3_s in self.scenario.leaks_pa_m3_s.items():
            self.simulation.set_leak(module, leak_pa_m3_s)

    def locate(self) -> None:
        """Command a search."""
        function = dictionary().commands["locate"].function
        _, check, run = self.service.functions()[function]
        if refused := check(b""):
            raise ValueError(f"the search was refused with code {refused & 0xFF}")
        run(b"")

    def names(self, modules: int) -> list[str]:
        """The modules of a set, by name."""
        return [
            module.name for place, module in enumerate(self.scenario.bench.modules) if modules >> place & 1
        ]

    def _order(self, hatch: int, position: int) -> None:
        self.orders.append((self.time_s, hatch, position))
        self.simulation.order(hatch, position)

    def _hear(self, number: int, values: tuple[int, ...]) -> None:
        entry = dictionary().events[number]
        names = [one.name for one in entry.layout if isinstance(one, Field)]
        fields = dict(zip(names, values, strict=True))
        self.events.append(Event(self.time_s, entry.name, fields))


# --- what stands in for the rest of the firmware -----------------------------------------------------------


class _Sensors:
    """A `SensorBank` whose sensors are always fresh and well."""

    def __init__(self, count: int) -> None:
        self.pressure_q8_pa: Any = array("i", [0] * count)
        self.temperature_q16_c: Any = array("i", [0] * count)
        self.state = bytearray(count)
        self.health = bytearray(count)


@dataclass
class _Overlay:
    """Has all its modules at once and keeps them; the board takes a turn for each."""

    last: str
    is_loaded = True

    def __post_init__(self) -> None:
        flight_module(self.last)

    def load(self) -> Any:
        return flight_module(self.last)

    def drop(self) -> None:
        """There is room enough."""


@dataclass
class _Motion:
    order: Callable[[int, int], None]
    commanded: bool = False  # nobody else moves a hatch


@dataclass
class _Isolation:
    marks: int = 0

    def add(self, modules: int) -> None:
        self.marks |= modules

    def keep(self) -> None:
        """Nothing is stored."""


class _Health:
    mode = dictionary().enum_value("mode", "normal")


class _Saving:
    def want(self, save: Callable[[], None]) -> None:
        """Nothing is stored."""


class _Record:
    def load(self) -> None:
        """A new board has none."""


@dataclass
class _Writer:
    packet: bytearray = field(default_factory=lambda: bytearray(1024))
    stamp: list[int] = field(default_factory=lambda: [0, 0])

    def send(self, service: int, subtype: int, end: int) -> None:
        """Nobody listens."""


@dataclass
class _Events:
    hear: Callable[[int, tuple[int, ...]], None]

    def packed(self, number: int, layout: str, *values: int) -> None:
        struct.pack(layout, *values)  # as on the board, where a value out of range raises too
        self.hear(number, values)

    def u8(self, number: int, first: int) -> None:
        self.hear(number, (first,))

    def u8_u8(self, number: int, first: int, second: int) -> None:
        self.hear(number, (first, second))
