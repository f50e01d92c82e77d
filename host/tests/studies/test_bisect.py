"""The exact optimum of locating, against published optima and an exhaustive search by other means."""

from __future__ import annotations

import math
from fractions import Fraction

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hatchwatch.studies.bisect import entropy_bits, optimal_closures


def chain(count):
    return [(module, module + 1) for module in range(count - 1)]


def star(count):
    return [(0, module) for module in range(1, count)]


def uniform(count):
    return dict.fromkeys(range(count), 1 / count)


@pytest.mark.parametrize(
    ("count", "expected"),
    # On a path this is alphabetic coding, whose uniform optimum is that of Huffman: k + 2 (1 - 2^k/n) bits
    # with k = floor(log2 n).
    [(3, 1.667), (4, 2.0), (5, 2.4), (6, 2.667), (8, 3.0), (10, 3.4)],
)
def test_uniform_chains(count, expected):
    assert optimal_closures(chain(count), uniform(count)) == pytest.approx(expected, abs=5e-4)


def test_star_of_five():
    assert optimal_closures(star(5), uniform(5)) == pytest.approx(2.8)


def test_stars_strip_leaf_by_leaf_from_the_most_suspicious_on():
    """A closure takes one leaf off the hub: with leaves in the order of their priors that is a sum."""
    priors = {0: 0.1, 1: 0.4, 2: 0.3, 3: 0.15, 4: 0.05}
    expected = 0.4 * 1 + 0.3 * 2 + 0.15 * 3 + (0.05 + 0.1) * 4
    assert optimal_closures(star(5), priors) == pytest.approx(expected)


def test_a_ring_of_three_needs_two_closures_to_divide_and_one_more():
    """Two hatches cut one module off; the other two are then divided by the third."""
    assert optimal_closures([(0, 1), (1, 2), (2, 0)], uniform(3)) == pytest.approx(2 + 2 / 3)


def test_one_module_needs_no_closure():
    assert optimal_closures([], {3: 1.0}) == 0.0


def test_pieces_are_refused():
    with pytest.raises(ValueError, match="several pieces"):
        optimal_closures([(0, 1)], uniform(3))


@given(st.integers(2, 7), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_trees_against_a_search_over_graphs(count, random):
    edges = [(random.randrange(later), later) for later in range(1, count)]
    weights = {module: random.randint(1, 50) for module in range(count)}
    total = sum(weights.values())
    expected = searched(nx.Graph(edges), {m: Fraction(w, total) for m, w in weights.items()})
    priors = {module: weight / total for module, weight in weights.items()}
    assert optimal_closures(edges, priors) == pytest.approx(float(expected))
    assert entropy_bits(priors) <= optimal_closures(edges, priors) + 1e-9 <= count - 1 + 1e-6


def searched(graph, priors):
    """Expected closures of a tree by trying every order of edges, with networkx."""
    if len(graph) < 2:
        return Fraction(0)
    best = None
    for edge in list(graph.edges):
        rest = graph.copy()
        rest.remove_edge(*edge)
        parts = [rest.subgraph(nodes).copy() for nodes in nx.connected_components(rest)]
        cost = sum(priors[module] for module in graph) + sum(searched(part, priors) for part in parts)
        best = cost if best is None else min(best, cost)
    return best


@pytest.mark.parametrize(("priors", "bits"), [([0.5, 0.5], 1.0), ([0.25] * 4, 2.0), ([1.0, 0.0], 0.0)])
def test_entropy(priors, bits):
    assert math.isclose(entropy_bits(dict(enumerate(priors))), bits, abs_tol=1e-12)
