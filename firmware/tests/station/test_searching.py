"""The search for a leak to its end, on a station of gas under CPython."""

import pytest
from gas_station import OUTSIDE_PA, GasStation, started, station6

from fsw.link import numbers as n
from fsw.station.response import Response

PROGRESS, PrK, ZVEZDA, ZARYA, UNITY, DESTINY = range(6)


def test_a_leak_too_small_for_the_time_is_inconclusive_and_says_what_would_decide():
    bench = GasStation(station6(), {PrK: 2e-6}, seed=6, noise_pa=0.5)
    bench.values[n.PARAMETER_PROVE_NPA_M3_S] = 1000
    bench.values[n.PARAMETER_MEASURE_MOST_S] = 60
    response = started(bench)
    bench.run(response)
    ((decider, _, time_s),) = bench.events(n.EVENT_LEAK_INCONCLUSIVE)
    assert response.phase == n.PHASE_INCONCLUSIVE
    assert decider == n.DECIDES_LONGER
    assert time_s > 60


def test_no_leak_ends_with_all_hatches_open_and_a_limit():
    bench = GasStation(station6(), seed=5)
    bench.values[n.PARAMETER_MEASURE_MOST_S] = 600
    response = started(bench, n.BECAUSE_COMMAND)
    bench.run(response)
    ((limit_npa_m3_s,),) = bench.events(n.EVENT_NO_LEAK)
    assert 0 < limit_npa_m3_s < bench.values[n.PARAMETER_PROVE_NPA_M3_S]
    assert response.phase == n.PHASE_DONE
    assert set(bench.positions) == {n.POSITION_OPEN}


def test_an_approved_step_back_after_no_leak_ends_the_search_without_a_rest_to_be_proved():
    bench = GasStation(station6(), seed=5)
    bench.values[n.PARAMETER_MEASURE_MOST_S] = 600
    bench.values[n.PARAMETER_RESPONSE_MODE] = n.RESPONSE_ADVISE
    response = started(bench, n.BECAUSE_COMMAND)
    bench.run(response)
    response.approve()
    bench.run(response)
    assert bench.events(n.EVENT_STEP_PROPOSED)[-1][:2] == (n.PURPOSE_REOPEN, n.BECAUSE_NONE_FOUND)
    response.approve()
    bench.run(response)
    assert response.phase == n.PHASE_DONE
    assert set(bench.positions) == {n.POSITION_OPEN}
    assert not bench.events(n.EVENT_REST_MEASURED)


def test_a_plan_that_would_shut_crew_in_stops_and_says_whose():
    """Crew in Destiny, the lifeboat at Progress, the leak in between: no cut leaves them a way."""
    bench = GasStation(station6(occupied=1 << DESTINY, lifeboat=1), {ZVEZDA: 1e-3}, seed=9)
    response = started(bench)
    bench.run(response)
    assert response.phase == n.PHASE_BLOCKED
    assert bench.events(n.EVENT_RESPONSE_BLOCKED) == [(n.BLOCKED_CREW, DESTINY)]
    assert set(bench.positions) == {n.POSITION_OPEN}


def test_the_override_is_an_order():
    bench = GasStation(station6(occupied=1 << DESTINY, lifeboat=1), {ZVEZDA: 1e-3}, seed=9)
    bench.values[n.PARAMETER_CREW_OVERRIDE] = 1
    response = started(bench)
    bench.run(response)
    assert response.part == 1 << ZVEZDA


@pytest.mark.parametrize("leaks", [True, False])
def test_a_module_that_was_shut_from_the_start_is_opened_to_tell_its_leak_from_a_drift(leaks):
    bench = shut_from_the_start()
    if leaks:
        bench.leaks_pa_m3_s[PrK] = 8e-6
    else:
        bench.drifts_pa_s[PrK] = -0.016
    response = started(bench, n.BECAUSE_COMMAND)
    bench.run(response)
    reasons = [fields[2] for fields in bench.events(n.EVENT_RESPONSE_STEP)]
    assert n.BECAUSE_LEAK_OR_DRIFT in reasons
    kind = n.LEAK_MODULE if leaks else n.LEAK_SENSOR_DRIFTS
    assert bench.events(n.EVENT_LEAK_FOUND)[0][:2] == (kind, PrK)
    assert response.part == (1 << PrK if leaks else 0)


def shut_from_the_start():
    """All hatches are shut already, and there is time for a leak of some 1e-6 Pa m3/s."""
    bench = GasStation(station6(), {}, seed=19)
    bench.positions[:] = bytes([n.POSITION_SHUT] * 5)
    bench.really = [n.POSITION_SHUT] * 5
    known = {"SLOPE_FLOOR_UPA_S": 100, "MEASURE_MOST_S": 600, "PROVE_NPA_M3_S": 4000}
    for name, value in known.items():
        bench.values[getattr(n, "PARAMETER_" + name)] = value
    return bench


def test_what_was_opened_for_a_look_is_shut_again_when_no_gas_is_lost():
    bench = shut_from_the_start()
    bench.drifts_pa_s[PrK] = -0.016
    response = started(bench, n.BECAUSE_COMMAND)
    bench.run(response)
    assert bench.events(n.EVENT_LEAK_FOUND)[0][:2] == (n.LEAK_SENSOR_DRIFTS, PrK)
    assert response.phase == n.PHASE_DONE
    assert set(bench.positions) == {n.POSITION_SHUT}


def test_a_module_that_can_not_be_opened_for_a_look_is_not_taken_for_a_drift():
    """The only hatch of Progress stays shut: who believes it open sees one sensor fall alone."""
    bench = shut_from_the_start()
    bench.leaks_pa_m3_s[0] = 8e-6
    bench.stuck[0] = n.POSITION_SHUT
    bench.failing.add(0)
    response = started(bench, n.BECAUSE_COMMAND)
    bench.run(response)
    assert (0, n.CUT_HATCH_FAILED) in bench.events(n.EVENT_CUT_FAILED)
    assert not bench.events(n.EVENT_LEAK_FOUND)
    assert response.phase == n.PHASE_INCONCLUSIVE


def test_no_hatch_between_isolated_modules_is_opened_for_a_look():
    bench = shut_from_the_start()
    bench.leaks_pa_m3_s[PrK] = 8e-6
    opened = []
    order = bench.order
    response = Response(
        bench.station,
        bench.values,
        lambda hatch, position: opened.append(hatch) or order(hatch, position),
        bench.tell,
    )
    response.guarded = 0b111111
    response.locate(n.BECAUSE_COMMAND, bench.positions)
    bench.run(response)
    assert opened == []


@pytest.mark.parametrize(("strategy", "leak"), [(0, 1.0), (1, 0.3), (1, 1.0)])
def test_a_module_that_has_emptied_is_not_told_to_be_tight(strategy, leak):
    """The hole is so large that PrK is at ambient before it is measured alone."""
    bench = GasStation(station6(occupied=0), {PrK: leak}, seed=1)
    bench.values[n.PARAMETER_STRATEGY] = strategy
    response = started(bench)
    bench.run(response)
    ((decider, module, _),) = bench.events(n.EVENT_LEAK_INCONCLUSIVE)
    assert decider == n.DECIDES_PRESSURE
    assert bench.pressures_pa[module] - OUTSIDE_PA < 1000
    assert set(bench.really) != {n.POSITION_OPEN}


def test_a_sealed_module_at_ambient_pressure_is_not_told_to_be_tight():
    """Everything sealed at the start; Progress has a hole and is empty already: no pressure, no slope."""
    bench = GasStation(station6(occupied=0), {PROGRESS: 0.05}, seed=1)
    bench.positions[:] = bytes([n.POSITION_SHUT] * 5)
    bench.really = [n.POSITION_SHUT] * 5
    bench.pressures_pa[PROGRESS] = OUTSIDE_PA
    response = started(bench, n.BECAUSE_COMMAND)
    bench.run(response)
    assert bench.events(n.EVENT_LEAK_INCONCLUSIVE) == [(n.DECIDES_PRESSURE, PROGRESS, 0)]


def test_a_module_behind_a_hatch_that_failed_to_open_at_the_start_is_not_taken_for_a_drift():
    """After a reset nobody knows the positions, so hatches are opened; one tells that it FAILED to."""
    bench = GasStation(station6(occupied=0), {PROGRESS: 1e-3}, seed=5)
    bench.positions[:] = bytes([n.POSITION_UNKNOWN] * 5)
    bench.really[0] = n.POSITION_SHUT
    bench.stuck[0] = n.POSITION_SHUT
    bench.failing.add(0)
    bench.pressures_pa[PROGRESS] -= 1000
    response = started(bench, n.BECAUSE_CONTINUED)
    bench.run(response)
    kinds = [fields[0] for fields in bench.events(n.EVENT_LEAK_FOUND)]
    assert n.LEAK_SENSOR_DRIFTS not in kinds
    assert not (response.phase == n.PHASE_DONE and not response.part)


@pytest.mark.parametrize(("strategy", "when_s"), [(0, 15), (1, 100)])
def test_a_leak_that_grows_fivefold_during_the_search_is_found(strategy, when_s):
    bench = GasStation(station6(occupied=0), {PrK: 3e-4}, seed=2)
    bench.values[n.PARAMETER_STRATEGY] = strategy
    response = started(bench)
    while bench.time_s < when_s:
        bench.step(response)
    bench.leaks_pa_m3_s[PrK] *= 5
    bench.run(response)
    assert response.part == 1 << PrK


@pytest.mark.parametrize("module", [PROGRESS, ZVEZDA, UNITY, DESTINY])
def test_a_second_leak_that_begins_while_all_hatches_settle_does_not_hide_the_first(module):
    """Every hatch is shut, both sensors fall alone for minutes: both are to be cut off."""
    bench = GasStation(station6(occupied=0), {PrK: 3e-4}, seed=2)
    response = started(bench)
    while bench.time_s < 15:
        bench.step(response)
    assert response.phase == n.PHASE_SETTLE
    bench.leaks_pa_m3_s[module] = 1e-3
    bench.run(response)
    assert response.part == 1 << PrK | 1 << module


@pytest.mark.parametrize("measure_s", [600])
def test_the_longest_time_holds_whatever_the_least_time_is(measure_s):
    bench = GasStation(station6(), {PrK: 2e-6}, seed=6, noise_pa=0.5)
    bench.values[n.PARAMETER_PROVE_NPA_M3_S] = 1000
    bench.values[n.PARAMETER_MEASURE_S] = measure_s
    bench.values[n.PARAMETER_MEASURE_MOST_S] = 60
    response = started(bench)
    assert bench.run(response) < 300
