"""Which hatches are shut next: as on the ISS, against the exact optimum, with crew and broken hatches."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stations_as_graphs import sets_of, stations, ways_out

from fsw.link import numbers as n
from fsw.services.parameters import default_values
from fsw.station.graph import Station, members
from fsw.station.strategies import next_shut
from hatchwatch.studies.bisect import optimal_closures

ALL_AT_ONCE, OUTWARDS = 0, 1


def station(pairs, occupied=0, lifeboat=0, owner=None, ambient=0):
    count = 1 + max(max(pair) for pair in pairs)
    sides = bytes(module for pair in pairs for module in pair)
    return Station(sides, [1000] * count, [10] * count, owner or bytes(count), occupied, lifeboat, ambient)


def chain(count):
    return [(module, module + 1) for module in range(count - 1)]


def parameters(strategy, override=0):
    values = default_values()
    values[n.PARAMETER_STRATEGY] = strategy
    values[n.PARAMETER_CREW_OVERRIDE] = override
    return values


def uniform(count):
    return [1_000_000 // count] * count


def closures(where, priors, leaking):
    """Hatches shut until the leaking module is alone, when every answer is right."""
    values = parameters(OUTWARDS)
    shut = 0
    while True:
        left = where.reach(1 << leaking, shut)
        cut_ppm = [priors[module] if left >> module & 1 else 0 for module in range(where.count)]
        wanted, reason, crew = next_shut(where, values, cut_ppm, shut, 0)
        assert (reason, crew) == (n.BECAUSE_HALVES, 0)
        if wanted == shut:
            assert left == 1 << leaking
            return sum(1 for _ in members(shut))
        assert wanted & shut == shut
        shut = wanted


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        (chain(3), 1.667),
        (chain(4), 2.0),
        (chain(5), 2.4),
        (chain(6), 2.667),
        (chain(8), 3.0),
        (chain(10), 3.4),
        ([(0, 1), (0, 2), (0, 3), (0, 4)], 2.8),
    ],
)
def test_halving_is_optimal_where_the_optimum_is_known(pairs, expected):
    where = station(pairs)
    priors = uniform(where.count)
    mean = sum(closures(where, priors, leaking) for leaking in range(where.count)) / where.count
    assert mean == pytest.approx(expected, abs=5e-4)


@given(st.integers(2, 9), st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_halving_is_within_a_fifth_of_the_optimum_on_trees(count, random):
    """Usually it is the optimum; 4, 1, 1, 3 in a chain, halved in the middle, is not."""
    pairs = [(random.randrange(later), later) for later in range(1, count)]
    weights = [random.randint(1, 20) for _ in range(count)]
    share = {module: weights[module] / sum(weights) for module in range(count)}
    priors = [round(1e6 * share[module]) for module in range(count)]
    mean = sum(share[leaking] * closures(station(pairs), priors, leaking) for leaking in range(count))
    least = optimal_closures(pairs, share)
    assert least * (1 - 1e-9) <= mean <= 1.2 * least


def test_all_at_once_shuts_all():
    where = station(chain(6), occupied=0b100, lifeboat=0b100)
    assert next_shut(where, parameters(ALL_AT_ONCE), uniform(6), 0, 0) == (0b11111, n.BECAUSE_ALL_AT_ONCE, 0)


def test_all_at_once_leaves_the_crew_its_way_to_the_lifeboat():
    where = station(chain(6), occupied=0b010000, lifeboat=0b000100)
    values = parameters(ALL_AT_ONCE)
    wanted, _, crew = next_shut(where, values, uniform(6), 0, 0)
    assert (wanted, crew) == (0b10011, 0)
    still_suspect = [0, 0, 400_000, 300_000, 300_000, 0]
    assert next_shut(where, values, still_suspect, wanted, 0)[::2] == (wanted, 0b010000)
    cleared = [500_000, 500_000, 0, 0, 0, 0]
    assert next_shut(where, values, cleared, wanted, 0)[::2] == (wanted, 0)
    values = parameters(ALL_AT_ONCE, override=1)
    assert next_shut(where, values, still_suspect, wanted, 0)[::2] == (0b11111, 0)


# Soyuz - Zvezda - Zarya - Unity - Destiny: Russian, Russian, then American ones
ISS = chain(5)
OWNERS = bytes((0, 0, 1, 1, 1))


def test_the_own_ship_comes_first_when_that_shuts_nobody_out():
    aboard = station(ISS, occupied=0b00001, lifeboat=0b00001, owner=OWNERS)
    assert next_shut(aboard, parameters(OUTWARDS), uniform(5), 0, 0)[:2] == (0b0001, n.BECAUSE_OWN_SHIP)
    ashore = station(ISS, occupied=0b00010, lifeboat=0b00001, owner=OWNERS)
    assert next_shut(ashore, parameters(OUTWARDS), uniform(5), 0, 0)[:2] == (0b0010, n.BECAUSE_OWNERS)


def test_a_cleared_ship_is_not_asked_again():
    aboard = station(ISS, occupied=0b00001, lifeboat=0b00001, owner=OWNERS)
    cleared = [0, 250_000, 250_000, 250_000, 250_000]
    assert next_shut(aboard, parameters(OUTWARDS), cleared, 0b0001, 0)[:2] == (0b0011, n.BECAUSE_OWNERS)


def test_after_the_owners_comes_the_better_half():
    where = station(ISS, owner=OWNERS)
    american = [0, 0, 300_000, 300_000, 400_000]
    wanted, reason, _ = next_shut(where, parameters(OUTWARDS), american, 0b0010, 0)
    assert (wanted, reason) == (0b1010, n.BECAUSE_HALVES)


def test_a_broken_hatch_is_passed_over():
    where = station(ISS)
    middle = next_shut(where, parameters(OUTWARDS), uniform(5), 0, 0)[0]
    other = next_shut(where, parameters(OUTWARDS), uniform(5), 0, middle)[0]
    assert middle in (0b0010, 0b0100)
    assert other == 0b0110 ^ middle
    assert next_shut(where, parameters(ALL_AT_ONCE), uniform(5), 0, 0b0100)[0] == 0b1011


def test_a_broken_hatch_is_no_way_to_the_lifeboat():
    """Two ways round: with one of them doubtful the other one must stay open."""
    ring = station([(0, 1), (1, 2), (2, 3), (3, 0)], occupied=0b0100, lifeboat=0b0001)
    wanted, _, _ = next_shut(ring, parameters(ALL_AT_ONCE), uniform(4), 0, 0b0001)
    assert wanted == 0b0010


def test_a_plan_that_can_not_avoid_it_stops_and_tells_whose_crew_must_move():
    where = station(ISS, occupied=0b10000, lifeboat=0b00001)
    assert next_shut(where, parameters(OUTWARDS), uniform(5), 0, 0) == (0, n.BECAUSE_HALVES, 0b10000)


def test_where_the_crew_forbids_the_better_half_the_other_is_taken():
    where = station(chain(6), occupied=0b000100, lifeboat=0b000001)
    assert next_shut(where, parameters(OUTWARDS), uniform(6), 0, 0)[0] == 0b00100


def test_in_a_ring_two_hatches_are_shut_at_once():
    ring = station([(0, 1), (1, 2), (2, 3), (3, 0)])
    wanted, _, _ = next_shut(ring, parameters(OUTWARDS), uniform(4), 0, 0)
    sides = [set(members(ring.reach(1 << module, wanted))) for module in range(4)]
    assert sorted(map(len, sides)) == [2, 2, 2, 2]


@pytest.mark.parametrize("strategy", [ALL_AT_ONCE, OUTWARDS])
def test_when_one_module_is_left_nothing_more_is_shut(strategy):
    where = station(ISS)
    sure = [0, 0, 1_000_000, 0, 0]
    shut = 0b1111 if strategy == ALL_AT_ONCE else 0b0110
    assert next_shut(where, parameters(strategy), sure, shut, 0)[::2] == (shut, 0)


@given(
    stations(),
    sets_of(15),
    sets_of(15),
    st.sampled_from((ALL_AT_ONCE, OUTWARDS)),
    st.lists(st.lists(st.integers(0, 400_000), min_size=16, max_size=16), min_size=1, max_size=6),
)
@settings(max_examples=150)
def test_no_search_shuts_anybody_in(where, shut, broken, strategy, looks):
    """Whatever the probabilities are: closures only add up, broken hatches are left alone."""
    broken &= ~shut
    for cut_ppm in looks:
        before = ways_out(where, shut | broken)
        wanted, _, crew = next_shut(where, parameters(strategy), cut_ppm, shut, broken)
        assert wanted & shut == shut
        assert wanted & broken == 0
        assert before <= ways_out(where, wanted | broken)
        assert not crew or wanted == shut
        shut = wanted


@given(stations(), st.sampled_from((ALL_AT_ONCE, OUTWARDS)))
@settings(max_examples=50)
def test_on_command_a_search_goes_on_to_the_last_module(where, strategy):
    values = parameters(strategy, override=1)
    shut = 0
    for _ in range(16):
        shut, _, crew = next_shut(where, values, [60_000] * 16, shut, 0)
        assert crew == 0
    for module in members(where.inside):
        assert where.reach(1 << module, shut) == 1 << module
