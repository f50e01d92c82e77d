"""What is done to the surroundings: heated walls, a weather front, a hatch seal that wears out."""

from __future__ import annotations

import math

import pytest

from hatchwatch.emulator.plant import Plant
from hatchwatch.errors import UsageError

ROOM_K = 293.15
AMBIENT_PA = 101_325.0
WALL_S = 8.0  # time constant of the walls
RT_J_MOL = 8.314462618 * 293.15


def plant_of(bench, still):
    return Plant(bench, still)


def test_gas_follows_a_heated_wall_with_its_lag(make_bench, still):
    """A wall that warms by r per second is r τ ahead of its gas in the end: T' = (Twall - T) / τ."""
    plant = plant_of(make_bench(1, wall_time_constant_s=WALL_S), still)
    plant.heat(10.0, kelvin=3.0, over_s=60.0)
    rate_k_s = 3.0 / 60.0
    for later_s in (5.0, 20.0, 60.0):
        expected_k = rate_k_s * (later_s - WALL_S * (1.0 - math.exp(-later_s / WALL_S)))
        assert plant.state("m0", 10.0 + later_s)[1] - ROOM_K == pytest.approx(expected_k, rel=1e-6)
    pressure_pa, temperature_k = plant.state("m0", 400.0)
    assert temperature_k == pytest.approx(ROOM_K + 3.0, abs=1e-6)
    assert pressure_pa == pytest.approx(109_000.0 * (ROOM_K + 3.0) / ROOM_K, rel=1e-7)


def test_heat_in_one_module_drives_gas_into_the_others(make_bench, still, total):
    """With open hatches all have one pressure, so amounts are as V/T; none is lost."""
    plant = plant_of(make_bench(3), still)
    before_mol = total(plant.truth(0.0), "amount_mol")
    plant.heat(1.0, kelvin=5.0, over_s=30.0, modules=["m1"])
    truth = plant.truth(600.0)
    modules = truth["modules"]
    assert modules["m1"]["wall_k"] - truth["ambient_k"] == 5.0
    assert modules["m0"]["wall_k"] == truth["ambient_k"]
    assert total(truth, "amount_mol") == pytest.approx(before_mol, rel=1e-12)
    assert modules["m1"]["pressure_pa"] == pytest.approx(modules["m0"]["pressure_pa"], abs=1e-3)
    share = modules["m1"]["amount_mol"] / modules["m0"]["amount_mol"]
    assert share == pytest.approx(ROOM_K / (ROOM_K + 5.0), rel=1e-6)


def test_heat_can_be_turned_down_on_the_way(make_bench, still):
    plant = plant_of(make_bench(1), still)
    plant.heat(0.0, kelvin=4.0, over_s=40.0)
    plant.heat(20.0, kelvin=0.0, over_s=10.0)
    assert plant.truth(20.0)["modules"]["m0"]["wall_k"] == pytest.approx(ROOM_K + 2.0)
    assert plant.truth(25.0)["modules"]["m0"]["wall_k"] == pytest.approx(ROOM_K + 1.0)
    assert plant.truth(60.0)["modules"]["m0"]["wall_k"] == ROOM_K


def test_a_front_changes_the_air_outside_and_what_leaks_into_it(make_bench, still):
    plant = plant_of(make_bench(2), still)
    plant.set_opening("hatch", "h0", 0.0, 1.0, 0.0, 0.0)
    plant.set_seal("h0", 0.0, 0.0)
    plant.set_leak("m0", 1e-4, 0.0)
    plant.front(100.0, pressure_pa=-600.0, over_s=300.0)
    assert plant.ambient(250.0)[0] == pytest.approx(AMBIENT_PA - 300.0)
    assert plant.ambient(1000.0)[0] == AMBIENT_PA - 600.0
    assert plant.state("m1", 1000.0)[0] == pytest.approx(109_000.0, abs=1e-6)

    def flow_pa_m3_s(time_s: float) -> float:
        first, last = (plant.truth(at_s)["modules"]["m0"]["hull_mol"] for at_s in (time_s, time_s + 1.0))
        return (last - first) * RT_J_MOL

    # A capillary passes the difference of the squares of both pressures.
    inside_pa = plant.state("m0", 1000.5)[0]
    squares = (inside_pa**2 - (AMBIENT_PA - 600.0) ** 2) / ((AMBIENT_PA + 8_000.0) ** 2 - AMBIENT_PA**2)
    assert flow_pa_m3_s(1000.0) == pytest.approx(1e-4 * squares, rel=1e-6)


def test_a_worn_seal_lets_two_modules_converge(make_bench, still, total):
    """Two volumes joined by a conductance relax with τ = V1 V2 / ((V1 + V2) C)."""
    plant = plant_of(make_bench(2), still)
    plant.set_opening("hatch", "h0", 0.0, 1.0, 0.0, 0.0)
    plant.fill(1.0, pressure_pa=AMBIENT_PA + 200.0, modules=["m0"])
    plant.fill(1.0, pressure_pa=AMBIENT_PA, modules=["m1"])
    plant.set_seal("h0", 1e-2, 1.0)

    def difference_pa(time_s: float) -> float:
        return plant.state("m0", time_s)[0] - plant.state("m1", time_s)[0]

    squares_per_pa = 2.0 * AMBIENT_PA + 200.0
    conductance_m3_s = 1e-2 * squares_per_pa / ((AMBIENT_PA + 8_000.0) ** 2 - AMBIENT_PA**2)
    tau_s = 1e-3 / (2.0 * conductance_m3_s)
    assert difference_pa(1.0 + tau_s) / 200.0 == pytest.approx(math.exp(-1.0), rel=2e-3)
    first, last = plant.truth(1.0), plant.truth(1.0 + tau_s)
    assert total(last, "amount_mol") == pytest.approx(total(first, "amount_mol"), rel=1e-12)
    assert total(last, "hull_mol") == pytest.approx(0.0, abs=1e-15)
    plant.set_seal("h0", 0.0, 2.0 * tau_s)
    assert difference_pa(3.0 * tau_s) == pytest.approx(difference_pa(2.0 * tau_s + 100.0), rel=1e-5)


@pytest.mark.parametrize(
    ("attempt", "hint"),
    [
        (lambda plant: plant.set_seal("h9", 1e-5, 1.0), "h0"),
        (lambda plant: plant.set_seal("h0", -1e-5, 1.0), "0 or more"),
        (lambda plant: plant.heat(1.0, kelvin=400.0, over_s=1.0), "40"),
        (lambda plant: plant.heat(1.0, kelvin=1.0, over_s=-1.0), "not negative"),
        (lambda plant: plant.heat(1.0, kelvin=1.0, over_s=1.0, modules=["Mir"]), "m0, m1"),
        (lambda plant: plant.front(1.0, pressure_pa=math.nan, over_s=1.0), "10000"),
    ],
)
def test_what_makes_no_sense_is_told_with_what_does(attempt, hint, make_bench, still):
    with pytest.raises(UsageError) as caught:
        attempt(plant_of(make_bench(2), still))
    assert hint in str(caught.value.cure)
