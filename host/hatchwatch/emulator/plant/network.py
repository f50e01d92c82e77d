"""What the gas lives in: chambers, hatches, injectors, leaks, and how far each valve is open.

All of it is frozen. A change (a servo moves, a leak opens) makes new `Settings`: the past stays as it was.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hatchwatch.emulator.plant.gas import GAS_CONSTANT_J_MOL_K

if TYPE_CHECKING:
    from hatchwatch.emulator.plant.weather import Weather

__all__ = [
    "NOTHING",
    "SHUT",
    "TIGHT",
    "Chamber",
    "GasState",
    "Hatch",
    "Injector",
    "Leak",
    "Network",
    "Ramp",
    "Settings",
]


@dataclass(frozen=True)
class Chamber:
    """One gas volume with walls at room temperature."""

    name: str
    volume_m3: float  # with its hatches and injector shut
    wall_rate_per_s: float  # 1 / time constant of gas against wall; 0 is adiabatic


@dataclass(frozen=True)
class Hatch:
    """A valve between two chambers; a side may be ambient."""

    name: str
    first: int  # index of the chamber; `Network.ambient` stands for ambient
    second: int
    open_area_m2: float  # effective area (area x discharge coefficient), fully open
    seal_conductance_mol_s_pa2: float  # the laminar path that stays when it is shut
    displaced_m3: float = 0.0  # volume that shutting takes away, half from each side


@dataclass(frozen=True)
class Injector:
    """A valve from a chamber to ambient: a capillary behind a shutter."""

    name: str
    chamber: int
    open_conductance_mol_s_pa2: float
    displaced_m3: float = 0.0


@dataclass(frozen=True)
class Leak:
    """An unwanted way to ambient: a capillary, an orifice, or both."""

    conductance_mol_s_pa2: float = 0.0
    area_m2: float = 0.0  # effective
    rating_pa_m3_s: float = 0.0  # what was asked for, at 8 kPa over ambient
    kind: str = "none"


TIGHT = Leak()


@dataclass(frozen=True)
class Ramp:
    """What goes linearly from one value to another, such as the opening of a valve, 0 shut to 1 open."""

    start_s: float
    duration_s: float
    start: float
    end: float

    @property
    def end_s(self) -> float:
        """When it arrives, to the nanosecond like every time of an event."""
        return round(self.start_s + self.duration_s, 9)

    def at(self, time_s: float) -> float:
        """Value at a time: that of the end from arrival on."""
        if time_s >= self.end_s:
            return self.end
        part = max(0.0, time_s - self.start_s) / self.duration_s
        return self.start + part * (self.end - self.start)

    def rate_per_s(self, time_s: float) -> float:
        """Speed of the change from `time_s` on."""
        if not self.start_s <= time_s < self.end_s:
            return 0.0
        return (self.end - self.start) / self.duration_s


NOTHING = Ramp(0.0, 0.0, 0.0, 0.0)
SHUT = NOTHING


@dataclass(frozen=True)
class Settings:
    """Valves, leaks and what is done to the surroundings, as they are from one event to the next."""

    hatches: tuple[Ramp, ...]
    injectors: tuple[Ramp, ...]
    leaks: tuple[Leak, ...]  # one for each chamber
    warmth: tuple[Ramp, ...] = ()  # K, of each chamber's walls over the room; empty: none is heated
    front: Ramp = NOTHING  # Pa, of the air outside over what the weather makes it
    seals: tuple[Leak | None, ...] = ()  # of each hatch, where another took the place of the usual one

    def next_arrival_s(self, time_s: float) -> float:
        """When the next valve or surrounding that is changing at `time_s` arrives; infinity when none is."""
        moving = (*self.hatches, *self.injectors, *self.warmth, self.front)
        return min((ramp.end_s for ramp in moving if ramp.end_s > time_s), default=math.inf)


@dataclass(frozen=True)
class GasState:
    """Gas at one moment. The cumulative flows let a test check the balance to the last bit."""

    amount_mol: tuple[float, ...]  # in each chamber
    temperature_k: tuple[float, ...]
    hull_mol: tuple[float, ...]  # gone to ambient through leak and injector since the start
    hatch_mol: tuple[float, ...]  # gone through each hatch from its first side to its second
    supply_mol: tuple[float, ...]  # put in by filling, less what venting took away


@dataclass(frozen=True)
class Network:
    """Chambers and what joins them."""

    chambers: tuple[Chamber, ...]
    hatches: tuple[Hatch, ...]
    injectors: tuple[Injector, ...]
    weather: Weather

    @property
    def ambient(self) -> int:
        """The index that stands for ambient in a hatch."""
        return len(self.chambers)

    def outside_pa(self, settings: Settings, time_s: float) -> float:
        """Pressure of the air outside at a time."""
        return self.weather.pressure_pa(time_s) + settings.front.at(time_s)

    def walls_k(self, settings: Settings, time_s: float) -> list[float]:
        """Temperature of each chamber's walls at a time."""
        room_k = self.weather.temperature_k(time_s)
        if not settings.warmth:
            return [room_k] * len(self.chambers)
        return [room_k + ramp.at(time_s) for ramp in settings.warmth]

    def seal_conductance_mol_s_pa2(self, settings: Settings, hatch: int) -> float:
        """The path that stays when a hatch is shut."""
        seal = settings.seals[hatch] if settings.seals else None
        return self.hatches[hatch].seal_conductance_mol_s_pa2 if seal is None else seal.conductance_mol_s_pa2

    def volumes_m3(self, settings: Settings, time_s: float) -> list[float]:
        """Volume of each chamber at a time: an open valve adds the gas that shutting would push out."""
        return self._with_displaced(
            [chamber.volume_m3 for chamber in self.chambers],
            [ramp.at(time_s) for ramp in settings.hatches],
            [ramp.at(time_s) for ramp in settings.injectors],
        )

    def volume_rates_m3_s(self, settings: Settings, time_s: float) -> list[float]:
        """How fast each volume grows from `time_s` on."""
        return self._with_displaced(
            [0.0] * len(self.chambers),
            [ramp.rate_per_s(time_s) for ramp in settings.hatches],
            [ramp.rate_per_s(time_s) for ramp in settings.injectors],
        )

    def _with_displaced(
        self, base_m3: list[float], hatches: list[float], injectors: list[float]
    ) -> list[float]:
        total_m3 = [*base_m3, 0.0]  # the last one takes what ambient gets
        for hatch, opening in zip(self.hatches, hatches, strict=True):
            total_m3[hatch.first] += 0.5 * hatch.displaced_m3 * opening
            total_m3[hatch.second] += 0.5 * hatch.displaced_m3 * opening
        for injector, opening in zip(self.injectors, injectors, strict=True):
            total_m3[injector.chamber] += 0.5 * injector.displaced_m3 * opening
        return total_m3[:-1]

    def pressure_pa(self, state: GasState, volumes_m3: list[float], chamber: int) -> float:
        """Pressure in a chamber: p V = n R T."""
        amount_times_temperature = state.amount_mol[chamber] * state.temperature_k[chamber]
        return amount_times_temperature * GAS_CONSTANT_J_MOL_K / volumes_m3[chamber]
