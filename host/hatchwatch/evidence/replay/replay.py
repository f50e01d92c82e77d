"""The flight logic run again over a recording, and its decisions beside those that the board reported."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from hatchwatch.boards.files import parse_bench_file
from hatchwatch.errors import OutputError
from hatchwatch.evidence.recording import read_recording
from hatchwatch.evidence.replay.checks import CheckReplay, phase_of
from hatchwatch.evidence.replay.decisions import Comparison, Decision, compare
from hatchwatch.evidence.replay.hatches import HatchReplay
from hatchwatch.evidence.replay.sensors import SensorReplay
from hatchwatch.evidence.replay.turns import Turn, first_offsets, first_parameters, turns
from hatchwatch.link.dictionary import dictionary

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from hatchwatch.boards import BenchFile
    from hatchwatch.evidence.recording import Recording

__all__ = ["Replay", "replay"]

GAP_S = 0.15  # sweeps come every 0.1 s


@dataclass(slots=True)
class Replay:
    """What the replay of one recording has shown."""

    comparisons: list[Comparison] = field(default_factory=list)
    sweeps: int = 0
    gaps: int = 0  # places where sweeps are missing: what is decided behind one may differ
    parameters_recorded: bool = True

    @property
    def same(self) -> bool:
        """Whether board and replay came to the same decisions."""
        return all(one.outcome == "same" for one in self.comparisons)


class _Follower(Protocol):
    """A part of the flight logic that is run again."""

    def take(self, turn: Turn) -> None:
        """Go through one turn."""

    def decisions(self) -> list[Decision]:
        """What was decided so far."""

    def said(self, turn: Turn) -> Iterable[Decision]:
        """What the board decided in one turn."""


def replay(path: Path) -> Replay:
    """Run the flight logic over the sweeps of the recording at `path`.

    Raises OutputError when it can't be read, or holds no bench file or no sweeps.
    """
    recording = read_recording(path)
    file = _bench_of(recording)
    reported = first_parameters(recording)
    values = _parameter_values(reported)
    result = Replay(parameters_recorded=bool(reported))
    board: list[Decision] = []
    followers: list[_Follower] = []
    replayed: list[Decision] = []
    last_s: float | None = None
    recorded = list(turns(recording))
    phase, offsets_q8_pa = phase_of(recorded), first_offsets(recording)
    for turn in recorded:
        if not followers or turn.follows_reset:
            replayed += _all_decisions(followers)
            followers, last_s = _followers(file, turn, values, offsets_q8_pa, phase), None
        result.sweeps += 1
        result.gaps += last_s is not None and turn.time_s - last_s > GAP_S
        for follower in followers:
            follower.take(turn)
            board += follower.said(turn)
        last_s = turn.time_s
    if not result.sweeps:
        raise OutputError(f"{path} holds no readings.", fault="the recording", cure="Name another run.")
    result.comparisons = compare(board, replayed + _all_decisions(followers))
    return result


def _bench_of(recording: Recording) -> BenchFile:
    text = next((data for name, data in recording.attachments.items() if name.endswith(".toml")), None)
    if text is None:
        raise OutputError(
            f"{recording.path} holds no bench file.", fault="the recording", cure="Name another run."
        )
    return parse_bench_file(text.decode(), "the recording's bench file")


def _parameter_values(reported: dict[str, int]) -> array[int]:
    known = dictionary().parameters.values()
    return array("i", [reported.get(entry.name, entry.default) for entry in known])


def _followers(
    file: BenchFile, first: Turn, values: array[int], offsets_q8_pa: list[int], phase: int
) -> list[_Follower]:
    """The logic as it is when a recording begins; the others look at sensors, so those come first."""
    names = file.part_names["module"]
    sensors = SensorReplay(first, values, names)
    checks = CheckReplay(first, sensors, values, offsets_q8_pa, names, phase)
    return [sensors, HatchReplay(file, sensors, values), checks]


def _all_decisions(followers: list[_Follower]) -> list[Decision]:
    return [decision for follower in followers for decision in follower.decisions()]
