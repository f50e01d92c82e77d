"""Decisions match once each, near in time, on the same grounds."""

from __future__ import annotations

from hatchwatch.evidence.replay.decisions import Decision, compare

ARRIVED = Decision(10.0, "hatch_arrived", "door", "open, by time")


def outcomes(board, replayed):
    return [(one.decision.time_s, one.outcome) for one in compare(board, replayed)]


def test_the_same_decision_a_turn_later_is_the_same():
    assert outcomes([ARRIVED], [Decision(10.1, *decision_tail(ARRIVED))]) == [(10.0, "same")]


def test_one_of_the_replay_matches_one_of_the_board_only():
    assert outcomes([ARRIVED, ARRIVED], [ARRIVED]) == [(10.0, "same"), (10.0, "only the board")]


def test_too_late_other_grounds_or_another_part_is_a_difference():
    for other in (
        Decision(10.5, *decision_tail(ARRIVED)),
        Decision(10.0, "hatch_arrived", "door", "open, by pressures"),
        Decision(10.0, "hatch_arrived", "window", "open, by time"),
    ):
        assert {outcome for _, outcome in outcomes([ARRIVED], [other])} == {
            "only the board",
            "only the replay",
        }


def test_a_difference_in_pressure_may_be_that_of_the_next_turn():
    board = Decision(10.0, "hatch_failed", "door", "open", -4059)
    assert outcomes([board], [Decision(10.1, "hatch_failed", "door", "open", -4061)]) == [(10.0, "same")]
    assert len(outcomes([board], [Decision(10.1, "hatch_failed", "door", "open", -3900)])) == 2


def decision_tail(decision: Decision) -> tuple[str, str, str]:
    return decision.what, decision.part, decision.grounds
