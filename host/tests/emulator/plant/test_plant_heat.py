"""What compression, walls and mixing do to the temperature."""

from __future__ import annotations

import math

import pytest

from hatchwatch.emulator.plant import Plant

ATMOSPHERE_PA = 101_325.0
ROOM_K = 293.15


def test_a_quick_fill_warms_and_28_6_percent_of_it_vanish(make_bench, still):
    plant = Plant(make_bench(1), still)
    plant.vent(0.0)
    plant.fill(1.0, gauge_pa=8_000.0, adiabatic=True)
    pressure_pa, temperature_k = plant.state("m0", 1.0)
    assert pressure_pa - ATMOSPHERE_PA == pytest.approx(8_000.0)
    assert temperature_k - ROOM_K == pytest.approx(6.3, abs=0.1)
    later_pa, later_k = plant.state("m0", 9.0)  # one time constant of the wall
    assert (later_k - ROOM_K) / (temperature_k - ROOM_K) == pytest.approx(math.exp(-1.0), rel=1e-6)
    assert (later_pa - ATMOSPHERE_PA - 5_714.3) / (8_000.0 - 5_714.3) == pytest.approx(
        math.exp(-1.0), rel=1e-4
    )
    assert plant.state("m0", 300.0)[0] - ATMOSPHERE_PA == pytest.approx(5_714.3, abs=0.05)


def test_a_slow_fill_stays_where_it_was_put(make_bench, still):
    plant = Plant(make_bench(2), still)
    plant.fill(1.0, gauge_pa=5_000.0)
    assert plant.state("m1", 200.0) == pytest.approx((ATMOSPHERE_PA + 5_000.0, ROOM_K))


def test_a_quick_vent_cools_and_creeps_back(make_bench, still):
    plant = Plant(make_bench(1), still)
    plant.vent(0.0, adiabatic=True)
    pressure_pa, temperature_k = plant.state("m0", 0.0)
    assert pressure_pa == pytest.approx(ATMOSPHERE_PA)
    assert temperature_k == pytest.approx(ROOM_K * (101_325.0 / 109_000.0) ** (0.4 / 1.4))
    assert plant.state("m0", 200.0)[0] == pytest.approx(ATMOSPHERE_PA * ROOM_K / temperature_k)


def test_filling_a_vessel_without_walls_from_the_room_heats_it_by_kappa(make_bench, still):
    """Textbook: air let into an evacuated insulated vessel ends at kappa times the room's temperature."""
    plant = Plant(make_bench(1, wall_time_constant_s=60.0), still)
    plant.fill(0.0, pressure_pa=100.0)
    plant.set_leak("m0", 400.0, 0.0, "orifice")  # a hole that fills the litre within milliseconds
    peak_k = max(plant.state("m0", 0.001 * step)[1] for step in range(60))
    assert peak_k == pytest.approx(1.4 * ROOM_K, rel=5e-3)


def test_hatches_conserve_energy_without_walls(make_bench, still, shut_all):
    plant = Plant(make_bench(3, wall_time_constant_s=60.0), still)
    shut_all(plant)
    plant.vent(0.0, modules=["m1"])
    plant.set_opening("hatch", "h0", 0.0, 0.0, 1.0, 0.05)
    plant.set_opening("hatch", "h1", 0.0, 0.0, 1.0, 0.05)

    def energy(time_s: float) -> float:
        return sum(m["amount_mol"] * m["temperature_k"] for m in plant.truth(time_s)["modules"].values())

    # What the walls (60 s) take within 0.1 s is second order: they see +2.6 K and -5 K that nearly cancel.
    spread_k = max(abs(plant.state(name, 0.1)[1] - ROOM_K) for name in ("m0", "m1", "m2"))
    assert spread_k > 1.0
    assert energy(0.1) == pytest.approx(energy(0.0), rel=2e-6)
