"""Find and read bench files."""

from __future__ import annotations

import tomllib
from pathlib import Path

from hatchwatch.boards.model import BenchFile

__all__ = ["load_bench_file"]


def load_bench_file(path: Path) -> BenchFile:
    """Read and validate one bench file."""
    return BenchFile.model_validate(tomllib.loads(path.read_text("utf-8")))
