"""The folder of one run: run.mcap, report.html, and what was found: result.json or its like."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from hatchwatch.errors import OutputError, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from hatchwatch.errors import HatchwatchError

__all__ = ["RESULTS", "Document", "RunFolder", "default_folder"]


RESULTS: Final = (
    "result.json",
    "isolation.json",
    "story.json",
    "verification.json",
)  # by what kind of run it was


class Document(Protocol):
    """What a run found, as a file."""

    def to_json(self) -> str:
        """The file's text."""


def default_folder(bench: str, method: str, now: datetime) -> Path:
    """Where a run goes when nobody says: `runs/20261105-142233-station6-decay` in the current folder."""
    return Path("runs") / f"{now:%Y%m%d-%H%M%S}-{bench}-{method}"


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The files of one run."""

    path: Path
    result: str = RESULTS[0]  # name of the file that says what was found

    @property
    def result_path(self) -> Path:
        """What was found."""
        return self.path / self.result

    @property
    def recording_path(self) -> Path:
        """Every packet and what it said."""
        return self.path / "run.mcap"

    @property
    def report_path(self) -> Path:
        """The page for people."""
        return self.path / "report.html"

    @classmethod
    def prepare(cls, path: Path, result: str = RESULTS[0]) -> RunFolder:
        """Make the folder and try it, before a test takes minutes of somebody's time.

        Evidence is never replaced: raises UsageError when files of an earlier run are there, whole or not;
        OutputError when nothing can be written.
        """
        folder = cls(path, result)
        try:
            path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=path) as trial:
                trial.write(b"trial")
        except OSError as error:
            raise _output_error(path, error) from error
        cls.require_free(path)
        return folder

    @classmethod
    def require_free(cls, path: Path | None) -> None:
        """Raise UsageError when files of an earlier run are there; before anything is made or started."""
        if path is None:
            return
        try:
            earlier = [one.name for one in cls(path)._files() if one.exists()]
        except OSError as error:
            raise _output_error(path, error) from error
        if earlier:
            raise UsageError(
                f"{path} holds an earlier run ({', '.join(earlier)}), which would be lost.",
                cure="Name another folder with --out, move that one away, or leave --out out: "
                "each run then gets a new folder, named by its date.",
            )

    @classmethod
    def prepare_new(cls, wanted: Path, result: str = RESULTS[0]) -> RunFolder:
        """Make and try a folder that nobody else has: `wanted`, or with -2, -3 ... behind its name.

        Raises OutputError when nothing can be written there.
        """
        path, number = wanted, 1
        while not _made(path):
            number += 1
            path = wanted.with_name(f"{wanted.name}-{number}")
        return cls.prepare(path, result)

    def _files(self) -> tuple[Path, ...]:
        results = [self.path / name for name in RESULTS]
        return *results, self.recording_path, self.report_path

    def tell(self, error: HatchwatchError) -> None:
        """Have an error say where the evidence of the run is that it has ended."""
        error.result, error.report = self.result_path, self.report_path

    def write_result(self, document: Document) -> None:
        """Write what was found; it is whole or not there. Raises OutputError."""
        self._write(self.result_path, document.to_json())

    def write_report(self, html: str) -> None:
        """Write report.html; it is whole or not there. Raises OutputError."""
        self._write(self.report_path, html)

    @staticmethod
    def _write(path: Path, text: str) -> None:
        part = path.with_name(path.name + ".part")
        try:
            try:
                with part.open("w", encoding="utf-8", newline="\n") as stream:
                    stream.write(text)
                    stream.flush()
                    os.fsync(stream.fileno())
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
        except OSError as error:
            raise _output_error(path, error) from error


def _made(path: Path) -> bool:
    """Make a folder; False when it is there already."""
    try:
        path.mkdir(parents=True)
    except FileExistsError:
        return False
    except OSError as error:
        raise _output_error(path, error) from error
    return True


def _output_error(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"{path} can't be written: {error.strerror or error}.",
        cure="Choose another folder with --out, or make room there.",
    )
