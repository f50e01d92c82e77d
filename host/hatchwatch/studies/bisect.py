"""The best there is: the fewest closures with which a leak can be located when every answer is right.

A closure that divides a gas volume tells on which side the leak is. On a tree each hatch does; where hatches
form a cycle, all hatches of a cut must be shut before anything is told.
"""

from __future__ import annotations

import math
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["entropy_bits", "optimal_closures"]


def optimal_closures(edges: Sequence[tuple[int, int]], priors: Mapping[int, float]) -> float:
    """The least expected number of hatches shut until one module is left.

    `edges` are the hatches as pairs of modules, `priors` the modules with their probabilities, which add up
    to 1. Exact: dynamic programming over all connected sets of modules that can be left; up to 16 modules
    with few cycles take seconds at most. ValueError if the modules do not hang together.
    """
    inner = [edge for edge in edges if edge[0] in priors and edge[1] in priors]
    everything = sum(1 << module for module in priors)
    if _reach(everything, 1 << min(priors), inner) != everything:
        raise ValueError("the station is in several pieces")

    @cache
    def closures(left: int) -> float:
        """Expected closures times the probability that the leak is in `left`."""
        weight = sum(prior for module, prior in priors.items() if left >> module & 1)
        costs = (
            shut * weight + closures(one) + closures(left & ~one) for one, shut in _divisions(left, inner)
        )
        return min(costs, default=0.0)

    return closures(everything)


def entropy_bits(priors: Mapping[int, float]) -> float:
    """Information that locating takes: no strategy of yes-or-no answers asks fewer questions on the mean."""
    return -sum(prior * math.log2(prior) for prior in priors.values() if prior > 0)


def _divisions(left: int, edges: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """One side of each way to divide a connected set in two connected ones, and the hatches that takes."""
    inside = [edge for edge in edges if left >> edge[0] & left >> edge[1] & 1]
    cycles = len(inside) - left.bit_count() + 1
    for size in range(1, cycles + 2):
        for shut in combinations(range(len(inside)), size):
            still_open = [edge for place, edge in enumerate(inside) if place not in shut]
            one = _reach(left, 1 << inside[shut[0]][0], still_open)
            crossing = sum((one >> a ^ one >> b) & 1 for a, b in inside)
            other = left & ~one
            if other and crossing == size and _reach(other, other & -other, still_open) == other:
                yield one, size


def _reach(within: int, start: int, edges: Sequence[tuple[int, int]]) -> int:
    """Modules of a set that are joined to those in `start`."""
    while True:
        before = start
        for first, second in edges:
            if start >> first & 1 or start >> second & 1:
                start |= (1 << first | 1 << second) & within
        if start == before:
            return start
