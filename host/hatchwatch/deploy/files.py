"""The files that belong on a board: bytecode, `main.py`, the bench, and a manifest of it all."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING

from hatchwatch import __version__
from hatchwatch.deploy.boardfile import NAME as BENCH_NAME
from hatchwatch.deploy.boardfile import board_json
from hatchwatch.deploy.compiling import compile_all, compiler_version
from hatchwatch.deploy.folding import fold_all
from hatchwatch.deploy.parameters import rename_all
from hatchwatch.deploy.shortening import shorten_all
from hatchwatch.image import VERSION as MICROPYTHON_VERSION
from hatchwatch.payload import firmware_root

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hatchwatch.boards import BenchFile

__all__ = ["BENCH_NAME", "FOLDER", "MANIFEST_NAME", "board_files", "firmware_files", "manifest"]

FOLDER = "fsw"
MANIFEST_NAME = "manifest.json"


def board_files(bench: BenchFile | None) -> dict[str, bytes]:
    """All files of a deployment by their path on the board; without a bench, `bench.json` is left out.

    The manifest is last: whoever writes the files in this order has written all of them once it is there.
    """
    files = firmware_files()
    if bench is not None:
        files[BENCH_NAME] = board_json(bench)
    files[MANIFEST_NAME] = manifest(files)
    return files


def firmware_files() -> dict[str, bytes]:
    """The firmware by path on the board: `main.py` as it is, the package `fsw` as bytecode.

    The sources are read once in a process: it knows the dictionary of one state of them, and boards that
    it starts while somebody edits them would speak another.
    """
    return dict(_firmware_files(firmware_root()))


@cache
def _firmware_files(root: Path) -> dict[str, bytes]:
    paths = sorted((root / FOLDER).rglob("*.py"))
    sources = {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
    cheap = shorten_all(rename_all(fold_all(sources)))
    return {**compile_all(cheap), "main.py": (root / "main.py").read_bytes()}


def manifest(files: Mapping[str, bytes]) -> bytes:
    """Versions of the tools, and the SHA-256 of every file."""
    data = {
        "hatchwatch": __version__,
        "micropython": MICROPYTHON_VERSION,
        "mpy-cross": compiler_version(),
        "files": {path: hashlib.sha256(content).hexdigest() for path, content in sorted(files.items())},
    }
    return json.dumps(data, separators=(",", ":")).encode()
