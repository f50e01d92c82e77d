"""The response to a leak, from the alarm to the proof, on a station of gas under CPython."""

import pytest
from gas_station import GasStation, station, station6

from fsw.link import numbers as n
from fsw.station.response import Response

PrK, ZVEZDA, DESTINY = 1, 2, 5
NANO = 1e-9


def started(bench, reason=n.BECAUSE_ALARM):
    response = Response(bench.station, bench.values, bench.order, bench.tell)
    response.locate(reason, bench.positions)
    return response


@pytest.mark.parametrize("strategy", [0, 1])
@pytest.mark.parametrize("module", range(6))
def test_the_leaking_module_is_found_shut_off_and_the_rest_proved_solid(strategy, module):
    bench = GasStation(station6(occupied=0), {module: 1e-3}, seed=module)
    bench.values[n.PARAMETER_STRATEGY] = strategy
    response = started(bench)
    bench.run(response)
    ((kind, first, _, doubt_ppm, leak_npa_m3_s),) = bench.events(n.EVENT_LEAK_FOUND)
    assert (kind, first) == (n.LEAK_MODULE, module)
    assert doubt_ppm <= bench.values[n.PARAMETER_DOUBT_PPM]
    assert leak_npa_m3_s == pytest.approx(1e6, rel=0.2)
    assert response.phase == n.PHASE_DONE
    part, hatches = bench.events(n.EVENT_LEAK_ISOLATED)[0]
    assert part == 1 << module
    assert hatches == bench.station.cut(part)
    ((solid, rest, bound_npa_m3_s),) = bench.events(n.EVENT_REST_MEASURED)
    assert solid
    assert rest == 0b111111 & ~part
    assert 0 < bound_npa_m3_s < bench.values[n.PARAMETER_PROVE_NPA_M3_S]
    shut = {hatch for hatch in range(5) if bench.positions[hatch] == n.POSITION_SHUT}
    assert shut == {hatch for hatch in range(5) if hatches >> hatch & 1}, "what is healthy is joined again"


def test_the_bound_of_the_rest_holds_a_leak_that_is_there():
    bench = GasStation(station6(), {PrK: 1e-3, DESTINY: 3e-5}, seed=3)
    response = started(bench)
    bench.run(response)
    ((_, rest, bound_npa_m3_s),) = bench.events(n.EVENT_REST_MEASURED)[-1:]
    true = sum(bench.leak_now_pa_m3_s(module) for module in range(6) if rest >> module & 1)
    assert bound_npa_m3_s * NANO >= true


def test_two_leaks_are_both_shut_off():
    bench = GasStation(station6(), {PrK: 1e-3, DESTINY: 8e-4}, seed=4)
    response = started(bench)
    bench.run(response)
    assert response.part == 1 << PrK | 1 << DESTINY


def test_no_leak_ends_with_all_hatches_open_and_a_limit():
    bench = GasStation(station6(), seed=5)
    bench.values[n.PARAMETER_MEASURE_MOST_S] = 600
    response = started(bench, n.BECAUSE_COMMAND)
    bench.run(response)
    ((limit_npa_m3_s,),) = bench.events(n.EVENT_NO_LEAK)
    assert 0 < limit_npa_m3_s < bench.values[n.PARAMETER_PROVE_NPA_M3_S]
    assert response.phase == n.PHASE_DONE
    assert set(bench.positions) == {n.POSITION_OPEN}


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


def test_a_hatch_that_fails_is_not_counted_on():
    bench = GasStation(station6(occupied=0, lifeboat=0), {PrK: 1e-3}, seed=8)
    bench.stuck[0] = n.POSITION_OPEN
    bench.failing.add(0)
    response = started(bench)
    bench.run(response)
    assert (0, n.CUT_HATCH_FAILED) in bench.events(n.EVENT_CUT_FAILED)
    assert response.part == 0b000011


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


def test_advise_asks_before_every_move():
    bench = GasStation(station6(), {PrK: 1e-3}, seed=10)
    bench.values[n.PARAMETER_RESPONSE_MODE] = n.RESPONSE_ADVISE
    response = started(bench)
    moves = []
    order = bench.order
    response._order = lambda hatch, position: moves.append(hatch) or order(hatch, position)
    asked = 0
    while True:
        bench.run(response)
        if response.phase != n.PHASE_ASK:
            break
        asked += 1
        before = len(moves)
        assert len(bench.events(n.EVENT_STEP_PROPOSED)) == asked
        for _ in range(30):
            bench.step(response)
        assert response.phase == n.PHASE_ASK
        assert len(moves) == before
        response.approve()
    assert asked == 2  # to shut all, and to open what is healthy
    assert response.phase == n.PHASE_DONE


def test_stopping_ends_it_at_any_moment():
    for stop_s in range(0, 200, 7):
        bench = GasStation(station6(), {PrK: 1e-3}, seed=11)
        response = started(bench)
        for _ in range(stop_s):
            bench.step(response)
        was_active = response.is_active
        response.stop(n.STOPPED_BY_COMMAND)
        assert (bench.told[-1] == (n.EVENT_RESPONSE_STOPPED, (n.STOPPED_BY_COMMAND,))) == was_active
        told = len(bench.told)
        for _ in range(100):
            bench.step(response)
        assert len(bench.told) == told
        assert not response.is_active


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


def test_unknown_hatches_are_opened_before_others_are_shut():
    bench = GasStation(station6(), {PrK: 1e-3}, seed=13)
    for hatch in range(5):
        bench.positions[hatch] = n.POSITION_UNKNOWN
    orders = []
    response = Response(
        bench.station,
        bench.values,
        lambda hatch, position: orders.append(position) or bench.order(hatch, position),
        bench.tell,
    )
    response.locate(n.BECAUSE_COMMAND, bench.positions)
    bench.run(response)
    assert orders[:5] == [n.POSITION_OPEN] * 5
    assert response.part == 1 << PrK


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
    assert response.phase == (n.PHASE_DONE if purpose == n.PURPOSE_REOPEN else n.PHASE_INCONCLUSIVE)


def test_hatches_to_isolated_modules_stay_shut():
    bench = GasStation(station6(), {DESTINY: 1e-3}, seed=14)
    response = Response(bench.station, bench.values, bench.order, bench.tell)
    response.guarded = 1 << 0
    bench.positions[0] = bench.really[0] = n.POSITION_SHUT
    opened = []
    order = bench.order
    response._order = lambda hatch, position: (
        (opened.append(hatch) if position == n.POSITION_OPEN else None) or order(hatch, position)
    )
    response.locate(n.BECAUSE_ALARM, bench.positions)
    bench.run(response)
    assert 0 not in opened
    assert response.part == 1 << DESTINY


def test_a_ring_of_hatches_needs_two_to_cut():
    ring = station([0, 1, 1, 2, 2, 3, 3, 0], [500, 500, 500, 500])
    bench = GasStation(ring, {2: 1e-3}, seed=15)
    response = started(bench)
    bench.run(response)
    assert response.part == 1 << 2
    assert bench.events(n.EVENT_LEAK_ISOLATED)[-1][1] == 0b0110
