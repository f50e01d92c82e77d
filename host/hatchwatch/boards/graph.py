"""The station as a graph: which modules the hatches join."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["groups", "neighbours", "reachable"]

Pair = tuple[str, str]


def neighbours(names: Iterable[str], pairs: Iterable[Pair]) -> dict[str, list[str]]:
    """For each name the names it is joined to, in the order of the pairs."""
    joined: dict[str, list[str]] = {name: [] for name in names}
    for first, second in pairs:
        joined[first].append(second)
        joined[second].append(first)
    return joined


def reachable(start: str, joined: dict[str, list[str]]) -> list[str]:
    """Everything that can be reached from `start`, nearest first, `start` itself included."""
    seen = [start]
    for name in seen:  # the list grows while it is walked
        seen += [other for other in dict.fromkeys(joined[name]) if other not in seen]
    return seen


def groups(names: Sequence[str], pairs: Iterable[Pair]) -> list[list[str]]:
    """Split the names into groups that hang together, each in the order of `names`."""
    joined = neighbours(names, pairs)
    left, found = list(names), []
    while left:
        group = set(reachable(left[0], joined))
        found.append([name for name in left if name in group])
        left = [name for name in left if name not in group]
    return found
