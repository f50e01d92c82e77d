"""No gas is made or lost, and a plant repeats, whatever is asked of it in whatever order."""

from __future__ import annotations

import random

import pytest

from hatchwatch.emulator.plant import Plant
from hatchwatch.errors import EmulatorError

ROOM_K = 293.15


def stormy(plant: Plant, *, shuffle: random.Random | None = None) -> list[float]:
    """Moves, leaks, fills and vents of every kind, in the order of time or not; returns their times."""
    names = list(plant.truth(0.0)["hatches"])
    calls = [
        lambda: plant.set_opening("hatch", names[0], 2.0, 1.0, 0.0, 0.5),
        lambda: plant.set_opening("hatch", names[2], 2.5, 1.0, 0.0, 0.5),
        lambda: plant.set_leak("PrK", 1e-3, 3.0),
        lambda: plant.set_opening("hatch", names[1], 4.0, 1.0, 0.0, 0.5),
        lambda: plant.set_leak("Zarya", 5e-2, 6.0, "orifice"),
        lambda: plant.set_opening("injector", "Unity", 7.0, 0.0, 1.0, 0.4),
        lambda: plant.vent(8.0, modules=["Progress"], adiabatic=True),
        lambda: plant.fill(9.0, gauge_pa=6_000.0, modules=["PrK", "Destiny"], adiabatic=True),
        lambda: plant.set_opening("hatch", names[0], 9.2, 0.0, 1.0, 0.5),
        lambda: plant.set_opening("hatch", names[0], 9.4, 0.4, 0.0, 0.2),
        lambda: plant.set_leak("PrK", 0.0, 12.0),
    ]
    if shuffle is not None:
        shuffle.shuffle(calls)
    for call in calls:
        call()
        if shuffle is not None:
            plant.state("Zvezda", shuffle.uniform(0.0, 20.0))
    return [2.0, 2.5, 3.0, 4.0, 6.0, 7.0, 8.0, 9.0, 9.2, 9.4, 12.0]


def test_no_gas_is_made_or_lost(station6, total):
    plant = Plant(station6, "desk", 3)
    stormy(plant)
    begin_mol = total(plant.truth(0.0), "amount_mol")
    for time_s in (1.0, 2.3, 5.0, 8.0, 9.3, 9.5, 60.0):
        truth = plant.truth(time_s)
        balance_mol = total(truth, "amount_mol") + total(truth, "hull_mol") - total(truth, "supply_mol")
        assert balance_mol == pytest.approx(begin_mol, rel=1e-13)


def test_each_module_balances_by_its_hatches(station6):
    plant = Plant(station6, "quiet", 3)
    stormy(plant)
    begin, end = plant.truth(0.0), plant.truth(30.0)
    for module in station6.modules:
        gained_mol = 0.0
        for hatch in station6.hatches:
            sign = {hatch.between[0]: -1.0, hatch.between[1]: 1.0}.get(module.name, 0.0)
            gained_mol += sign * end["hatches"][hatch.name]["flow_mol"]
        entry = end["modules"][module.name]
        expected_mol = begin["modules"][module.name]["amount_mol"] + gained_mol
        assert entry["amount_mol"] == pytest.approx(
            expected_mol - entry["hull_mol"] + entry["supply_mol"], rel=1e-13
        )


def test_answers_depend_neither_on_the_order_nor_on_the_number_of_questions(station6):
    times_s = [0.037 * step for step in range(600)]
    calm = Plant(station6, "desk", 7)
    stormy(calm)
    expected = [calm.state("Zarya", time_s) for time_s in times_s]

    shuffle = random.Random(1)
    nosy = Plant(station6, "desk", 7)
    stormy(nosy, shuffle=shuffle)
    order = list(range(len(times_s)))
    shuffle.shuffle(order)
    answers = {place: nosy.state("Zarya", times_s[place]) for place in order}
    assert [answers[place] for place in range(len(times_s))] == expected
    assert nosy.truth(20.0) == calm.truth(20.0)


def test_an_event_leaves_the_past_alone_and_the_future_new(make_bench, still, shut_all):
    plant = Plant(make_bench(2), still)
    shut_all(plant, 1.0)
    before = [plant.state("m0", time_s) for time_s in (0.5, 4.9, 100.0)]
    plant.set_leak("m0", 1e-2, 5.0)
    assert [plant.state("m0", time_s) for time_s in (0.5, 4.9)] == before[:2]
    assert plant.state("m0", 100.0)[0] < before[2][0] - 100.0
    plant.set_leak("m0", 0.0, 5.0)  # at the very same moment: the later word counts
    assert plant.state("m0", 100.0)[0] == pytest.approx(before[2][0], abs=1e-4)


def test_moves_a_nanosecond_apart_are_fine(make_bench, still):
    plant = Plant(make_bench(2, displaced_ml=0.07), still)
    plant.set_opening("hatch", "h0", 3000.1, 1.0, 0.0, 0.2)
    plant.set_leak("m0", 1e-3, 3000.3)  # binary fractions put the arrival a hair after this
    plant.set_opening("hatch", "h0", 3000.300000001, 0.0, 1.0, 0.2)
    assert plant.state("m0", 3001.0)[0] == pytest.approx(plant.state("m1", 3001.0)[0], abs=0.1)


def test_seeds_repeat(station6):
    one, again, other = (Plant(station6, "desk", seed).truth(50.0) for seed in (1, 1, 2))
    assert one == again
    assert one != other


def test_a_drifting_room_carries_the_gas_along(station6):
    plant = Plant(station6, "desk", 11)
    drift_k = plant.ambient(1800.0)[1] - ROOM_K
    assert abs(drift_k) > 0.1
    pressure_pa, temperature_k = plant.state("Zvezda", 1800.0)
    assert temperature_k - ROOM_K == pytest.approx(drift_k, abs=0.01)
    assert pressure_pa == pytest.approx(109_000.0 * temperature_k / ROOM_K, rel=1e-6)


def test_hours_pass_and_only_the_last_one_is_kept(make_bench, shut_all):
    plant = Plant(make_bench(3), "desk", 2)
    shut_all(plant, 5.0)
    plant.set_leak("m1", 1e-5, 20.0)
    fresh = Plant(make_bench(3), "desk", 2)
    shut_all(fresh, 5.0)
    fresh.set_leak("m1", 1e-5, 20.0)
    for time_s in range(100, 20_000, 100):
        plant.state("m1", float(time_s))
    assert plant.state("m1", 16_500.0) == fresh.state("m1", 16_500.0)
    plant.set_leak("m1", 0.0, 16_500.0)
    fresh.set_leak("m1", 0.0, 16_500.0)
    assert plant.truth(19_000.0) == fresh.truth(19_000.0)
    with pytest.raises(EmulatorError):
        plant.state("m1", 10.0)
