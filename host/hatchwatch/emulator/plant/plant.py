"""The physics of an emulated bench, as the sensor models, the servo models and the side channel see it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal, get_args

from hatchwatch.emulator.plant.build import build_network, first_settings, first_state
from hatchwatch.emulator.plant.changes import (
    LeakKind,
    bring_front,
    charge,
    make_leak,
    move_hatch,
    move_injector,
    open_leak,
    renew_seal,
    warm_walls,
)
from hatchwatch.emulator.plant.network import Ramp
from hatchwatch.emulator.plant.presets import PlantPreset, find_preset
from hatchwatch.emulator.plant.trajectory import Change, Event, Trajectory
from hatchwatch.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hatchwatch.boards.model import BenchFile

__all__ = ["OpeningKind", "Plant"]

OpeningKind = Literal["hatch", "injector"]
_MOST_WARMTH_K, _MOST_FRONT_PA = 40.0, 10_000.0  # a heat gun; the eye of the deepest cyclone on record
_LOWEST_PA, _HIGHEST_PA = 100.0, 1e6  # what a glass jar and an ideal gas can be asked for


class Plant:
    """Gas, heat and weather of one bench, as a function of board time.

    Times are seconds since power-on. Any time may be asked for, in any order; events may come in at any
    time too, and what follows them is computed anew. Answers depend on bench, preset, seed and events only.
    The last hour is kept.

    Names that the bench does not have, and quantities that make no sense, raise `UsageError`.
    """

    def __init__(self, bench: BenchFile, preset: str | PlantPreset = "quiet", seed: int = 0) -> None:
        self.preset = find_preset(preset)
        self._network = network = build_network(bench, self.preset, seed)
        self._nominal_pa = bench.plant.ambient_pa
        self._chambers = {chamber.name: place for place, chamber in enumerate(network.chambers)}
        self._open_sensors = {module.name for module in bench.modules if module.ambient}
        self._hatches = {hatch.name: place for place, hatch in enumerate(network.hatches)}
        self._injectors = {injector.name: place for place, injector in enumerate(network.injectors)}
        settings = first_settings(bench, network)
        self._trajectory = Trajectory(network, settings, first_state(bench, network, settings))

    def state(self, name: str, time_s: float) -> tuple[float, float]:
        """Pressure in Pa and gas temperature in K of a module; an ambient module has those of the room."""
        if name in self._open_sensors:
            return self.ambient(time_s)
        return self._trajectory.gas(time_s, self._chamber(name))

    def ambient(self, time_s: float) -> tuple[float, float]:
        """Pressure in Pa and temperature in K of the room."""
        _, settings = self._trajectory.moment(time_s)
        return self._network.outside_pa(settings, time_s), self._network.weather.temperature_k(time_s)

    def opening(self, kind: OpeningKind, name: str, time_s: float) -> float:
        """How far a hatch or the injector of a module is open: 0 shut to 1 open."""
        _, settings = self._trajectory.moment(time_s)
        ramps = settings.hatches if kind == "hatch" else settings.injectors
        return ramps[self._valve(kind, name)].at(time_s)

    def set_opening(
        self,
        kind: OpeningKind,
        name: str,
        time_s: float,
        from_fraction: float,
        to_fraction: float,
        duration_s: float,
    ) -> None:
        """Let a hatch, or a module's injector, move linearly from `time_s` on; an earlier move ends."""
        fractions_legal = 0.0 <= from_fraction <= 1.0 and 0.0 <= to_fraction <= 1.0
        if not fractions_legal or not 0.0 <= duration_s < math.inf:
            raise UsageError(
                f"{kind} {name} can't go from {from_fraction} to {to_fraction} in {duration_s} s",
                cure="openings are 0 (shut) to 1 (open); a duration is not negative",
            )
        place = self._valve(kind, name)
        ramp = Ramp(_moment_s(time_s), duration_s, from_fraction, to_fraction)
        self._happen(time_s, move_hatch(place, ramp) if kind == "hatch" else move_injector(place, ramp))

    def set_leak(self, module: str, leak_pa_m3_s: float, time_s: float, kind: LeakKind = "laminar") -> None:
        """Give a module a leak to ambient, rated at 8 kPa over the bench's nominal ambient; 0 closes it."""
        if kind not in get_args(LeakKind):
            raise UsageError(
                f"no kind of leak {kind!r}", cure=f"choose one of: {', '.join(get_args(LeakKind))}"
            )
        _check_rate(leak_pa_m3_s)
        self._happen(
            time_s, open_leak(self._chamber(module), make_leak(leak_pa_m3_s, kind, self._nominal_pa))
        )

    def set_seal(self, hatch: str, leak_pa_m3_s: float, time_s: float) -> None:
        """Let a shut hatch pass this between 8 kPa over ambient and ambient, in place of what it passed."""
        _check_rate(leak_pa_m3_s)
        seal = make_leak(leak_pa_m3_s, "laminar", self._nominal_pa)
        self._happen(time_s, renew_seal(self._valve("hatch", hatch), seal))

    def heat(
        self, time_s: float, *, kelvin: float, over_s: float, modules: Iterable[str] | None = None
    ) -> None:
        """Bring the walls of modules (all by default) to `kelvin` over the room, evenly within `over_s`."""
        _check_change("warmth", kelvin, _MOST_WARMTH_K, over_s)
        places = tuple(self._chambers.values() if modules is None else map(self._chamber, modules))
        self._happen(time_s, warm_walls(places, kelvin, over_s))

    def front(self, time_s: float, *, pressure_pa: float, over_s: float) -> None:
        """Bring the air outside to `pressure_pa` over its weather, evenly within `over_s`."""
        _check_change("weather front", pressure_pa, _MOST_FRONT_PA, over_s)
        self._happen(time_s, bring_front(pressure_pa, over_s))

    def fill(
        self,
        time_s: float,
        *,
        gauge_pa: float | None = None,
        pressure_pa: float | None = None,
        modules: Iterable[str] | None = None,
        adiabatic: bool = False,
    ) -> None:
        """Bring modules (all by default) to a pressure, over ambient or absolute; under ambient works too.

        By default slowly enough for the gas to stay at room temperature: the pressure stays where it was put.
        With `adiabatic` like a quick stroke of a pump: 28.6 % of a fill vanish as the gas cools to the wall.
        """
        if (gauge_pa is None) == (pressure_pa is None):
            raise UsageError(
                "a fill needs a gauge or an absolute pressure", cure="give exactly one of the two"
            )
        target_pa = pressure_pa if pressure_pa is not None else self.ambient(time_s)[0] + (gauge_pa or 0.0)
        if not _LOWEST_PA <= target_pa <= _HIGHEST_PA:
            raise UsageError(
                f"a fill to {target_pa} Pa", cure=f"choose {_LOWEST_PA:.0f} to {_HIGHEST_PA:.0f} Pa absolute"
            )
        places = tuple(self._chambers.values() if modules is None else map(self._chamber, modules))
        self._happen(time_s, charge(self._network, places, target_pa, adiabatic=adiabatic))

    def vent(self, time_s: float, *, modules: Iterable[str] | None = None, adiabatic: bool = False) -> None:
        """Bring modules (all by default) to ambient pressure, slowly or, with `adiabatic`, with a hiss."""
        self.fill(time_s, gauge_pa=0.0, modules=modules, adiabatic=adiabatic)

    def truth(self, time_s: float) -> dict[str, Any]:
        """Everything there is to know at a time, ready for JSON.

        `hull_mol` is what went to ambient through leak and injector since power-on, hatches excluded: the
        difference of two truths over their time is the mean hull flow. The sum `amount_mol` + `hull_mol` -
        `supply_mol` changes only by what the hatches' `flow_mol`, from first side to second, carries.
        """
        state, settings = self._trajectory.moment(time_s)
        volumes_m3 = self._network.volumes_m3(settings, time_s)
        ambient_pa, ambient_k = self.ambient(time_s)
        walls_k = self._network.walls_k(settings, time_s)
        injectors = {name: settings.injectors[place].at(time_s) for name, place in self._injectors.items()}
        return {
            "time_s": time_s,
            "ambient_pa": ambient_pa,
            "ambient_k": ambient_k,
            "modules": {
                name: {
                    "pressure_pa": self._network.pressure_pa(state, volumes_m3, place),
                    "temperature_k": state.temperature_k[place],
                    "amount_mol": state.amount_mol[place],
                    "hull_mol": state.hull_mol[place],
                    "supply_mol": state.supply_mol[place],
                    "volume_m3": volumes_m3[place],
                    "wall_k": walls_k[place],
                    "leak_pa_m3_s": settings.leaks[place].rating_pa_m3_s,
                    "leak_kind": settings.leaks[place].kind,
                    "injector_opening": injectors.get(name),
                }
                for name, place in self._chambers.items()
            },
            "hatches": {
                name: {"opening": settings.hatches[place].at(time_s), "flow_mol": state.hatch_mol[place]}
                for name, place in self._hatches.items()
            },
        }

    def _happen(self, time_s: float, change: Change) -> None:
        self._trajectory.add(Event(_moment_s(time_s), change))

    def _chamber(self, name: str) -> int:
        return _find(self._chambers, name, "module with a chamber")

    def _valve(self, kind: OpeningKind, name: str) -> int:
        if kind == "hatch":
            return _find(self._hatches, name, "hatch")
        return _find(self._injectors, name, "module with an injector")


def _check_rate(leak_pa_m3_s: float) -> None:
    if not 0.0 <= leak_pa_m3_s < math.inf:
        raise UsageError(
            f"a leak of {leak_pa_m3_s} Pa·m³/s",
            cure="give a rate of 0 or more; its sign follows the pressure",
        )


def _check_change(what: str, size: float, most: float, over_s: float) -> None:
    if not (abs(size) <= most and 0.0 <= over_s < math.inf):
        raise UsageError(
            f"a {what} of {size} within {over_s} s",
            cure=f"choose up to {most:g} either way, within a time that is not negative",
        )


def _moment_s(time_s: float) -> float:
    """Time of an event, to the nanosecond of the board's clock: two moments are the same or well apart."""
    return round(time_s, 9)


def _find(places: dict[str, int], name: str, noun: str) -> int:
    if name not in places:
        raise UsageError(
            f"no {noun} is called {name!r}", cure=f"this bench has: {', '.join(places) or 'none'}"
        )
    return places[name]
