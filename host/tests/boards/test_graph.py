from __future__ import annotations

import networkx
from hypothesis import given
from hypothesis import strategies as st

from hatchwatch.boards.graph import groups, neighbours, reachable

NAMES = list("abcdefgh")
pairs_of_names = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=12)


def graph_of(pairs: list[tuple[str, str]]) -> networkx.Graph[str]:
    graph: networkx.Graph[str] = networkx.Graph()
    graph.add_nodes_from(NAMES)
    graph.add_edges_from(pairs)
    return graph


@given(pairs_of_names)
def test_groups_are_the_connected_components(pairs: list[tuple[str, str]]) -> None:
    expected = {frozenset(part) for part in networkx.connected_components(graph_of(pairs))}
    assert {frozenset(part) for part in groups(NAMES, pairs)} == expected


@given(pairs_of_names)
def test_the_nearest_come_first(pairs: list[tuple[str, str]]) -> None:
    distances = networkx.single_source_shortest_path_length(graph_of(pairs), "a")
    found = reachable("a", neighbours(NAMES, pairs))
    assert set(found) == set(distances)
    assert [distances[name] for name in found] == sorted(distances.values())
