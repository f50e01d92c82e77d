"""Bring a board's files up to date: only what changed is written, and all of it is verified."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from hatchwatch.deploy.files import BENCH_NAME, FOLDER, MANIFEST_NAME
from hatchwatch.deploy.onboard import HELPERS, IDENTIFY, RESET, SURVEY, remove_script, write_scripts
from hatchwatch.deploy.session import FLASH_CURE, BoardSession
from hatchwatch.errors import BoardError
from hatchwatch.image import VERSION as MICROPYTHON_VERSION
from hatchwatch.progress import silent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hatchwatch.progress import Progress

__all__ = ["PushReport", "push"]

MPY_VERSION = 6  # lower byte of sys.implementation._mpy: the format of bytecode
BLOCK_BYTES = 4096  # littlefs allocates whole blocks
SPARE_BLOCKS = 4  # for directories


@dataclass(frozen=True)
class PushReport:
    """What a deployment did."""

    machine: str
    written: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    written_bytes: int
    has_bench: bool


def push(port: str, files: Mapping[str, bytes], progress: Progress = silent) -> PushReport:
    """Make the files on the board equal to `files` (as `board_files` gives them), then reset the board.

    A `bench.json` on the board is kept when `files` has none. Files below fsw/ that are not in `files` go;
    everything else on the board is left alone. The manifest goes first and comes back last, so a board
    without one was left in the middle. Raises PortError or BoardError.
    """
    with BoardSession(port) as board:
        machine, free_bytes = _identify(board)
        progress("comparing", 0, None)
        there = _survey(board)
        changed = {path: content for path, content in files.items() if there.get(path) != _hash(content)}
        stale_files, stale_folders = _stale(there, files)
        if changed or stale_files:
            _check_space(port, changed, there, free_bytes)
            gone = [*stale_files, *([MANIFEST_NAME] if MANIFEST_NAME in there else [])]
            changed[MANIFEST_NAME] = files[MANIFEST_NAME]
            board.run(remove_script(gone, stale_folders))
            _write(board, changed, progress)
            progress("verifying", 0, None)
            _verify(port, files, _survey(board))
        board.start(RESET)
    return PushReport(
        machine=machine,
        written=tuple(changed),
        removed=tuple(stale_files),
        unchanged=len(files) - len(changed),
        written_bytes=sum(map(len, changed.values())),
        has_bench=BENCH_NAME in files or BENCH_NAME in there,
    )


def _identify(board: BoardSession) -> tuple[str, int]:
    """Refuse a board that would not run our bytecode; return its name and its free bytes of storage."""
    ((name, version, mpy, machine, free_bytes),) = board.run(IDENTIFY)
    release = ".".join(map(str, version[:2]))
    wanted = MICROPYTHON_VERSION.rpartition(".")[0]
    if name != "micropython" or mpy & 0xFF != MPY_VERSION or "RP2040" not in machine or release != wanted:
        raise BoardError(
            f"The board at {board.port} runs {name} {release} on {machine}; "
            f"hatchwatch needs MicroPython {wanted} on an RP2040.",
            cure=f"Flash the image: {FLASH_CURE}",
        )
    return machine, free_bytes


def _survey(board: BoardSession) -> dict[str, str | None]:
    """Paths on the board with the SHA-256 of each file; folders have None."""
    return dict(board.run(SURVEY))


def _stale(there: Mapping[str, str | None], files: Mapping[str, bytes]) -> tuple[list[str], list[str]]:
    """Files and folders below fsw/ that no deployed file needs; folders deepest first."""
    below = [path for path in there if path.startswith(f"{FOLDER}/") and path not in files]
    stale_files = [path for path in below if there[path] is not None]
    needed = _folders(files)
    stale_folders = [path for path in below if there[path] is None and path not in needed]
    return stale_files, sorted(stale_folders, key=lambda path: -path.count("/"))


def _folders(files: Mapping[str, bytes]) -> list[str]:
    """All folders of the files, parents first."""
    parents = {parent.as_posix() for path in files for parent in PurePosixPath(path).parents}
    return sorted(parents - {"."})


def _check_space(
    port: str, changed: Mapping[str, bytes], there: Mapping[str, str | None], free_bytes: int
) -> None:
    new_blocks = sum(
        -(-len(content) // BLOCK_BYTES) for path, content in changed.items() if path not in there
    )
    needed_bytes = (new_blocks + SPARE_BLOCKS) * BLOCK_BYTES
    if needed_bytes > free_bytes:
        raise BoardError(
            f"The board has {free_bytes // 1024} KiB of storage left; {needed_bytes // 1024} KiB are needed.",
            cure=f"Remove files of your own: `mpremote connect {port} ls` shows them.",
        )


def _write(board: BoardSession, files: Mapping[str, bytes], progress: Progress) -> None:
    """Write files in chunks of a few kilobytes, the manifest last."""
    total = sum(map(len, files.values()))
    ordered = dict(sorted(files.items(), key=lambda item: item[0] == MANIFEST_NAME))
    board.run(HELPERS + "".join(f"d({folder!r})\n" for folder in _folders(files)))
    done = 0
    for script, count in write_scripts(ordered):
        progress("writing", done, total)
        board.run(script)
        done += count
    progress("writing", total, total)


def _verify(port: str, files: Mapping[str, bytes], there: Mapping[str, str | None]) -> None:
    damaged = [path for path, content in files.items() if there.get(path) != _hash(content)]
    if damaged:
        raise BoardError(
            f"After writing, these files on the board differ from what was sent: {', '.join(damaged)}.",
            cure=f"Deploy again. If it repeats, the board's flash may be worn or its file system damaged "
            f"(`mpremote connect {port} df`).",
        )


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
