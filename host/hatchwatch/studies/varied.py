"""Values of a study: one for all scenarios, a list for the grid, or a table that says how each is drawn.

leak_pa_m3_s = 1e-4                                         one
leak_pa_m3_s = [1e-5, 1e-4]                                 grid: every combination with other lists
leak_pa_m3_s = { low = 1e-6, high = 1e-3, scale = "log" }   drawn for each scenario
station = { one_of = ["pair", "station6"] }                 likewise, any of these
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    import numpy as np

__all__ = ["FORMS", "Between", "Chosen", "OneOf", "Varied", "draw", "grid", "is_drawn"]

FORMS = ("one", "grid", "between", "one_of")  # as they stand in the places of pydantic's errors

Value = TypeVar("Value")
Number = TypeVar("Number", int, float)


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Between(_Table, Generic[Number]):
    """Drawn evenly between two ends, or evenly in its logarithm."""

    low: Number
    high: Number
    scale: Literal["linear", "log"] = "linear"

    @model_validator(mode="after")
    def _has_a_span(self) -> Between[Number]:
        if not self.low < self.high:
            raise PydanticCustomError("span", "must have low below high")
        if self.scale == "log" and self.low <= 0:
            raise PydanticCustomError("span", "must have low above 0 for a log scale")
        return self


class OneOf(_Table, Generic[Value]):
    """Any of these, all equally likely."""

    one_of: Annotated[tuple[Value, ...], Field(min_length=1, strict=False)]


def _form(value: Any) -> str:
    if isinstance(value, dict):
        return "one_of" if "one_of" in value else "between"
    if isinstance(value, list | tuple):
        return "grid"
    if isinstance(value, Between):
        return "between"
    return "one_of" if isinstance(value, OneOf) else "one"


_Grid = Annotated[tuple[Value, ...], Field(min_length=1, strict=False)]

Varied = Annotated[
    Annotated[Number, Tag("one")]
    | Annotated[_Grid[Number], Tag("grid")]
    | Annotated[Between[Number], Tag("between")]
    | Annotated[OneOf[Number], Tag("one_of")],
    Discriminator(_form),
]
Chosen = Annotated[
    Annotated[Value, Tag("one")]
    | Annotated[_Grid[Value], Tag("grid")]
    | Annotated[OneOf[Value], Tag("one_of")],
    Discriminator(_form),
]


def grid(value: Any) -> tuple[Any, ...] | None:
    """The values of a list; None for what is no list."""
    return value if isinstance(value, tuple) else None


def is_drawn(value: Any) -> bool:
    """Whether each scenario draws its own."""
    return isinstance(value, Between | OneOf)


def draw(value: Any, rng: np.random.Generator) -> Any:
    """The value for one scenario: drawn, or the only one there is."""
    if isinstance(value, OneOf):
        return value.one_of[int(rng.integers(len(value.one_of)))]
    if not isinstance(value, Between):
        return value
    if value.scale == "log":
        drawn = math.exp(rng.uniform(math.log(value.low), math.log(value.high)))
        return round(drawn) if isinstance(value.low, int) else drawn
    if isinstance(value.low, int):
        return int(rng.integers(value.low, value.high, endpoint=True))
    return float(rng.uniform(value.low, value.high))
