"""`isolation.json`, `verification.json`, `story.json`: what a board did about a leak, for programs.

Leaks are in Pa·m³/s, which always means mol/s times R times 293.15 K; times are board time in s.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from hatchwatch.evidence import result as parts  # noqa: TC001 (pydantic needs it at run time)
from hatchwatch.methods.isolation import Outcome  # noqa: TC001 (likewise)

__all__ = [
    "FORMAT",
    "Alarm",
    "Check",
    "Cut",
    "EventEntry",
    "Found",
    "Happened",
    "Interval",
    "Repair",
    "ResponseDocument",
    "Rest",
    "StoryEntry",
    "Undecided",
]

FORMAT: Final = "hatchwatch-response-1"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, allow_inf_nan=False)


class Interval(_Part):
    """A number with its two-sided 95 % interval."""

    value: float
    low: float
    high: float


class Alarm(_Part):
    """The alarm, as the board told it."""

    modules: list[str]
    """The gas volume that loses gas."""
    time_s: float
    """When it was told."""
    onset_s: Interval
    """When the leak began."""
    slope_pa_s: Interval
    """Change of the pressure reduced to 293.15 K."""
    leak_pa_m3_s: Interval
    """At the pressure that the volume had."""
    reserve_linear_s: float
    """Until the floor, by the slope as it was."""
    reserve_s: float
    """Until the floor, by the true shape of a laminar leak."""
    reserve_safe_s: float
    """Until the floor, linear and by the upper bound of the leak."""


class Found(_Part):
    """What the search found."""

    time_s: float
    kind: str
    """module, two_modules, hatch, module_and_hatch or sensor_drifts."""
    parts: list[str]
    """The modules and hatches that it is about, the first one first."""
    leak_pa_m3_s: float
    """Of the first one, at the pressure that it had."""
    leak_low_pa_m3_s: float | None = None
    leak_high_pa_m3_s: float | None = None
    """Ends of its 95 % interval; null if the board did not report how sure it was of the leak."""
    truth_pa_m3_s: float | None = None
    """What the first module lost through its hull then, as the plant of an emulated bench knows."""
    doubt: float
    """Probability of being wrong."""


class Undecided(_Part):
    """A search that did not decide."""

    time_s: float
    decider: str
    """What would decide it: longer, closure or sensor."""
    about: str | None
    """The module or hatch that it is about."""
    needed_s: float
    """How long a measurement would decide it; 0 if unknown."""


class Cut(_Part):
    """What was shut off, and holds."""

    time_s: float
    modules: list[str]
    hatches: list[str]


class Rest(_Part):
    """What was measured of the healthy modules."""

    time_s: float
    solid: bool
    """Whether the bound lies below what was to be proved."""
    modules: list[str]
    bound_pa_m3_s: float
    """Upper bound of their leak at 95 %."""
    truth_pa_m3_s: float | None = None
    """What they lost then, as the plant of an emulated bench knows."""


class Repair(_Part):
    """What a repair did."""

    time_s: float
    repair: str
    """tight, better, same or worse."""
    before_pa_m3_s: float
    after_pa_m3_s: float


class EventEntry(_Part):
    """One event of the board."""

    time_s: float
    name: str
    severity: str
    text: str
    fields: dict[str, Any]
    """As the dictionary declares them, with names of modules and hatches."""


class Happened(_Part):
    """Something that the story or the operator did to the bench."""

    time_s: float
    text: str


class Check(_Part):
    """One thing that a story expects, and what came."""

    expected: str
    came: str
    time_s: float | None
    """When; null if it did not come."""
    ok: bool


class StoryEntry(_Part):
    """Which story was played, and how it compares with what it expects."""

    name: str
    title: str
    text: str
    form: Literal["short", "full"]
    scale: str
    """How times and leaks were scaled to the bench."""
    sha256: str
    """Of the story's file."""
    checks: list[Check]


class ResponseDocument(_Part):
    """The whole file. `null` stands for what did not come."""

    format: Literal["hatchwatch-response-1"] = FORMAT
    outcome: Outcome
    """solid, no leak, not solid, inconclusive, quiet, blocked, repaired, not repaired or aborted."""
    exit_code: int
    """Of the program."""
    summary: str
    """The outcome in one sentence."""
    problem: parts.Problem | None = None
    """Present when the run ended early."""
    alarm: Alarm | None = None
    found: list[Found] = []
    undecided: list[Undecided] = []
    cuts: list[Cut] = []
    failed_hatches: list[str] = []
    """Hatches of a cut that did not shut, or let gas through."""
    rest: Rest | None = None
    verified: str | None = None
    """The module whose repair was to be verified."""
    repairs: list[Repair] = []
    happenings: list[Happened] = []
    events: list[EventEntry] = []
    parameters: dict[str, int] = {}
    """Parameters of the board that were set for this run."""
    warnings: list[str] = []
    story: StoryEntry | None = None
    identity: parts.Identity
    session: parts.Session

    def to_json(self) -> str:
        """The file's text, with a final newline."""
        return self.model_dump_json(indent=2) + "\n"
