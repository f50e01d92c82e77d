"""What is done of a study: one line for each scenario, written the moment it is finished.

A study that is stopped, or whose computer goes down, loses what was under way and nothing else: the last
line may be cut, and is then left out.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Self

from hatchwatch.errors import OutputError, UsageError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

__all__ = ["Journal", "Row"]

Row = dict[str, Any]
FORMAT = 1
NAME = "scenarios.jsonl"


class Journal:
    """The rows of one study by number; a context manager that holds the file open for writing.

    Opening raises UsageError when the folder holds another study, OutputError when it can't be written.
    """

    def __init__(self, folder: Path, digest: str, study: str) -> None:
        self.path = folder / NAME
        self.rows: dict[int, Row] = {}
        header = {"format": FORMAT, "digest": digest, "study": study}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            whole = self._read(digest)
            self._stream = self.path.open("r+b" if whole else "wb")
            self._stream.truncate(whole)
            self._stream.seek(whole)
        except OSError as error:
            raise OutputError(
                f"{self.path} can't be written: {error.strerror or error}.",
                cure="Name another folder with --out.",
            ) from error
        if not whole:
            self._write(header)

    def add(self, row: Row) -> None:
        """Write one row; it counts from here on."""
        self._write(row)
        self.rows[row["scenario"]] = row

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.fsync(self._stream.fileno())
        self._stream.close()

    def _read(self, digest: str) -> int:
        """Take in what is there; return how many bytes of it are whole lines of this study."""
        if not self.path.exists():
            return 0
        whole = 0
        for line in self.path.read_bytes().splitlines(keepends=True):
            if not line.endswith(b"\n"):
                break
            try:
                entry = json.loads(line)
            except ValueError:
                if whole:  # a disk that lost its power may leave anything at the end
                    break
                entry = {}
            if not whole:
                self._require_same(entry, digest)
            else:
                self.rows[entry["scenario"]] = entry
            whole += len(line)
        return whole

    def _require_same(self, header: Row, digest: str) -> None:
        if header.get("format") == FORMAT and header.get("digest") == digest:
            return
        raise UsageError(
            f"{self.path.parent} holds another study, or this one with another version of the file, of its "
            "benches, of the firmware or of hatchwatch.",
            cure="Name another folder with --out, or move that one away.",
        )

    def _write(self, entry: Row) -> None:
        try:
            self._stream.write(json.dumps(entry, separators=(",", ":")).encode() + b"\n")
            self._stream.flush()
        except OSError as error:
            raise OutputError(
                f"{self.path} can't be written: {error.strerror or error}.",
                cure="Make room there; the same command goes on where it stopped.",
            ) from error
