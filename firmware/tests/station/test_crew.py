"""Nobody is shut in: on stations small enough to see it, and on random ones against networkx."""

import pytest
from hypothesis import given, settings
from stations_as_graphs import as_set, sets_of, stations, ways_out

from fsw.station.crew import shut_in
from fsw.station.graph import Station

# A - B - C - D, and a ring of four
CHAIN = bytes((0, 1, 1, 2, 2, 3))
RING = bytes((0, 1, 1, 2, 2, 3, 3, 0))
A, B, C, D = 1, 2, 4, 8


def station(sides, occupied, lifeboat, ambient=0):
    return Station(sides, [1000] * 4, [10] * 4, bytes(4), occupied, lifeboat, ambient)


@pytest.mark.parametrize(
    ("occupied", "lifeboat", "blocked", "expected"),
    [
        (B, A, 0b000, 0),
        (B, A, 0b001, B),
        (B, A, 0b110, 0),
        (B | D, A, 0b010, D),
        (B | D, A | D, 0b010, 0),  # a lifeboat on both sides
        (A | D, A, 0b100, D),  # who is in the lifeboat needs no way
        (0, A, 0b111, 0),
        # Without a lifeboat nobody is parted from the others
        (B, 0, 0b111, 0),
        (A | B | D, 0, 0b100, D),
        (A | B | D, 0, 0b111, B | D),
        (A | D, 0, 0b010, D),
    ],
)
def test_who_is_shut_in_in_a_chain(occupied, lifeboat, blocked, expected):
    assert shut_in(station(CHAIN, occupied, lifeboat), 0, blocked) == expected


def test_without_a_lifeboat_no_party_is_divided():
    """Two parties that are apart already: A and B, C and D."""
    chain = station(CHAIN, A | B | C | D, 0)
    assert shut_in(chain, 0b010, 0b011) == B
    assert shut_in(chain, 0b010, 0b110) == D
    assert shut_in(chain, 0b010, 0b000) == 0


def test_in_a_ring_one_hatch_may_be_shut_and_two_not():
    ring = station(RING, C, A)
    assert [shut_in(ring, 0, 1 << hatch) for hatch in range(4)] == [0] * 4
    assert shut_in(ring, 0, 0b0011) == 0
    assert shut_in(ring, 0, 0b1010) == C


def test_the_outside_is_no_way_out():
    assert shut_in(station(RING, C, A), 0, 0b0010) == 0
    assert shut_in(station(RING, C, A, ambient=D), 0, 0b0010) == C


def test_hatches_of_both_ends_of_a_step_count():
    """From one way round the ring to the other: whichever hatch moves first, for a moment both are shut."""
    ring = station(RING, C, A)
    assert shut_in(ring, 0b0001, 0b0100) == C
    assert shut_in(ring, 0b0001, 0b0000) == shut_in(ring, 0b0000, 0b0100) == 0


def test_who_has_no_way_out_loses_none():
    chain = station(CHAIN, D, A)
    assert shut_in(chain, 0b001, 0b101) == 0
    assert shut_in(chain, 0b000, 0b101) == D
    assert shut_in(station(CHAIN, C, A, ambient=B), 0b000, 0b111) == 0, (
        "the lifeboat is outside of an open station"
    )


@given(stations(), sets_of(15), sets_of(15))
@settings(max_examples=300)
def test_a_step_shuts_nobody_in_when_everybody_keeps_the_way_that_there_is(station, now, then):
    ways = ways_out(station, now)
    lost = ways - ways_out(station, now | then)
    assert bool(shut_in(station, now, then)) == bool(lost)
    if not as_set(station.lifeboat & station.inside):  # pairs: who is parted from the first of the party
        first = {who: min([one for one, other in ways if other == who], default=who) for _, who in ways}
        lost = {who for one, who in lost if one == first[who]}
    assert as_set(shut_in(station, now, then)) == lost
