"""What is cut off and by which hatches, and the proof that the rest is solid."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from stations_as_graphs import as_set, network, sets_of, stations, ways_out

from fsw.link import numbers as n
from fsw.station import isolating
from fsw.station.evidence import Evidence
from fsw.station.graph import Station
from fsw.station.isolating import isolation, leaks_through, part_to_cut, prove, repair
from fsw.station.slopes import Slopes

# Progress - PrK - Zvezda - Zarya - Unity - Destiny
CHAIN = bytes((0, 1, 1, 2, 2, 3, 3, 4, 4, 5))
AMBIENT_PA = 101_325


def station(occupied=0, lifeboat=0, ambient=0, sides=CHAIN):
    count = 6
    return Station(sides, [1_000_000] * count, [10_000] * count, bytes(count), occupied, lifeboat, ambient)


@pytest.mark.parametrize(
    ("leaking", "broken", "part", "hatches"),
    [
        (0b000001, 0, 0b000001, 0b00001),
        (0b000010, 0, 0b000010, 0b00011),
        (0b001010, 0, 0b001010, 0b01111),
        (0b001100, 0, 0b001100, 0b01010),  # the hatch between them may stay open
        (0b000010, 0b00010, 0b000110, 0b00101),
        (0b000010, 0b00110, 0b001110, 0b01001),
        (0b000001, 0b01000, 0b000001, 0b00001),
    ],
)
def test_the_smallest_part_that_the_hatches_can_cut_off(leaking, broken, part, hatches):
    assert isolation(station(), leaking, 0, broken) == (part, hatches, 0)


@pytest.mark.parametrize("broken", [0b11111, 0b11110])
def test_nothing_is_left_to_save(broken):
    leaking = 0b000010 if broken == 0b11111 else 0b000011
    assert part_to_cut(station(), leaking, broken) == 0


def test_a_broken_hatch_to_the_outside_can_not_be_cut_off():
    assert part_to_cut(station(ambient=0b100000), 0b010000, 0b10000) == 0
    assert part_to_cut(station(ambient=0b100000), 0b010000, 0) == 0b010000


def test_in_a_ring_both_hatches_of_a_module_are_shut():
    ring = station(sides=bytes((0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 0)))
    assert isolation(ring, 0b000001, 0, 0) == (0b000001, 0b100001, 0)


@pytest.mark.parametrize(
    ("occupied", "lifeboat", "crew"),
    [
        (0b000010, 0b000100, 0b000010),  # inside the part
        (0b000001, 0b000100, 0b000001),  # beyond it
        (0b000010, 0b000010, 0),  # with their lifeboat
        (0b000001, 0b000001, 0),
        (0b000110, 0b000010, 0b000100),  # the lifeboat leaks
        (0b100000, 0b000100, 0),
    ],
)
def test_whose_crew_must_move_before_prk_is_cut_off(occupied, lifeboat, crew):
    where = station(occupied, lifeboat)
    assert isolation(where, 0b000010, 0, 0) == (0b000010, 0b00011, crew)
    assert isolation(where, 0b000010, 0, 0, override=1) == (0b000010, 0b00011, 0)


@given(stations(), sets_of(16), sets_of(15), sets_of(15))
@settings(max_examples=300)
def test_a_cut_parts_the_leak_and_shuts_nobody_in(where, leaking, shut, broken):
    leaking &= where.inside
    broken &= ~shut
    part, hatches, crew = isolation(where, leaking, shut, broken)
    if not part:
        return
    assert part & leaking == leaking
    assert hatches & broken == 0
    for module in as_set(part):
        assert nx.node_connected_component(network(where, hatches), module) <= as_set(part)
    lost = ways_out(where, shut | broken) - ways_out(where, shut | hatches | broken)
    assert bool(crew) == bool(lost)


@pytest.mark.parametrize(
    ("kind", "hatch", "ppm", "expected"),
    [
        (n.LEAK_MODULE_AND_HATCH, 1, 600_000, True),
        (n.LEAK_MODULE_AND_HATCH, 1, 400_000, False),  # less likely than not
        (n.LEAK_MODULE_AND_HATCH, 2, 600_000, False),  # no hatch of the cut
        (n.LEAK_TWO_MODULES, 1, 600_000, False),  # 1 is a module
        (n.LEAK_MODULE, 255, 600_000, False),
    ],
)
def test_a_hatch_of_the_cut_is_given_up_when_more_likely_than_not_it_leaks(kind, hatch, ppm, expected):
    """PrK is cut off; the hatch between it and Zvezda is blamed."""
    cut_ppm = [0, 1_000_000, ppm, ppm, 0, 0]
    row = (kind, 1, hatch, 600_000, 1_000_000, 10_000)
    assert leaks_through(station(), 0b000010, row, cut_ppm) == expected


def measured(where, shut, slope_pa_s, seconds=60, dead=0, noise_pa=0.25):
    """Evidence of a minute with these slopes, one per module."""
    rng = np.random.default_rng(2)
    slopes = Slopes(6)
    valid = bytes(not dead >> module & 1 for module in range(6))
    for second in range(seconds):
        level_pa = np.array(slope_pa_s) * second + rng.normal(0, noise_pa, 6)
        slopes.add([round(4096 * level) for level in level_pa], valid, [109_000] * 6)
    slopes.fit(250, 1000)
    return Evidence(where, shut, slopes)


def test_the_rest_is_measured_volume_by_volume():
    """Five modules of 1 L: their leaks add up, and so do the squares of what these may be off."""
    where = station()
    slopes = [-1e-3, -1.0, -2e-3, 0.0, -3e-3, 1e-3]
    verdict, bound, leak, sd = prove(measured(where, 0b11111, slopes), 0b111101, 100_000, AMBIENT_PA)
    one_pa_s = np.sqrt(12 * 0.25**2 / 60**3 + 1e-3**2)
    assert verdict == isolating.SOLID
    assert 0.9 < sd / (np.sqrt(5) * one_pa_s * 1e-3 * 1e9) < 2  # that it is not flicker noise is not known
    assert abs(leak - 5000) < 3 * sd
    assert bound == pytest.approx(leak + 1.645 * sd, abs=2)


def test_one_volume_is_told_less_well_than_its_parts():
    where = station()
    still = [0.0, -1.0, 0.0, 0.0, 0.0, 0.0]
    apart = prove(measured(where, 0b11111, still), 0b111101, 100_000, AMBIENT_PA)
    joined = prove(measured(where, 0b00011, still), 0b111101, 100_000, AMBIENT_PA)
    # Means of four sensors on four times the volume, and one apart: the sum of their drifts is the same.
    assert joined[3] == pytest.approx(apart[3], rel=0.25)


def test_a_leak_of_the_rest_is_told():
    where = station()
    slopes = [0.0, -1.0, 0.0, -0.5, 0.0, 0.0]
    verdict, bound, leak, _ = prove(measured(where, 0b11111, slopes), 0b111101, 100_000, AMBIENT_PA)
    assert verdict == isolating.LEAKS
    assert leak == pytest.approx(500_000, rel=0.05)
    assert bound > leak


@pytest.mark.parametrize(("deviations", "expected"), [(4, isolating.OPEN_YET), (6, isolating.LEAKS)])
def test_a_rest_leaks_when_it_is_five_deviations_over_the_limit(deviations, expected):
    """What is looked at every second is over the limit by three deviations now and then."""
    where = station()
    evidence = measured(where, 0b11111, [0.0, -1.0, 0.0, -0.5, 0.0, 0.0])
    _, _, leak, sd = prove(evidence, 0b111101, 100_000, AMBIENT_PA)
    verdict, _, _, _ = prove(evidence, 0b111101, leak - deviations * sd, AMBIENT_PA)
    assert verdict == expected


def test_too_short_a_measurement_proves_nothing():
    where = station()
    verdict, bound, _, _ = prove(measured(where, 0b11111, [0.0] * 6, 12), 0b111101, 50_000, AMBIENT_PA)
    assert verdict == isolating.OPEN_YET
    assert bound > 50_000


@pytest.mark.parametrize(("shut", "dead"), [(0b11111, 0b001000), (0b11101, 0)])
def test_without_a_sensor_or_a_cut_there_is_no_bound(shut, dead):
    where = station()
    evidence = measured(where, shut, [0.0] * 6, dead=dead)
    assert prove(evidence, 0b111101, 100_000, AMBIENT_PA) == (isolating.OPEN_YET, -1, 0, 0)


def test_under_pressure_a_rise_is_a_leak():
    where = station()
    evidence = measured(where, 0b11111, [0.5, 0.0, 0.0, 0.0, 0.0, 0.0])
    leak, _ = evidence.loss(0b111101, ambient_pa=120_000)
    assert leak == pytest.approx(500_000, rel=0.05)


@pytest.mark.parametrize(
    ("leak", "expected"),
    [
        (1600, n.REPAIR_TIGHT),  # within 1.645 standard deviations of nothing
        (1700, n.REPAIR_BETTER),
        (10000 - 3700, n.REPAIR_BETTER),  # 2.576 standard deviations of both are 3643
        (10000 - 3600, n.REPAIR_SAME),
        (10000 + 3600, n.REPAIR_SAME),
        (10000 + 3700, n.REPAIR_WORSE),
        (-500, n.REPAIR_TIGHT),
    ],
)
def test_a_repair_is_told_by_the_deviations_of_both_leaks(leak, expected):
    assert repair(leak, 1000, 10000, 1000) == expected


def test_a_repair_is_unseen_where_the_leak_as_it_was_would_be_too():
    assert repair(500, 1000, 2000, 500) == isolating.UNSEEN
    assert repair(500, 1000, 3500, 500) == n.REPAIR_TIGHT  # 3000 less, and 2.576 deviations of both are 2880
