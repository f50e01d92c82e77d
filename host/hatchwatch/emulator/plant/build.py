"""From a bench file to a network of gas: true volumes, valves, and the state at power-on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hatchwatch.emulator.plant.gas import GAS_CONSTANT_J_MOL_K, laminar_conductance
from hatchwatch.emulator.plant.network import (
    SHUT,
    TIGHT,
    Chamber,
    GasState,
    Hatch,
    Injector,
    Network,
    Ramp,
    Settings,
)
from hatchwatch.emulator.plant.weather import draw_weather

if TYPE_CHECKING:
    from hatchwatch.boards.model import BenchFile, Module
    from hatchwatch.boards.model import Hatch as HatchEntry
    from hatchwatch.boards.model import Injector as InjectorStatement
    from hatchwatch.emulator.plant.presets import PlantPreset

__all__ = ["DISCHARGE_COEFFICIENT", "build_network", "first_settings", "first_state"]

DISCHARGE_COEFFICIENT = 0.62  # a sharp-edged hole
_WIDEST_DRAW = 3.0  # standard uncertainties; farther out is a mistake in the bench file, not a draw
_STREAM = 1  # keeps these draws apart from those of the weather
_OPEN = Ramp(0.0, 0.0, 1.0, 1.0)


def build_network(bench: BenchFile, preset: PlantPreset, seed: int) -> Network:
    """Build the emulated station; the true volumes are drawn from the stated ones and their uncertainty."""
    plant = bench.plant
    places = {module.name: place for place, module in enumerate(bench.chambers)}
    ambient = len(places)
    wall_rate_per_s = 1.0 / plant.wall_time_constant_s
    return Network(
        chambers=tuple(
            Chamber(module.name, volume_m3, wall_rate_per_s)
            for module, volume_m3 in zip(bench.chambers, _draw_volumes_m3(bench, seed), strict=True)
        ),
        hatches=tuple(_hatch(bench, hatch, places, ambient) for hatch in bench.hatches),
        injectors=tuple(
            Injector(
                module.name,
                places[module.name],
                laminar_conductance(_injector_leak_pa_m3_s(bench, module.injector), plant.ambient_pa),
                module.injector.displaced_ml * 1e-6,
            )
            for module in bench.chambers
            if module.injector is not None
        ),
        weather=draw_weather(plant.ambient_pa, plant.ambient_k, preset, seed),
    )


def _injector_leak_pa_m3_s(bench: BenchFile, injector: InjectorStatement) -> float:
    """As the bench file states it of this injector, else as the plant has it of all."""
    stated_pa_m3_s = injector.leak_pa_m3_s
    return bench.plant.injector_leak_pa_m3_s if stated_pa_m3_s is None else stated_pa_m3_s


def _draw_volumes_m3(bench: BenchFile, seed: int) -> list[float]:
    return [_draw_volume_m3(module, place, seed) for place, module in enumerate(bench.chambers)]


def _draw_volume_m3(module: Module, place: int, seed: int) -> float:
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_STREAM, place)))
    score = float(np.clip(rng.standard_normal(), -_WIDEST_DRAW, _WIDEST_DRAW))
    # A statement as vague as "1 L, give or take 0.5 L" must not become a volume of nothing.
    return max(module.volume_m3 + score * module.volume_uncertainty_m3, 0.1 * module.volume_m3)


def _hatch(bench: BenchFile, entry: HatchEntry, places: dict[str, int], ambient: int) -> Hatch:
    first, second = (places.get(name, ambient) for name in entry.between)
    bore_m = bench.plant.hatch_bore_mm * 1e-3
    return Hatch(
        entry.name,
        first,
        second,
        open_area_m2=DISCHARGE_COEFFICIENT * math.pi / 4.0 * bore_m**2,
        seal_conductance_mol_s_pa2=laminar_conductance(bench.plant.seal_leak_pa_m3_s, bench.plant.ambient_pa),
        displaced_m3=entry.servo.displaced_ml * 1e-6,
    )


def first_settings(bench: BenchFile, network: Network) -> Settings:
    """Valves at power-on: hatches where `safe` would have left them, injectors shut, no leak anywhere."""
    safe = {hatch.name: bench.safe.exceptions.get(hatch.name, bench.safe.hatches) for hatch in bench.hatches}
    return Settings(
        hatches=tuple(_OPEN if safe[hatch.name] == "open" else SHUT for hatch in network.hatches),
        injectors=(SHUT,) * len(network.injectors),
        leaks=(TIGHT,) * len(network.chambers),
    )


def first_state(bench: BenchFile, network: Network, settings: Settings) -> GasState:
    """Gas at power-on: filled to the bench's target or to its ceiling, whichever is lower, and at rest."""
    pressure_pa = min(bench.plant.ambient_pa + bench.ambient.fill_gauge_pa, bench.ambient.ceiling_pa)
    temperature_k = bench.plant.ambient_k
    nothing = (0.0,) * len(network.chambers)
    return GasState(
        amount_mol=tuple(
            pressure_pa * volume_m3 / (GAS_CONSTANT_J_MOL_K * temperature_k)
            for volume_m3 in network.volumes_m3(settings, 0.0)
        ),
        temperature_k=(temperature_k,) * len(network.chambers),
        hull_mol=nothing,
        hatch_mol=(0.0,) * len(network.hatches),
        supply_mol=nothing,
    )
