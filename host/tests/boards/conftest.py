from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from hatchwatch.boards.files import find_mistakes
from hatchwatch.boards.mistakes import spell_place
from hatchwatch.payload import boards_root

Tell = Callable[[dict[str, Any]], list[str]]


@pytest.fixture
def station() -> dict[str, Any]:
    """The shipped six-module bench as parsed TOML, to be spoiled."""
    return tomllib.loads((boards_root() / "station6.toml").read_text("utf-8"))


@pytest.fixture
def pair() -> dict[str, Any]:
    return tomllib.loads((boards_root() / "pair.toml").read_text("utf-8"))


@pytest.fixture
def told() -> Tell:
    """Every mistake of a bench, as the user reads it."""

    def tell(data: dict[str, Any]) -> list[str]:
        return [f"{spell_place(mistake.place, data)} {mistake.text}" for mistake in find_mistakes(data)[0]]

    return tell
