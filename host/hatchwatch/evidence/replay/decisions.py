"""Decisions of the board and of the replay, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Comparison", "Decision", "compare"]

Outcome = Literal["same", "only the board", "only the replay"]


@dataclass(frozen=True, slots=True)
class Decision:
    """Something that the flight logic decided: when, what, about which part, on what grounds."""

    time_s: float
    what: str
    part: str
    grounds: str
    difference_pa: int | None = None  # across a hatch, where that was looked at


@dataclass(frozen=True, slots=True)
class Comparison:
    """One decision, and who came to it."""

    decision: Decision
    outcome: Outcome


def compare(board: Sequence[Decision], replayed: Sequence[Decision]) -> list[Comparison]:
    """Match the decisions of both sides, in order of time; each one can match only once.

    The same samples at the same times make the same decisions, so nothing may differ: not even by a turn.
    """
    left = list(replayed)
    found = []
    for decision in board:
        is_same = decision in left
        if is_same:
            left.remove(decision)
        found.append(Comparison(decision, "same" if is_same else "only the board"))
    found += [Comparison(one, "only the replay") for one in left]
    return sorted(found, key=lambda one: one.decision.time_s)
