from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from hatchwatch.boards.model import BenchFile
from hatchwatch.payload import boards_root

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def station_path() -> Path:
    return boards_root() / "station6.toml"


@pytest.fixture(scope="session")
def station(station_path: Path) -> BenchFile:
    return BenchFile.model_validate(tomllib.loads(station_path.read_text("utf-8")))
