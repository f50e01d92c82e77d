"""Decisions of the board and of the replay, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Comparison", "Decision", "compare"]

TOLERANCE_S = 0.25  # an event follows its sweep within a turn; a servo's end is seen a turn later at most
TOLERANCE_PA = 10  # what a limit in ms decides a turn sooner or later is decided on the readings of that turn

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
    """Match the decisions of both sides, in order of time; each one can match only once."""
    left = list(replayed)
    found = []
    for decision in board:
        match = next((one for one in left if _same(decision, one)), None)
        if match is not None:
            left.remove(match)
        found.append(Comparison(decision, "same" if match is not None else "only the board"))
    found += [Comparison(one, "only the replay") for one in left]
    return sorted(found, key=lambda one: one.decision.time_s)


def _same(one: Decision, other: Decision) -> bool:
    near = abs(one.time_s - other.time_s) <= TOLERANCE_S
    if None not in (one.difference_pa, other.difference_pa):
        near = near and abs((one.difference_pa or 0) - (other.difference_pa or 0)) <= TOLERANCE_PA
    return near and (one.what, one.part, one.grounds) == (other.what, other.part, other.grounds)
