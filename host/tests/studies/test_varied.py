from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, ValidationError

from hatchwatch.studies.varied import Chosen, Varied, draw, grid, is_drawn

RNG = np.random.default_rng(7)


class Table(BaseModel):
    size: Varied[float] = Field(default=1.0)
    count: Varied[int] = Field(default=1)
    name: Chosen[str] = Field(default="x")


def test_one_a_grid_and_draws_are_told_apart() -> None:
    table = Table.model_validate(
        {"size": [1.0, 2.0], "count": {"low": 3, "high": 5}, "name": {"one_of": ["a", "b"]}}
    )
    assert grid(table.size) == (1.0, 2.0)
    assert not is_drawn(table.size)
    assert is_drawn(table.count)
    assert {draw(table.count, RNG) for _ in range(100)} == {3, 4, 5}
    assert {draw(table.name, RNG) for _ in range(50)} == {"a", "b"}
    assert draw(1.5, RNG) == 1.5


@given(st.floats(1e-9, 1e3), st.floats(1.01, 1e6), st.integers(0, 2**32))
def test_what_is_drawn_lies_between_the_ends(low: float, factor: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for scale in ("linear", "log"):
        table = Table.model_validate({"size": {"low": low, "high": low * factor, "scale": scale}})
        assert low * (1 - 1e-12) <= draw(table.size, rng) <= low * factor * (1 + 1e-12)


def test_a_log_scale_gives_every_decade_its_share() -> None:
    table = Table.model_validate({"size": {"low": 1e-6, "high": 1e-3, "scale": "log"}})
    drawn = [draw(table.size, RNG) for _ in range(6000)]
    decades, _ = np.histogram(np.log10(drawn), bins=[-6, -5, -4, -3])
    assert decades == pytest.approx([2000, 2000, 2000], abs=5 * np.sqrt(2000 * 2 / 3))


@pytest.mark.parametrize(
    "value",
    [[], {"low": 2.0, "high": 1.0}, {"low": 0.0, "high": 1.0, "scale": "log"}, {"one_of": []}, {"low": 1.0}],
)
def test_what_can_not_be_drawn_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        Table.model_validate({"size": value})
