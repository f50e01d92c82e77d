"""What a story file says: a bench and its surroundings, a time line of happenings, and what must come out.

A story is TOML. Every key that is a number carries its unit in its name. Times count from the moment when the
bench is ready: hatches in their safe state, parameters set. Reading a file is in `files`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["ACTIONS", "REPEATED", "Expected", "Form", "FormName", "Happening", "Story"]

FormName = Literal["short", "full"]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Modules = Annotated[tuple[str, ...], Field(min_length=1, strict=False)]

# Told again and again: an expectation waits for one that fits. Of all other events the next one must fit.
REPEATED = frozenset({"response_step", "step_proposed", "hatch_arrived", "hatch_moving", "cut_failed"})


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Leak(_Table):
    """A leak of a module to the outside, rated at 8 kPa over ambient; 0 closes it."""

    module: str
    pa_m3_s: NotNegative
    kind: Literal["laminar", "orifice"] = "laminar"


class Seal(_Table):
    """What a shut hatch lets through, rated likewise."""

    hatch: str
    pa_m3_s: NotNegative


class Heat(_Table):
    """Walls of modules (all by default) go to so much over the room."""

    kelvin: float
    over_s: NotNegative
    modules: Modules | None = None


class Front(_Table):
    """The air outside goes to so much over its weather."""

    pressure_pa: float
    over_s: NotNegative


class Fault(_Table):
    """A part breaks: kinds and values as for the side channel."""

    kind: str
    target: str
    value: dict[str, Any] = {}


class Repaired(_Table):
    """A fault ends."""

    kind: str
    target: str


class Fill(_Table):
    """Modules (all by default) are brought to a pressure over ambient."""

    gauge_pa: float
    modules: Modules | None = None


class Move(_Table):
    """The crew moves a hatch by hand of the host."""

    hatch: str
    position: Literal["open", "shut"]
    arm: bool = False


class Command(_Table):
    """Any command of the dictionary; modules and hatches by name."""

    name: str
    fields: dict[str, Any] = {}


class Happening(_Table):
    """Something that is done to the bench: one action, at a time or after an event of the board."""

    at_s: NotNegative | None = None  # in the full form
    after: str | None = None  # the first event of this name since the one that was waited for before
    delay_s: NotNegative = 0.0  # behind that event, in the full form
    text: str | None = None  # what it is in the story
    leak: Leak | None = None
    seal: Seal | None = None
    heat: Heat | None = None
    front: Front | None = None
    fault: Fault | None = None
    repaired: Repaired | None = None
    fill: Fill | None = None
    move: Move | None = None
    command: Command | None = None
    parameters: dict[str, int] | None = None

    @property
    def actions(self) -> list[str]:
        """The keys of what is done: exactly one in a valid story."""
        return [name for name in ACTIONS if getattr(self, name) is not None]


ACTIONS = (
    "leak",
    "seal",
    "heat",
    "front",
    "fault",
    "repaired",
    "fill",
    "move",
    "command",
    "parameters",
)


class Expected(_Table):
    """An event of the board that must come, behind those expected before it."""

    event: str
    fields: dict[str, Any] = {}  # a number or a name; a list for a set; { min = 1, max = 2 } for a range
    within_s: Positive | None = None  # after the expected event or the happening before, whichever is later


class Form(_Table):
    """How a story is told: at full length, or short."""

    limit_s: Positive  # longest board time
    pace: Positive = 1.0  # times of happenings are multiplied by it
    parameters: dict[str, int] = {}  # of the board, in addition to those of the story


class Story(_Table):
    """One story file."""

    title: str
    text: str  # what happened, in our own words
    scale: str = ""  # how times and leaks were scaled to the bench
    bench: str = "station6"
    plant: Literal["quiet", "desk"] = "quiet"
    seed: Annotated[int, Field(ge=0)] = 1
    parameters: dict[str, int] = {}  # of the board, set before it begins
    short: Form
    full: Form
    happenings: Annotated[tuple[Happening, ...], Field(strict=False)] = ()
    expect: Annotated[tuple[Expected, ...], Field(strict=False)] = ()
    never: Annotated[tuple[str, ...], Field(strict=False)] = ()  # events that must not come
    truth: Annotated[tuple[Literal["onset", "leak", "rest"], ...], Field(strict=False)] = ()

    def form(self, name: FormName) -> Form:
        """The form of that name."""
        return self.short if name == "short" else self.full
