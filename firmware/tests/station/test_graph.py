"""The station as a graph against networkx, on random multigraphs with outside modules and shut hatches."""

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stations_as_graphs import as_set, network, sets_of, stations

from fsw.station.graph import OUTSIDE, Station, members

hatch_sets = sets_of(15)


@given(st.sets(st.integers(0, 40)))
def test_members_of_a_set(numbers):
    assert list(members(sum(1 << number for number in numbers))) == sorted(numbers)


@given(stations(with_outside=False), hatch_sets, st.data())
def test_what_is_reached_through_open_hatches(station, shut, data):
    start = data.draw(st.integers(0, station.count - 1))
    expected = nx.node_connected_component(network(station, shut), start)
    assert as_set(station.reach(1 << start, shut)) == expected


@given(stations(), hatch_sets)
def test_nothing_is_reached_through_the_outside(station, shut):
    graph = network(station, shut)
    graph.remove_nodes_from(as_set(station.ambient))
    for module in as_set(station.inside):
        reached = as_set(station.reach(1 << module, shut))
        assert reached == nx.node_connected_component(graph, module)


@given(stations(), hatch_sets)
def test_groups_are_gas_volumes_named_after_their_lowest_module(station, shut):
    graph = network(station, shut)
    vented = as_set(station.ambient).union(
        *(nx.node_connected_component(graph, m) for m in as_set(station.ambient))
    )
    groups = station.groups(shut)
    for part in nx.connected_components(graph):
        name = OUTSIDE if part & vented else min(part)
        assert {groups[module] for module in part} == {name}


@given(stations(), st.data())
def test_a_cut_is_the_border_of_a_set(station, data):
    part = data.draw(st.integers(0, (1 << station.count) - 1))
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(station.count))
    for hatch in range(station.hatches):
        graph.add_edge(station.sides[2 * hatch], station.sides[2 * hatch + 1], key=hatch)
    expected = {hatch for _, _, hatch in nx.edge_boundary(graph, as_set(part), keys=True)}
    assert as_set(station.cut(part)) == expected


@given(stations(), st.data())
def test_hatches_to_a_set_are_all_that_have_a_side_in_it(station, data):
    modules = data.draw(st.integers(0, (1 << station.count) - 1))
    graph = nx.MultiGraph()
    for hatch in range(station.hatches):
        graph.add_edge(station.sides[2 * hatch], station.sides[2 * hatch + 1], key=hatch)
    expected = {hatch for _, _, hatch in graph.edges(as_set(modules), keys=True)}
    assert as_set(station.hatches_to(modules)) == expected


@pytest.mark.parametrize(("ambient", "inside"), [(0, 0b111), (0b100, 0b011)])
def test_the_outside_is_no_module_of_the_station(ambient, inside):
    assert Station(bytes((0, 1, 1, 2)), [1] * 3, [0] * 3, bytes(3), 0, 0, ambient).inside == inside


def test_hatches_that_join_lead_neither_to_a_part_nor_to_the_outside():
    sides = bytes((0, 1, 1, 2, 2, 3, 3, 4, 4, 5))
    inside = Station(sides, [1] * 6, [0] * 6, bytes(6), 0, 0, 0)
    airlock = Station(sides, [1] * 6, [0] * 6, bytes(6), 0, 0, 0b100000)
    assert inside.joining(0b11111, 0b000010) == 0b11100
    assert inside.joining(0b01011, 0b000010) == 0b01000
    assert airlock.joining(0b11111, 0b000010) == 0b01100
