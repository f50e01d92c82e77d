from __future__ import annotations

import json
import math
import random

import pytest

from hatchwatch.boards.files import load_bench_file
from hatchwatch.emulator.plant import Plant
from hatchwatch.errors import EmulatorError, UsageError
from hatchwatch.payload import boards_root

R = 8.314462618
ATMOSPHERE_PA = 101_325.0
ROOM_K = 293.15


@pytest.fixture(scope="module")
def station6():
    return load_bench_file(boards_root() / "station6.toml")


def shut_all(plant: Plant, time_s: float = 0.0) -> None:
    for name in plant.truth(time_s)["hatches"]:
        plant.set_opening("hatch", name, time_s, 1.0, 0.0, 0.0)


def total(truth: dict, key: str) -> float:
    return sum(module[key] for module in truth["modules"].values())


# -- power-on ------------------------------------------------------------------------------------------------


def test_the_bench_starts_filled_to_the_ceiling_of_the_sensors_with_hatches_open(station6):
    plant = Plant(station6, "quiet", 1)
    for module in station6.modules:  # ambient + 8 kPa would be 109325 Pa
        assert plant.state(module.name, 0.0) == pytest.approx((109_000.0, ROOM_K))
    assert {hatch["opening"] for hatch in plant.truth(0.0)["hatches"].values()} == {1.0}
    assert {module["injector_opening"] for module in plant.truth(0.0)["modules"].values()} == {0.0}


def test_where_the_air_is_thinner_the_bench_starts_8_kpa_over_ambient(make_bench, still):
    plant = Plant(make_bench(ambient_pa=95_000.0), still)
    assert plant.state("m0", 0.0) == pytest.approx((103_000.0, ROOM_K))


def test_an_ambient_module_shows_the_room(make_bench):
    data = make_bench(2).model_dump()
    data["modules"][0].update(ambient=True, volume_ml=None, volume_uncertainty_ml=None, injector=None)
    plant = Plant(type(make_bench()).model_validate(data), "desk", 5)
    assert plant.state("m0", 1000.0) == plant.ambient(1000.0)
    assert plant.state("m0", 1000.0) != (ATMOSPHERE_PA, ROOM_K)
    assert list(plant.truth(0.0)["modules"]) == ["m1"]
    # The hatch between them leads outside: through it the module empties, and that is no hull flow.
    assert plant.state("m1", 10.0)[0] == pytest.approx(plant.ambient(10.0)[0], abs=1.0)
    assert plant.truth(10.0)["modules"]["m1"]["hull_mol"] == pytest.approx(0.0, abs=1e-15)
    assert plant.truth(10.0)["hatches"]["h0"]["flow_mol"] < -0.0025


def test_volumes_are_drawn_from_the_statement(station6):
    scores = []
    for seed in range(100):
        modules = Plant(station6, "quiet", seed).truth(0.0)["modules"]
        for module in station6.modules:
            extra_m3 = modules[module.name]["volume_m3"] - module.volume_m3
            scores.append(extra_m3 / module.volume_uncertainty_m3)
    mean = sum(scores) / len(scores)
    deviation = math.sqrt(sum((score - mean) ** 2 for score in scores) / len(scores))
    assert abs(mean) < 0.15
    assert 0.9 < deviation < 1.1
    assert max(map(abs, scores)) < 3.1


# -- hatches -------------------------------------------------------------------------------------------------


def test_an_open_hatch_of_6_mm_equalises_100_pa_between_litres_in_4_ms(make_bench, still):
    plant = Plant(make_bench(2, hatch_bore_mm=6.0, wall_time_constant_s=1e-6), still)
    plant.fill(0.0, pressure_pa=ATMOSPHERE_PA)
    shut_all(plant)
    plant.fill(1.0, pressure_pa=ATMOSPHERE_PA + 100.0, modules=["m0"])
    plant.set_opening("hatch", "h0", 1.0, 0.0, 1.0, 0.0)

    def difference_pa(elapsed_s: float) -> float:
        return plant.state("m0", 1.0 + elapsed_s)[0] - plant.state("m1", 1.0 + elapsed_s)[0]

    # Constant density: the root of the difference falls by kk/2 per second. The hole of 0.2 mm of the
    # published case has kk = 2.54354 for one litre; 6 mm are 900 times that, and two jars move twice as
    # fast.
    kk = 2.54354 * 900.0 * 2.0
    assert difference_pa(2e-3) == pytest.approx((10.0 - 0.5 * kk * 2e-3) ** 2, rel=2e-3)
    assert difference_pa(3e-3) == pytest.approx((10.0 - 0.5 * kk * 3e-3) ** 2, rel=5e-3)
    assert 2.0 * 10.0 / kk == pytest.approx(4e-3, rel=0.1)
    assert abs(difference_pa(5e-3)) < 0.6
    assert abs(difference_pa(10e-3)) < 1e-3


def test_8_kpa_through_6_mm_takes_40_ms(make_bench, still):
    plant = Plant(make_bench(2, hatch_bore_mm=6.0, wall_time_constant_s=1e-6), still)
    shut_all(plant)
    plant.vent(1.0, modules=["m1"])
    plant.set_opening("hatch", "h0", 1.0, 0.0, 1.0, 0.0)
    left_pa = [plant.state("m0", 1.0 + t)[0] - plant.state("m1", 1.0 + t)[0] for t in (0.030, 0.045)]
    assert left_pa[0] > 200.0
    assert abs(left_pa[1]) < 1.0


def test_a_shut_hatch_leaks_its_seal_to_the_neighbour(make_bench, still):
    plant = Plant(make_bench(3, seal_leak_pa_m3_s=1e-5), still)
    shut_all(plant)
    plant.fill(0.0, gauge_pa=8_000.0, modules=["m0"])
    plant.vent(0.0, modules=["m1", "m2"])
    flow_mol = plant.truth(60.0)["hatches"]["h0"]["flow_mol"]
    assert flow_mol * R * 293.15 / 60.0 == pytest.approx(1e-5, rel=1e-3)
    assert plant.truth(60.0)["modules"]["m0"]["hull_mol"] == pytest.approx(0.0, abs=1e-15)
    assert plant.truth(60.0)["hatches"]["h1"]["flow_mol"] == pytest.approx(0.0, abs=1e-10)


def test_shutting_pushes_gas_into_the_two_sides(make_bench, still):
    """0.07 mL raise 1 L by 7 Pa, once the warmth of the compression is gone; at first by kappa times that."""
    bench = make_bench(2, displaced_ml=0.14)  # half of it for each litre
    plant = Plant(bench, still)
    plant.fill(0.0, pressure_pa=ATMOSPHERE_PA)
    plant.set_opening("hatch", "h0", 1.0, 1.0, 0.0, 0.0)
    assert plant.state("m0", 1.0)[0] - ATMOSPHERE_PA == pytest.approx(1.4 * 7.093, rel=1e-3)
    assert plant.state("m0", 200.0)[0] - ATMOSPHERE_PA == pytest.approx(7.093, rel=1e-3)
    assert plant.state("m1", 200.0)[0] - ATMOSPHERE_PA == pytest.approx(7.093, rel=1e-3)


def test_a_slow_move_ends_where_a_jump_ends(make_bench, still):
    slow, jump = (Plant(make_bench(2, displaced_ml=0.14), still) for _ in range(2))
    slow.set_opening("hatch", "h0", 1.0, 1.0, 0.0, 0.5)
    jump.set_opening("hatch", "h0", 1.25, 1.0, 0.0, 0.0)
    assert slow.opening("hatch", "h0", 1.25) == pytest.approx(0.5)
    assert slow.state("m0", 1.5)[0] == pytest.approx(jump.state("m0", 1.5)[0], abs=0.3)
    assert slow.state("m0", 100.0)[0] == pytest.approx(jump.state("m0", 100.0)[0], abs=1e-3)


def test_two_sides_are_alike(make_bench, still):
    left, right = (Plant(make_bench(2, displaced_ml=0.1), still) for _ in range(2))
    for plant, high in ((left, "m0"), (right, "m1")):
        shut_all(plant)
        plant.fill(0.0, gauge_pa=3_000.0, modules=[high], adiabatic=True)
        plant.set_opening("hatch", "h0", 2.0, 0.0, 1.0, 0.5)
    for time_s in (1.0, 2.2, 2.6, 30.0):
        assert left.state("m0", time_s) == pytest.approx(right.state("m1", time_s), rel=1e-9)
        assert left.state("m1", time_s) == pytest.approx(right.state("m0", time_s), rel=1e-9)


# -- leaks ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["laminar", "orifice"])
def test_a_leak_of_q_passes_q_at_8_kpa(make_bench, still, kind):
    plant = Plant(make_bench(1), still)
    plant.fill(0.0, gauge_pa=8_000.0)
    plant.set_leak("m0", 1e-4, 10.0, kind)
    before, after = plant.truth(10.0), plant.truth(20.0)
    flow_mol_s = (total(after, "hull_mol") - total(before, "hull_mol")) / 10.0
    assert flow_mol_s * R * 293.15 == pytest.approx(1e-4, rel=1e-3)
    assert after["modules"]["m0"]["leak_pa_m3_s"] == 1e-4
    assert after["modules"]["m0"]["leak_kind"] == kind
    assert plant.truth(9.999)["modules"]["m0"]["leak_pa_m3_s"] == 0.0


@pytest.mark.parametrize("kind", ["laminar", "orifice"])
def test_underpressure_leaks_inwards(make_bench, still, kind):
    plant = Plant(make_bench(1), still)
    plant.fill(0.0, gauge_pa=-8_000.0)
    plant.set_leak("m0", 1e-3, 0.0, kind)
    assert plant.truth(10.0)["modules"]["m0"]["hull_mol"] < 0.0
    assert plant.state("m0", 10.0)[0] > ATMOSPHERE_PA - 8_000.0


def test_an_open_injector_is_a_known_leak(make_bench, still):
    plant = Plant(make_bench(1, injector_leak_pa_m3_s=1e-3), still)
    plant.fill(0.0, gauge_pa=8_000.0)
    plant.set_opening("injector", "m0", 5.0, 0.0, 1.0, 0.5)
    assert plant.truth(5.0)["modules"]["m0"]["hull_mol"] == pytest.approx(0.0, abs=1e-15)
    flow_mol_s = plant.truth(7.5)["modules"]["m0"]["hull_mol"] - plant.truth(6.5)["modules"]["m0"]["hull_mol"]
    assert flow_mol_s * R * 293.15 == pytest.approx(1e-3, rel=2e-3)
    plant.set_opening("injector", "m0", 10.0, 1.0, 0.0, 0.5)
    assert total(plant.truth(60.0), "hull_mol") == pytest.approx(
        total(plant.truth(10.5), "hull_mol"), rel=1e-9
    )


# -- heat ----------------------------------------------------------------------------------------------------


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


def test_hatches_conserve_energy_without_walls(make_bench, still):
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


# -- balance and determinism ---------------------------------------------------------------------------------


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


def test_no_gas_is_made_or_lost(station6):
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


def test_an_event_leaves_the_past_alone_and_the_future_new(make_bench, still):
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


def test_hours_pass_and_only_the_last_one_is_kept(make_bench):
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


# -- what may not be asked -----------------------------------------------------------------------------------


def test_truth_is_json(station6):
    plant = Plant(station6, "desk", 1)
    assert json.loads(json.dumps(plant.truth(1.5))) == plant.truth(1.5)


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda plant: plant.state("Mir", 1.0), "Zvezda"),
        (lambda plant: plant.set_opening("hatch", "Zvezda", 1.0, 0.0, 1.0, 0.5), "Progress-PrK"),
        (lambda plant: plant.set_opening("injector", "Progress-PrK", 1.0, 0.0, 1.0, 0.5), "Zvezda"),
        (lambda plant: plant.set_opening("hatch", "PrK-Zvezda", 1.0, 0.0, 1.2, 0.5), "0 (shut) to 1 (open)"),
        (lambda plant: plant.set_opening("hatch", "PrK-Zvezda", 1.0, 0.0, 1.0, -0.5), "not negative"),
        (lambda plant: plant.set_leak("Zvezda", -1e-5, 1.0), "0 or more"),
        (lambda plant: plant.set_leak("Zvezda", math.nan, 1.0), "0 or more"),
        (lambda plant: plant.set_leak("Zvezda", 1e-5, 1.0, "porous"), "laminar, orifice"),
        (lambda plant: plant.fill(1.0), "exactly one"),
        (lambda plant: plant.fill(1.0, gauge_pa=1.0, pressure_pa=1e5), "exactly one"),
        (lambda plant: plant.fill(1.0, gauge_pa=-2e5), "Pa absolute"),
    ],
)
def test_what_makes_no_sense_is_told_with_what_would(station6, ask, told):
    plant = Plant(station6, "quiet", 1)
    with pytest.raises(UsageError) as caught:
        ask(plant)
    assert told in (caught.value.cure or "")
    assert plant.truth(2.0)["modules"]["Zvezda"]["leak_pa_m3_s"] == 0.0


def test_times_before_power_on_are_refused(station6):
    with pytest.raises(EmulatorError):
        Plant(station6).state("Zvezda", -0.1)
    with pytest.raises(EmulatorError):
        Plant(station6).state("Zvezda", math.nan)
