"""The response to a leak, from the alarm to the proof, on a station of gas under CPython."""

import pytest
from gas_station import GasStation, started, station6

from fsw.link import numbers as n
from fsw.station.at_rest import AtRest
from fsw.station.response import Response

PrK, DESTINY = 1, 5


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


def test_a_hatch_that_fails_is_not_counted_on():
    bench = GasStation(station6(occupied=0, lifeboat=0), {PrK: 1e-3}, seed=8)
    bench.stuck[0] = n.POSITION_OPEN
    bench.failing.add(0)
    response = started(bench)
    bench.run(response)
    assert (0, n.CUT_HATCH_FAILED) in bench.events(n.EVENT_CUT_FAILED)
    assert response.part == 0b000011


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


def test_the_mode_acts_at_once_on_a_step_that_waits():
    bench = GasStation(station6(), {PrK: 1e-3}, seed=10)
    bench.values[n.PARAMETER_RESPONSE_MODE] = n.RESPONSE_ADVISE
    response = started(bench)
    bench.run(response)
    assert response.phase == n.PHASE_ASK
    bench.values[n.PARAMETER_RESPONSE_MODE] = n.RESPONSE_ACTIVE
    for _ in range(300):
        bench.step(response)
    assert response.phase != n.PHASE_ASK


def test_a_cut_that_is_not_made_has_shut_nothing_off():
    """What holds is marked as isolated; a cut without the mark was refused, or stopped on the way."""
    bench = GasStation(station6(), {PrK: 1e-3}, seed=10)
    response = started(bench)
    bench.run(response)
    rest = AtRest(6)
    rest.take_over(response)
    assert rest.part == 1 << PrK
    response.guarded = 0
    rest.take_over(response)
    assert rest.part == 0
