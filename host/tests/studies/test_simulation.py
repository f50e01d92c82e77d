"""The quick simulation against the emulator's plant and sensors, which share no code with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from hatchwatch.boards.files import find_bench_file, load_bench_file
from hatchwatch.emulator.plant import Plant, find_preset
from hatchwatch.link.dictionary import dictionary
from hatchwatch.methods.modelled import ModelBench
from hatchwatch.studies.simulation import Simulation

if TYPE_CHECKING:
    from hatchwatch.boards.model import BenchFile

OPEN, SHUT = (dictionary().enum_value("position", name) for name in ("open", "shut"))
SEED = 3


def station6(**plant: float) -> BenchFile:
    bench = load_bench_file(find_bench_file("station6"))
    return bench.model_copy(update={"plant": bench.plant.model_copy(update=plant)})


class Pair:
    """The simulation and the emulator's plant, told the same."""

    def __init__(self, bench: BenchFile, preset: str) -> None:
        self.bench = bench
        self.simulation = Simulation(bench, find_preset(preset), SEED)
        self.plant = Plant(bench, preset, SEED)
        self.names = [module.name for module in bench.chambers]

    def leak(self, module: str, leak_pa_m3_s: float) -> None:
        self.simulation.set_leak(module, leak_pa_m3_s)
        self.plant.set_leak(module, leak_pa_m3_s, self.simulation.time_s)

    def move_all(self, position: int) -> None:
        """One hatch after the other, as the supply of the bench allows."""
        start_s, each_s = self.simulation.time_s, 0.6
        for place, hatch in enumerate(self.bench.hatches):
            self.simulation.order(place, position)
            ends = (0.0, 1.0) if position == OPEN else (1.0, 0.0)
            self.plant.set_opening("hatch", hatch.name, start_s + each_s * place, *ends, 0.39)

    def read(self, seconds: float) -> tuple[np.ndarray, np.ndarray]:
        """Let time pass; return how far pressures and temperatures of the gas are off."""
        self.simulation.read(round(10 * seconds))
        truth = np.array([self.plant.state(name, self.simulation.time_s) for name in self.names])
        gas = self.simulation.gas
        return gas.pressure_pa - truth[:, 0], gas.temperature_k - truth[:, 1]


@pytest.mark.parametrize("preset", ["quiet", "desk"])
@pytest.mark.parametrize("leak_pa_m3_s", [1e-4, 1e-2])
def test_gas_follows_the_plant_with_hatches_open_shut_and_open_again(
    preset: str, leak_pa_m3_s: float
) -> None:
    pair = Pair(station6(seal_leak_pa_m3_s=1e-4), preset)
    pair.read(30)
    pair.leak("PrK", leak_pa_m3_s)
    off_pa, off_k = pair.read(60)
    assert np.abs(off_pa).max() < 2e-4 + 2.0 * leak_pa_m3_s  # the gas that flows through the open hatches
    assert np.abs(off_k).max() < 1e-4

    pair.move_all(SHUT)
    settled_pa, _ = pair.read(40)
    assert set(pair.simulation.positions) == {SHUT}
    assert (
        np.abs(settled_pa).max() < 0.5
    )  # a hatch pinches off the 7 Pa that it displaces a bit earlier or later
    later_pa, off_k = pair.read(100)
    assert np.abs(later_pa - settled_pa).max() / 100 < 1e-4 + 0.06 * leak_pa_m3_s  # slope, Pa/s
    assert np.abs(off_k).max() < 1e-4

    pair.move_all(OPEN)
    evened_pa, off_k = pair.read(40)
    assert np.abs(evened_pa).max() < 0.1
    assert np.abs(off_k).max() < 2e-3
    assert np.ptp(pair.simulation.gas.pressure_pa) < 1e-6


def test_gas_that_is_shut_in_is_conserved() -> None:
    """p V/T of a tight station does not change, whatever the hatches do and the room's temperature is."""
    simulation = Simulation(station6(), find_preset("desk"), SEED)

    def amount() -> float:
        gas = simulation.gas
        return float((gas.pressure_pa * gas.volume_m3 / gas.temperature_k).sum())

    start = amount()
    for position in (SHUT, OPEN, SHUT):
        for hatch in (1, 3, 0):
            simulation.order(hatch, position)
        simulation.read(300)
        assert amount() == pytest.approx(start, rel=2e-9)


def test_a_sealed_module_decays_as_the_analytic_solution() -> None:
    """Laminar, isothermal: p = pa (1 + c e)/(1 - c e), e = exp(-t/tau), tau = V/(2 K R T pa)."""
    still = replace(find_preset("quiet"), temperature_drift_k_h=0.0, pressure_drift_pa_h=0.0)
    simulation = Simulation(station6(seal_leak_pa_m3_s=0.0, wall_time_constant_s=0.25), still, SEED)
    leak_pa_m3_s, outside_pa = 1e-2, 101_325.0
    for hatch in range(5):
        simulation.order(hatch, SHUT)
    simulation.read(600)
    start_pa = float(simulation.gas.pressure_pa[5])
    simulation.set_leak("Destiny", leak_pa_m3_s)
    simulation.read(3000)
    per_pa = leak_pa_m3_s / ((outside_pa + 8000.0) ** 2 - outside_pa**2)
    tau_s = simulation.gas.volume_m3[5] / (2.0 * per_pa * outside_pa)
    decay = (start_pa - outside_pa) / (start_pa + outside_pa) * np.exp(-300.0 / tau_s)
    expected_pa = outside_pa * (1.0 + decay) / (1.0 - decay)
    assert simulation.gas.pressure_pa[5] == pytest.approx(expected_pa, abs=0.5)  # cooled by 0.002 K
    assert start_pa - expected_pa > 2000.0


@pytest.mark.parametrize("preset", ["quiet", "desk"])
def test_readings_scatter_as_those_of_the_emulated_sensors(preset: str) -> None:
    bench = load_bench_file(find_bench_file("pair"))
    seconds = 400
    theirs = ModelBench(bench, preset, SEED)
    theirs.collect(60.0)
    block = theirs.collect(seconds)
    ours = Simulation(bench, find_preset(preset), SEED)
    ours.read(604)
    pressure_q8_pa, temperature_q16_c = ours.read(10 * seconds)
    pressure_pa, temperature_c = pressure_q8_pa / 256.0, temperature_q16_c / 65536.0

    assert pressure_pa.mean(axis=0) == pytest.approx(block.pressure_pa.mean(axis=0), abs=1.5)  # flicker
    assert temperature_c.mean(axis=0) == pytest.approx(block.temperature_k.mean(axis=0) - 273.15, abs=2e-3)
    for mine, reference in ((pressure_pa, block.pressure_pa), (temperature_c, block.temperature_k)):
        assert _step_rms(mine) == pytest.approx(_step_rms(reference), rel=0.06)
        assert _correlation(mine) == pytest.approx(_correlation(reference), abs=0.06)
        assert _allan(mine, 100) == pytest.approx(_allan(reference, 100), rel=0.5)
    assert _cross(pressure_pa, temperature_c) == pytest.approx(
        _cross(block.pressure_pa, block.temperature_k), abs=0.06
    )


def _step_rms(values: np.ndarray) -> float:
    return float(np.std(np.diff(values, axis=0)) / np.sqrt(2))


def _correlation(values: np.ndarray) -> float:
    """Of steps that follow each other: -0.5 of white noise, more of filtered noise."""
    steps = np.diff(values, axis=0)
    return float((steps[1:] * steps[:-1]).mean() / (steps**2).mean())


def _cross(first: np.ndarray, second: np.ndarray) -> float:
    one, other = np.diff(first, axis=0), np.diff(second, axis=0)
    return float((one * other).mean() / (one.std() * other.std()))


def _allan(values: np.ndarray, window: int) -> float:
    means = values[: len(values) // window * window].reshape(-1, window, values.shape[1]).mean(axis=1)
    return float(np.sqrt(0.5 * (np.diff(means, axis=0) ** 2).mean()))


def test_the_same_seed_reads_the_same_however_it_is_cut() -> None:
    bench, preset = station6(), find_preset("desk")
    whole, cut = Simulation(bench, preset, 8), Simulation(bench, preset, 8)
    reference = whole.read(900)
    pieces = [cut.read(turns) for turns in (1, 9, 640, 250)]
    for place in (0, 1):
        joined = np.concatenate([piece[place] for piece in pieces])
        assert np.abs(joined - reference[place]).max() <= 1  # the last bit of rounding


def test_moves_queue_for_the_supply() -> None:
    simulation = Simulation(station6(), find_preset("quiet"), SEED)
    for hatch in range(5):
        simulation.order(hatch, SHUT)
    moving = dictionary().enum_value("position", "moving")
    seen = set()
    while not all(position == SHUT for position in simulation.positions):
        seen.add(list(simulation.positions).count(moving))
        simulation.read(1)
    assert seen == {1}
    assert simulation.turn == pytest.approx(5 * 6, abs=1)
