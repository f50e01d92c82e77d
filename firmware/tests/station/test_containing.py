"""A leak that is found: the cut, the proof and the repair, on a station of gas under CPython."""

import pytest
from gas_station import OUTSIDE_PA, GasStation, started, station, station6

from fsw.link import numbers as n

PrK, ZVEZDA, DESTINY = 1, 2, 5
NANO = 1e-9


def test_two_leaks_are_both_shut_off():
    bench = GasStation(station6(), {PrK: 1e-3, DESTINY: 8e-4}, seed=4)
    response = started(bench)
    bench.run(response)
    assert response.part == 1 << PrK | 1 << DESTINY


def test_a_ring_of_hatches_needs_two_to_cut():
    ring = station([0, 1, 1, 2, 2, 3, 3, 0], [500, 500, 500, 500])
    bench = GasStation(ring, {2: 1e-3}, seed=15)
    response = started(bench)
    bench.run(response)
    assert response.part == 1 << 2
    assert bench.events(n.EVENT_LEAK_ISOLATED)[-1][1] == 0b0110


def test_a_hatch_that_stays_open_costs_the_module_behind_it_and_no_more():
    """The hatch PrK-Zvezda is told shut and is not: both are behind the next best cut."""
    bench = GasStation(station6(occupied=0, lifeboat=0), {PrK: 1e-3}, seed=7)
    bench.stuck[1] = n.POSITION_OPEN
    response = started(bench)
    bench.run(response)
    assert (1, n.CUT_LEAKS_THROUGH) in bench.events(n.EVENT_CUT_FAILED)
    part, hatches = bench.events(n.EVENT_LEAK_ISOLATED)[-1]
    assert part == 1 << PrK | 1 << ZVEZDA
    assert hatches == 0b00101
    assert response.phase == n.PHASE_DONE


def test_a_cut_that_leaks_through_is_suspected_when_the_rest_leaks():
    """The seal passes more the emptier PrK gets: nothing to be seen at first, a tenth of the leak later."""
    bench = GasStation(station6(), {PrK: 6e-4}, seed=17)
    bench.seals_pa_m3_s[1] = 6e-3
    bench.values[n.PARAMETER_PROVE_NPA_M3_S] = 20000
    response = started(bench)
    bench.run(response)
    assert bench.events(n.EVENT_LEAK_ISOLATED)[0][0] == 1 << PrK
    assert (1, n.CUT_LEAKS_THROUGH) in bench.events(n.EVENT_CUT_FAILED)
    assert bench.events(n.EVENT_LEAK_FOUND)[-1][:3] == (n.LEAK_MODULE_AND_HATCH, PrK, 1)
    assert bench.events(n.EVENT_LEAK_ISOLATED)[-1] == (1 << PrK | 1 << ZVEZDA, 0b00101)
    ((solid, rest, _),) = bench.events(n.EVENT_REST_MEASURED)
    assert solid
    assert rest == 0b111001


def test_a_rest_that_begins_to_leak_is_not_solid_and_no_hatch_is_blamed():
    bench = GasStation(station6(), {PrK: 1e-3}, seed=18)
    response = started(bench)
    while not bench.events(n.EVENT_LEAK_ISOLATED):
        bench.step(response)
    bench.leaks_pa_m3_s[DESTINY] = 8e-4
    bench.run(response)
    ((solid, _, bound_npa_m3_s),) = bench.events(n.EVENT_REST_MEASURED)
    assert not solid
    assert bound_npa_m3_s * NANO >= bench.leak_now_pa_m3_s(DESTINY)
    assert not bench.events(n.EVENT_CUT_FAILED)
    assert response.part == 1 << PrK


def test_the_bound_of_the_rest_holds_a_leak_that_is_there():
    bench = GasStation(station6(), {PrK: 1e-3, DESTINY: 3e-5}, seed=3)
    response = started(bench)
    bench.run(response)
    ((_, rest, bound_npa_m3_s),) = bench.events(n.EVENT_REST_MEASURED)[-1:]
    true = sum(bench.leak_now_pa_m3_s(module) for module in range(6) if rest >> module & 1)
    assert bound_npa_m3_s * NANO >= true


@pytest.mark.parametrize(
    ("factor", "repair"),
    [(0.0, n.REPAIR_TIGHT), (0.4, n.REPAIR_BETTER), (1.0, n.REPAIR_SAME), (1.6, n.REPAIR_WORSE)],
)
def test_a_repair_is_compared_with_what_was_before_at_one_pressure(factor, repair):
    bench = GasStation(station6(), {PrK: 1e-3}, seed=12)
    response = started(bench)
    bench.run(response)
    bench.leaks_pa_m3_s[PrK] *= factor
    response.verify(bench.positions)
    bench.run(response)
    ((found, before_npa_m3_s, after_npa_m3_s),) = bench.events(n.EVENT_REPAIR_VERIFIED)
    assert found == repair
    assert before_npa_m3_s == pytest.approx(1e6, rel=0.1)
    assert after_npa_m3_s == pytest.approx(factor * 1e6, abs=1e5)


@pytest.mark.parametrize("purpose", [n.PURPOSE_REOPEN, n.PURPOSE_VERIFY])
def test_a_measurement_without_any_sensor_comes_to_an_end(purpose):
    bench = GasStation(station6(), {PrK: 1e-3}, seed=20)
    response = started(bench)
    while response.purpose != n.PURPOSE_REOPEN:
        bench.step(response)
    if purpose == n.PURPOSE_VERIFY:
        bench.run(response)
        response.verify(bench.positions)
    means = bench.means
    bench.means = lambda: (means()[0], bytearray(6), means()[2])
    bench.run(response, limit_s=700)
    assert response.phase == n.PHASE_INCONCLUSIVE
    ((decider, module, _),) = bench.events(n.EVENT_LEAK_INCONCLUSIVE)
    assert decider == n.DECIDES_SENSOR
    assert module == (0 if purpose == n.PURPOSE_REOPEN else PrK)


@pytest.mark.parametrize("wait_s", [20_000, 40_000])
def test_a_hole_that_was_not_repaired_is_not_better_when_the_module_has_emptied(wait_s):
    bench = GasStation(station6(occupied=0), {PrK: 1e-3}, seed=12)
    bench.seals_pa_m3_s = [0.0] * 5
    response = started(bench)
    bench.run(response)
    for _ in range(wait_s):
        bench._flow()
    assert bench.pressures_pa[PrK] - OUTSIDE_PA < 100
    response.verify(bench.positions)
    bench.run(response)
    assert not bench.events(n.EVENT_REPAIR_VERIFIED)
    assert bench.events(n.EVENT_LEAK_INCONCLUSIVE) == [(n.DECIDES_PRESSURE, PrK, 0)]


def test_a_repair_is_not_tight_when_the_old_leak_would_not_have_been_seen():
    """The sensor has become noisy: the leak as it was lies within the uncertainty."""
    bench = GasStation(station6(occupied=0), {PrK: 1e-5}, seed=3)
    response = started(bench)
    bench.run(response)
    assert response.part == 1 << PrK
    bench.noise_pa = 3.0
    response.verify(bench.positions)
    bench.run(response)
    ((verdict, _, _),) = bench.events(n.EVENT_REPAIR_VERIFIED)
    assert verdict == n.REPAIR_SAME


@pytest.mark.parametrize(
    ("factors", "verdict"),
    [((1.0, 1.0), n.REPAIR_SAME), ((1.0, 0.0), None), ((0.0, 1.0), None)],
)
def test_after_two_leaks_each_module_is_compared_with_itself(factors, verdict):
    """Nothing was repaired: not worse. One of two tight: not the same, not worse."""
    bench = GasStation(station6(occupied=0), {PrK: 1e-3, DESTINY: 8e-4}, seed=4)
    response = started(bench)
    bench.run(response)
    assert response.part == 1 << PrK | 1 << DESTINY
    bench.leaks_pa_m3_s[PrK] *= factors[0]
    bench.leaks_pa_m3_s[DESTINY] *= factors[1]
    response.verify(bench.positions)
    bench.run(response)
    ((found, before, after),) = bench.events(n.EVENT_REPAIR_VERIFIED)
    if verdict is not None:
        assert found == verdict, (before, after)
    else:
        assert found == n.REPAIR_BETTER, (before, after)


def test_the_rest_is_measured_apart_where_a_hatch_failed_to_open():
    """Zvezda-Zarya does not open again after the search, and says so; behind it most of the volume leaks."""
    where = station([0, 1, 1, 2, 2, 3], [500, 500, 500, 5000])
    bench = GasStation(where, {0: 3e-3, 3: 2e-4}, seed=6)
    bench.values[n.PARAMETER_PROVE_NPA_M3_S] = 150_000
    response = started(bench)
    while not bench.events(n.EVENT_LEAK_ISOLATED):
        bench.step(response)
    bench.stuck[2] = n.POSITION_SHUT
    bench.failing.add(2)
    bench.run(response)
    ((_, rest, bound_npa_m3_s),) = bench.events(n.EVENT_REST_MEASURED)
    true = sum(bench.leak_now_pa_m3_s(module) for module in range(4) if rest >> module & 1)
    assert bound_npa_m3_s * NANO >= true
    assert response.part >> 3 & 1, "behind the hatch that failed"
