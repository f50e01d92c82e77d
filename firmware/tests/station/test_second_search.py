"""A leak that comes when another one is shut off already, or when a search has not found it."""

import pytest
from gas_station import GasStation, started, station6

from fsw.link import numbers as n
from fsw.station.at_rest import AtRest
from fsw.station.response import Response

PROGRESS, PrK, ZVEZDA, ZARYA, UNITY, DESTINY = range(6)


def second_search(bench, first, reason=n.BECAUSE_ALARM):
    second = Response(bench.station, bench.values, bench.order, bench.tell)
    rest = AtRest(6)
    rest.take_over(first)
    second.guarded = first.guarded
    second.closed = rest.closed
    second.locate(reason, bench.positions)
    bench.run(second)
    return second


@pytest.mark.parametrize("strategy", [0, 1])
@pytest.mark.parametrize("leak", [3e-5, 8e-5, 3e-4])
def test_a_second_leak_is_found_although_the_first_one_still_leaks_behind_its_cut(strategy, leak):
    bench = GasStation(station6(occupied=0), {PrK: 3e-3}, seed=2)
    bench.values[n.PARAMETER_STRATEGY] = strategy
    first = started(bench)
    bench.run(first)
    assert first.part == 1 << PrK
    bench.leaks_pa_m3_s[DESTINY] = leak
    bench.told.clear()
    second_search(bench, first)
    found = {fields[1] for fields in bench.events(n.EVENT_LEAK_FOUND)}
    found |= {f[2] for f in bench.events(n.EVENT_LEAK_FOUND) if f[0] == n.LEAK_TWO_MODULES}
    assert DESTINY in found, bench.told


def test_a_module_that_is_shut_off_already_is_no_part_of_a_solid_rest():
    bench = GasStation(station6(occupied=0), {PrK: 1e-2}, seed=2)
    first = started(bench)
    bench.run(first)
    assert first.part == 1 << PrK
    for _ in range(5000):
        bench._flow()
    bench.leaks_pa_m3_s[DESTINY] = 1e-3
    bench.told.clear()
    second = second_search(bench, first)
    assert second.part >> DESTINY & 1
    for _, rest, _ in bench.events(n.EVENT_REST_MEASURED):
        assert not rest >> PrK & 1, "PrK has a hole and is told to be part of what was measured tight"


def test_what_an_inconclusive_search_has_shut_is_opened_when_the_next_one_finds_the_leak():
    """slow-2019: inconclusive, then found by a long one; what is healthy is to be joined again."""
    bench = GasStation(station6(occupied=0), {PrK: 3e-6}, seed=6, noise_pa=0.5)
    bench.values[n.PARAMETER_PROVE_NPA_M3_S] = 1000
    bench.values[n.PARAMETER_MEASURE_MOST_S] = 60
    bench.values[n.PARAMETER_SLOPE_FLOOR_UPA_S] = 100
    first = started(bench)
    bench.run(first)
    assert first.phase == n.PHASE_INCONCLUSIVE
    bench.leaks_pa_m3_s[PrK] = 1e-3  # now it is seen
    bench.values[n.PARAMETER_MEASURE_MOST_S] = 600
    second = second_search(bench, first, n.BECAUSE_COMMAND)
    assert second.part == 1 << PrK
    shut = {h for h in range(5) if bench.positions[h] == n.POSITION_SHUT}
    assert shut == {0, 1}
