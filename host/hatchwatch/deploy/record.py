"""What this computer deployed to which board: a board in use can't be asked for its files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from platformdirs import user_state_path

from hatchwatch.deploy.files import BENCH_NAME
from hatchwatch.errors import OutputError

if TYPE_CHECKING:
    from pathlib import Path

    from hatchwatch.link.packets import Identity

__all__ = ["recall", "remember"]

HASH_DIGITS = 16  # of the bench file's SHA-256; the board reports as many


def remember(unit_id: int, manifest: bytes) -> None:
    """Keep the manifest that was written to a board; raises OutputError when it can't be kept."""
    path = _path(unit_id)
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(manifest)
        part.replace(path)
    except OSError as error:
        raise OutputError(
            f"{path} can't be written: {error.strerror or error}.",
            fault="the rights on that folder",
            cure="Results of tests on this board will not tell which files it ran; the deployment is well.",
        ) from error


def recall(identity: Identity) -> bytes | None:
    """The manifest that this computer wrote to a board last; None if it did not.

    A board that reports another bench file than the manifest names has been written to by somebody else
    since: None, too.
    """
    path = _path(identity.unit_id)
    try:
        manifest = path.read_bytes()
        bench_sha256 = json.loads(manifest)["files"].get(BENCH_NAME)
    except (OSError, ValueError, KeyError):  # never deployed from here; or damaged, which is as good as that
        return None
    if bench_sha256 is not None and bench_sha256[:HASH_DIGITS] != f"{identity.bench_hash:016x}":
        return None
    return manifest


def _path(unit_id: int) -> Path:
    return user_state_path("hatchwatch") / "deployed" / f"{unit_id:016x}.json"
