"""The folder of one run: result.json, run.mcap, report.html."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from hatchwatch.errors import OutputError
from hatchwatch.evidence.result import ResultDocument

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["RunFolder", "default_folder"]


def default_folder(bench: str, method: str, now: datetime) -> Path:
    """Where a run goes when nobody says: `runs/20261105-142233-station6-decay` in the current folder."""
    return Path("runs") / f"{now:%Y%m%d-%H%M%S}-{bench}-{method}"


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The files of one run."""

    path: Path

    @property
    def result_path(self) -> Path:
        """What was found."""
        return self.path / "result.json"

    @property
    def recording_path(self) -> Path:
        """Every packet and what it said."""
        return self.path / "run.mcap"

    @property
    def report_path(self) -> Path:
        """The page for people."""
        return self.path / "report.html"

    @classmethod
    def prepare(cls, path: Path) -> RunFolder:
        """Make the folder and try it, before a test takes minutes of somebody's time.

        Files of an earlier run in it are removed, so that a run that dies leaves nothing that looks like its
        result. Raises OutputError when nothing can be written there.
        """
        folder = cls(path)
        try:
            path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=path) as trial:
                trial.write(b"trial")
            for old in (folder.result_path, folder.recording_path, folder.report_path):
                old.unlink(missing_ok=True)
        except OSError as error:
            raise _output_error(path, error) from error
        return folder

    def write_result(self, document: ResultDocument) -> None:
        """Write result.json; it is whole or not there. Raises OutputError."""
        self._write(self.result_path, document.to_json())

    def write_report(self, html: str) -> None:
        """Write report.html; it is whole or not there. Raises OutputError."""
        self._write(self.report_path, html)

    def read_result(self) -> ResultDocument:
        """Read result.json; raises OutputError when it is not there or is something else."""
        try:
            return ResultDocument.model_validate_json(self.result_path.read_bytes())
        except OSError as error:
            seen = f"{self.result_path} can't be read: {error.strerror or error}."
        except ValidationError as error:
            seen = f"{self.result_path} is no result of this version: {error.errors()[0]['msg']}."
        raise OutputError(seen, fault="the folder", cure="Name the folder of a finished run.")

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


def _output_error(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"{path} can't be written: {error.strerror or error}.",
        cure="Choose another folder with --out, or make room there.",
    )
