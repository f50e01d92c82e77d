"""Decisions match once each, in the same turn and on the same grounds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hatchwatch.evidence.replay.decisions import Decision, compare

ARRIVED = Decision(10.0, "hatch_arrived", "door", "open, by time")


def outcomes(board, replayed):
    return [(one.decision.time_s, one.outcome) for one in compare(board, replayed)]


def test_one_of_the_replay_matches_one_of_the_board_only():
    assert outcomes([ARRIVED, ARRIVED], [ARRIVED]) == [(10.0, "same"), (10.0, "only the board")]


@pytest.mark.parametrize(
    "change",
    [
        {"time_s": 10.1},
        {"grounds": "open, by pressures"},
        {"part": "window"},
        {"what": "hatch_retry"},
        {"difference_pa": -4060},
    ],
)
def test_a_turn_other_grounds_or_another_part_is_a_difference(change):
    found = outcomes([ARRIVED], [replace(ARRIVED, **change)])
    assert {outcome for _, outcome in found} == {"only the board", "only the replay"}
