"""What happened in a run, in order: phases, events, commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hatchwatch.evidence.recording import Recording
    from hatchwatch.evidence.result import PhaseEntry

__all__ = ["Happening", "happenings", "marked_events"]

_MOST_ROWS = 400


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline."""

    time_s: float  # board time
    kind: str  # "phase", "event" or "command"
    grade: str  # "info", "low", "medium" or "high"
    text: str

    @property
    def time_text(self) -> str:
        """Board time with a tenth of a second."""
        return f"{self.time_s:.1f}"


def happenings(recording: Recording, phases: Sequence[PhaseEntry]) -> tuple[list[Happening], int]:
    """The timeline, and how many lines were left out because nobody reads so many."""
    rows = [Happening(phase.start_s, "phase", "info", f"{phase.name} begins") for phase in phases]
    rows += [_event(event) for event in recording.events]
    rows += [_command(ack) for ack in recording.acknowledgements if ack["stage"] in _TOLD]
    rows.sort(key=lambda row: row.time_s)
    return rows[:_MOST_ROWS], max(len(rows) - _MOST_ROWS, 0)


def marked_events(recording: Recording) -> list[tuple[float, str]]:
    """Board time and text of the events worth a mark in the overview: what the host did, and trouble."""
    told = [event for event in recording.events if event["source"] == "host" or event["severity"] != "info"]
    return [(float(event["board_time_s"]), str(event["text"])) for event in told[:_MOST_ROWS]]


_TOLD = {"completed": "done", "refused": "refused", "failed": "failed"}


def _event(event: Mapping[str, Any]) -> Happening:
    return Happening(float(event["board_time_s"]), "event", str(event["severity"]), str(event["text"]))


def _command(ack: Mapping[str, Any]) -> Happening:
    name = ack.get("command") or f"command {ack['request_id']:08x}"
    text = f"{name}: {_TOLD[ack['stage']]}"
    if "reason" in ack:
        text += f" ({ack['reason']})"
    grade = "info" if ack["stage"] == "completed" else "medium"
    return Happening(float(ack["board_time_s"]), "command", grade, text)
