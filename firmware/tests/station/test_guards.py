"""Nobody is shut in and no isolated module is opened, whatever changes on the way."""

import pytest
from gas_station import GasStation, started, station6

from fsw.link import numbers as n
from fsw.station.crew import shut_in
from fsw.station.graph import Station
from fsw.station.response import Response

PROGRESS, PrK, ZVEZDA, ZARYA, UNITY, DESTINY = range(6)


def blocked(bench):
    return sum(1 << h for h in range(bench.station.hatches) if bench.positions[h] != n.POSITION_OPEN)


def run_watching_crew(bench, response, limit_s=1500):
    """Step on; return (time, modules) of the first moment at which somebody loses the way, else None."""
    began = bench.time_s
    before = blocked(bench)
    while response.is_active and response.phase != n.PHASE_ASK and bench.time_s < began + limit_s:
        bench.step(response)
        now = blocked(bench)
        lost = shut_in(bench.station, before, now)
        if lost:
            return bench.time_s, lost
        before = now
    return None


def test_crew_that_moves_while_a_step_waits_for_approval_is_not_shut_in():
    bench = GasStation(station6(), {PrK: 1e-3}, seed=1)
    bench.values[n.PARAMETER_RESPONSE_MODE] = n.RESPONSE_ADVISE
    response = started(bench)
    bench.run(response)
    assert response.phase == n.PHASE_ASK
    bench.station.occupied = 1 << DESTINY  # set_crew; the lifeboat is at Zvezda
    response.approve()
    assert run_watching_crew(bench, response) is None


def test_crew_that_moves_while_hatches_wait_for_their_turn_is_not_shut_in():
    """One hatch moves at a time, and crew is told to be in Destiny before its hatch has begun to."""
    bench = GasStation(station6(), {PrK: 1e-3}, seed=1)
    queue = []
    order = bench.order

    def one_at_a_time(hatch, position):
        bench.positions[hatch] = n.POSITION_QUEUED
        queue[:] = [entry for entry in queue if entry[0] != hatch] + [(hatch, position)]

    def begin():
        if queue and not bench._moving:
            order(*queue.pop(0))

    response = Response(bench.station, bench.values, one_at_a_time, bench.tell)
    response.locate(n.BECAUSE_ALARM, bench.positions)
    while response.phase != n.PHASE_MOVE:
        bench.step(response)
    begin()
    bench.step(response)
    bench.station.occupied = 1 << DESTINY
    for _ in range(30):
        begin()
        bench.step(response)
        shut = sum(1 << h for h in range(5) if bench.really[h] == n.POSITION_SHUT)
        assert not shut_in(bench.station, 0, shut), (bench.time_s, bin(shut))


@pytest.mark.parametrize("was", [n.POSITION_OPEN, n.POSITION_UNKNOWN])
def test_a_mark_does_not_shut_crew_in(was):
    """Progress has crew, PrK is marked isolated and its hatches are open (or unknown after a reset)."""
    bench = GasStation(station6(occupied=1 << PROGRESS), {DESTINY: 1e-3}, seed=1)
    bench.positions[:] = bytes([was] * 5)
    response = Response(bench.station, bench.values, bench.order, bench.tell)
    response.guarded = 1 << PrK
    response.locate(n.BECAUSE_ALARM, bench.positions)
    for _ in range(20):
        bench.step(response)
    really = sum(1 << h for h in range(5) if bench.really[h] == n.POSITION_SHUT)
    assert not shut_in(bench.station, 0, really)


def test_after_a_reset_no_hatch_between_two_isolated_modules_is_opened():
    """Both leaks were shut off; a reset makes positions unknown. Arm, then open: two commands, not none."""
    bench = GasStation(station6(occupied=0), {PROGRESS: 1e-3, PrK: 1e-3}, seed=1)
    bench.really = [n.POSITION_SHUT, n.POSITION_SHUT, n.POSITION_OPEN, n.POSITION_OPEN, n.POSITION_OPEN]
    bench.positions[:] = bytes([n.POSITION_UNKNOWN] * 5)
    opened = []

    def order(hatch, position):
        if position == n.POSITION_OPEN:
            opened.append(hatch)
        bench.order(hatch, position)

    response = Response(bench.station, bench.values, order, bench.tell)
    response.guarded = 1 << PROGRESS | 1 << PrK
    response.locate(n.BECAUSE_CONTINUED, bench.positions)
    bench.run(response)
    assert 0 not in opened


def test_when_all_marks_count_no_hatch_is_opened_by_the_search():
    """Marks that were damaged in flash: all modules count as isolated, so that no hatch opens unasked."""
    bench = GasStation(station6(occupied=0), {DESTINY: 1e-3}, seed=1)
    bench.positions[:] = bytes([n.POSITION_UNKNOWN] * 5)
    opened = []
    order = bench.order

    def note(hatch, position):
        if position == n.POSITION_OPEN:
            opened.append(hatch)
        order(hatch, position)

    response = Response(bench.station, bench.values, note, bench.tell)
    response.guarded = 0b111111
    response.locate(n.BECAUSE_COMMAND, bench.positions)
    for _ in range(20):
        bench.step(response)
    assert opened == []


@pytest.mark.parametrize("was", [n.POSITION_UNKNOWN, n.POSITION_FAILED])
def test_a_hatch_to_the_outside_is_not_opened_because_nobody_knows_its_position(was):
    """An airlock: the last module is the outside. After a reset the search opens what is unknown."""
    where = Station(bytes([0, 1, 1, 2, 2, 3]), [1_000_000] * 4, [10_000] * 4, bytes(4), 0, 0, 0b1000)
    bench = GasStation(where, {0: 1e-3}, seed=1)
    bench.positions[:] = bytes([n.POSITION_OPEN, n.POSITION_OPEN, was])
    opened = []

    def order(hatch, position):
        if position == n.POSITION_OPEN:
            opened.append(hatch)
        bench.order(hatch, position)

    response = Response(where, bench.values, order, bench.tell)
    response.locate(n.BECAUSE_CONTINUED, bench.positions)
    for _ in range(5):
        bench.step(response)
    assert 2 not in opened, "the outer hatch"
