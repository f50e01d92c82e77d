from __future__ import annotations

from pathlib import Path

from hatchwatch.evidence.recording import Recording
from hatchwatch.evidence.report.timeline import happenings, marked_events
from hatchwatch.evidence.result import PhaseEntry


def a_recording() -> Recording:
    return Recording(
        Path("run.mcap"),
        events=[
            {"board_time_s": 3.0, "severity": "info", "source": "board", "text": "hatch door is shut"},
            {"board_time_s": 2.0, "severity": "high", "source": "board", "text": "error inside"},
            {"board_time_s": 1.0, "severity": "info", "source": "host", "text": "leak planted"},
        ],
        acknowledgements=[
            {"board_time_s": 0.1, "stage": "sent", "request_id": 1, "command": "hatch door shut"},
            {"board_time_s": 0.2, "stage": "accepted", "request_id": 1, "command": "hatch door shut"},
            {"board_time_s": 2.5, "stage": "completed", "request_id": 1, "command": "hatch door shut"},
            {"board_time_s": 2.6, "stage": "refused", "request_id": 0x1842C005, "reason": "busy"},
        ],
    )


def test_everything_in_order_commands_by_their_end() -> None:
    rows, left_out = happenings(a_recording(), [PhaseEntry(name="seal", start_s=0.0, end_s=4.0)])

    assert [(row.time_text, row.text) for row in rows] == [
        ("0.0", "seal begins"),
        ("1.0", "leak planted"),
        ("2.0", "error inside"),
        ("2.5", "hatch door shut: done"),
        ("2.6", "command 1842c005: refused (busy)"),
        ("3.0", "hatch door is shut"),
    ]
    assert [row.grade for row in rows] == ["info", "info", "high", "info", "medium", "info"]
    assert left_out == 0


def test_a_flood_of_events_is_cut_and_told() -> None:
    recording = a_recording()
    recording.events *= 1000
    rows, left_out = happenings(recording, [])
    assert len(rows) + left_out == 3002
    assert len(rows) == 400


def test_only_trouble_and_what_the_host_did_are_marked() -> None:
    assert [text for _, text in marked_events(a_recording())] == ["error inside", "leak planted"]
