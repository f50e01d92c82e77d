"""Random stations, and what networkx says of them."""

from itertools import combinations

import networkx as nx
from hypothesis import strategies as st

from fsw.station.graph import Station


def as_set(mask):
    """The members of a set that is an integer."""
    return {number for number in range(mask.bit_length()) if mask >> number & 1}


@st.composite
def sets_of(draw, count, among=-1):
    """A random set of at most `count` numbers."""
    return draw(st.integers(0, (1 << count) - 1)) & among


@st.composite
def stations(draw, with_outside=True):
    """Up to 16 modules in any number of pieces, up to 15 hatches, cycles and double hatches included."""
    count = draw(st.integers(1, 16))
    module = st.integers(0, count - 1)
    pairs = []
    if count > 1:
        pairs = draw(st.lists(st.lists(module, min_size=2, max_size=2, unique=True), max_size=15))
    ambient = draw(sets_of(count)) & draw(sets_of(count)) if with_outside else 0
    lifeboat = draw(sets_of(count)) & draw(sets_of(count))
    sides = bytes(module for pair in pairs for module in pair)
    owner = bytes(draw(st.lists(st.integers(0, 2), min_size=count, max_size=count)))
    return Station(sides, [1000] * count, [10] * count, owner, draw(sets_of(count)), lifeboat, ambient)


def network(station, shut=0):
    """The modules and the open hatches."""
    graph = nx.Graph()
    graph.add_nodes_from(range(station.count))
    graph.add_edges_from(
        (station.sides[2 * hatch], station.sides[2 * hatch + 1])
        for hatch in range(station.hatches)
        if not shut >> hatch & 1
    )
    return graph


def ways_out(station, blocked):
    """Who has a way to a lifeboat through the inside; without a lifeboat, who can reach whom."""
    graph = network(station, blocked)
    graph.remove_nodes_from(as_set(station.ambient))
    boats = set(graph) & as_set(station.lifeboat)
    ways = set()
    for part in nx.connected_components(graph):
        party = part & as_set(station.occupied)
        if not boats:
            ways |= set(combinations(sorted(party), 2))
        elif part & boats:
            ways |= party
    return ways
