"""What a study file says: which scenarios there are, how many, and what of the firmware is set.

Every value of `[scenario]` and `[parameters]` is one, a grid or drawn: see `varied`. Reading a file and
telling all its mistakes at once is in `files`.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hatchwatch.studies.varied import Chosen, Varied  # noqa: TC001 (pydantic needs it at run time)

__all__ = ["MADE_STATIONS", "Kind", "ScenarioTable", "Study"]

Kind = Literal["detection", "locating", "response", "bisect"]
MADE_STATIONS = ("tree", "chain", "star")  # stations that a study makes; other names are bench files

Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Seconds = Annotated[float, Field(ge=0, le=1e7)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class ScenarioTable(_Table):
    """One scenario: a station, its surroundings, a leak. What is left out is as the bench file has it."""

    station: Chosen[str] = "station6"  # a bench file, or one of MADE_STATIONS
    modules: Varied[Annotated[int, Field(ge=2, le=16)]] = 6  # of a made station
    volume_ml: Varied[Annotated[float, Field(gt=0, le=1e5)]] = 800.0  # likewise; drawn for each module
    volume_uncertainty_percent: Varied[Annotated[float, Field(gt=0, le=30)]] = 1.0  # likewise, k = 1
    crew: Varied[Annotated[int, Field(ge=0, le=16)]] = 0  # likewise: so many modules are occupied
    lifeboats: Varied[Annotated[int, Field(ge=0, le=16)]] = 1  # likewise
    surroundings: Chosen[Literal["quiet", "desk"]] = "quiet"  # a preset of the emulated bench
    noise: Varied[NotNegative] = 1.0  # times what the sensor's datasheet states
    flicker_pa: Varied[NotNegative] | None = None  # these four: as the preset has it
    drift_k_h: Varied[NotNegative] | None = None  # the steepest drift of the room
    weather_pa_h: Varied[NotNegative] | None = None  # the steepest change outside
    self_heating_k: Varied[NotNegative] | None = None
    seal_leak_pa_m3_s: Varied[NotNegative] | None = None  # of a shut hatch at 8 kPa
    gauge_pa: Varied[Annotated[float, Field(ge=-60_000, le=20_000)]] | None = None  # filled to, over ambient
    leak_pa_m3_s: Varied[Annotated[float, Field(ge=0, lt=10)]] | None = None  # at 8 kPa over ambient
    leak_limits: Varied[NotNegative] | None = None  # instead: in detection limits of the leaking module
    leaking: Chosen[str] = "any"  # the module, by name; "any" draws one
    second_leak: Varied[Annotated[float, Field(ge=0, le=1)]] = (
        0.0  # in another module, as a share of the first
    )
    onset_s: Varied[Seconds] = 180.0  # when the leak begins
    duration_s: Varied[Seconds] = 1800.0  # after the onset, at most


class Study(_Table):
    """A study file."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,23}$")]
    description: str = ""
    kind: Kind
    seed: Annotated[int, Field(ge=0)] = 1
    repeats: Annotated[int, Field(ge=1, le=1_000_000)] = 1  # scenarios at each point of the grid
    scenario: ScenarioTable = ScenarioTable()
    parameters: dict[str, Varied[int]] = {}  # of the firmware, by the names of the dictionary

    @property
    def factors(self) -> dict[str, Any]:
        """Everything that may differ between scenarios, by name."""
        table = self.scenario
        return {name: getattr(table, name) for name in type(table).model_fields} | self.parameters

    def canonical(self) -> str:
        """The study in one spelling, without what does not change its scenarios."""
        told = self.model_dump(mode="json", exclude={"name", "description", "repeats"})
        return json.dumps(told, sort_keys=True)
