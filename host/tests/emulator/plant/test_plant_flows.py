"""Gas through hatches, leaks and injectors, against closed solutions."""

from __future__ import annotations

import pytest

from hatchwatch.boards.model import BenchFile
from hatchwatch.emulator.plant import Plant

R = 8.314462618
ATMOSPHERE_PA = 101_325.0


def test_an_open_hatch_of_6_mm_equalises_100_pa_between_litres_in_4_ms(make_bench, still, shut_all):
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


def test_8_kpa_through_6_mm_takes_40_ms(make_bench, still, shut_all):
    plant = Plant(make_bench(2, hatch_bore_mm=6.0, wall_time_constant_s=1e-6), still)
    shut_all(plant)
    plant.vent(1.0, modules=["m1"])
    plant.set_opening("hatch", "h0", 1.0, 0.0, 1.0, 0.0)
    left_pa = [plant.state("m0", 1.0 + t)[0] - plant.state("m1", 1.0 + t)[0] for t in (0.030, 0.045)]
    assert left_pa[0] > 200.0
    assert abs(left_pa[1]) < 1.0


def test_a_shut_hatch_leaks_its_seal_to_the_neighbour(make_bench, still, shut_all):
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


def test_two_sides_are_alike(make_bench, still, shut_all):
    left, right = (Plant(make_bench(2, displaced_ml=0.1), still) for _ in range(2))
    for plant, high in ((left, "m0"), (right, "m1")):
        shut_all(plant)
        plant.fill(0.0, gauge_pa=3_000.0, modules=[high], adiabatic=True)
        plant.set_opening("hatch", "h0", 2.0, 0.0, 1.0, 0.5)
    for time_s in (1.0, 2.2, 2.6, 30.0):
        assert left.state("m0", time_s) == pytest.approx(right.state("m1", time_s), rel=1e-9)
        assert left.state("m1", time_s) == pytest.approx(right.state("m0", time_s), rel=1e-9)


@pytest.mark.parametrize("kind", ["laminar", "orifice"])
def test_a_leak_of_q_passes_q_at_8_kpa(make_bench, still, kind, total):
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


def test_an_injector_that_states_its_leak_has_it(make_bench, still):
    data = make_bench(2, injector_leak_pa_m3_s=1e-3).model_dump()
    data["modules"][1]["injector"].update(leak_pa_m3_s=2e-4, leak_uncertainty_pa_m3_s=5e-6)
    plant = Plant(BenchFile.model_validate(data), still)
    plant.fill(0.0, gauge_pa=8_000.0)
    for name in ("m0", "m1"):
        plant.set_opening("injector", name, 0.0, 0.0, 1.0, 0.0)
    lost_mol = {name: module["hull_mol"] for name, module in plant.truth(1.0)["modules"].items()}
    assert lost_mol["m0"] * R * 293.15 == pytest.approx(1e-3, rel=2e-3)
    assert lost_mol["m1"] * R * 293.15 == pytest.approx(2e-4, rel=2e-3)


def test_an_open_injector_is_a_known_leak(make_bench, still, total):
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
