"""What a plant starts with, and what may not be asked of it."""

from __future__ import annotations

import json
import math

import pytest

from hatchwatch.emulator.plant import Plant
from hatchwatch.errors import EmulatorError, UsageError

ATMOSPHERE_PA = 101_325.0
ROOM_K = 293.15


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
