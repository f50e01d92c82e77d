"""pytest plugin: `--bench`, `--port` and the fixtures that hand tests an open bench."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a bench."""
    group = parser.getgroup("hatchwatch", "a bench, emulated by default")
    group.addoption("--bench", type=Path, default=None, help="bench file, for example boards/station6.toml")
    group.addoption("--port", default=None, help="serial port of a real board; without it the bench is emulated")
    group.addoption("--seed", type=int, default=1, help="seed of the emulated bench (default 1)")
