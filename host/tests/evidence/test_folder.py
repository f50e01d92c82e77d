from __future__ import annotations

import errno
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hatchwatch.errors import OutputError
from hatchwatch.evidence.document import document_of_decay
from hatchwatch.evidence.folder import RunFolder, default_folder

if TYPE_CHECKING:
    from hatchwatch.boards.model import BenchFile
    from hatchwatch.evidence.result import Identity, Session
    from hatchwatch.methods.results import DecayResult


def test_the_default_sorts_by_time() -> None:
    now = datetime(2026, 11, 5, 14, 22, 33, tzinfo=UTC)
    assert default_folder("pair", "decay", now) == Path("runs/20261105-142233-pair-decay")


def test_results_are_written_and_read(
    tmp_path: Path, decay: DecayResult, station: BenchFile, identity: Identity, session: Session
) -> None:
    document = document_of_decay(decay, station, identity=identity, session=session)
    folder = RunFolder.prepare(tmp_path / "a" / "b")
    folder.write_result(document)
    folder.write_report("<html>µ</html>")

    assert folder.read_result() == document
    assert folder.report_path.read_text("utf-8") == "<html>µ</html>"
    assert {path.name for path in folder.path.iterdir()} == {"result.json", "report.html"}


def test_an_earlier_run_is_not_taken_for_this_one(tmp_path: Path) -> None:
    for name in ("result.json", "run.mcap", "report.html", "notes.txt"):
        (tmp_path / name).write_text("old")

    RunFolder.prepare(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_place_where_nothing_can_be_written_is_told_before_the_test(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(OutputError, match="can't be written") as caught:
            RunFolder.prepare(path)
        assert caught.value.exit_code == 3
        assert "--out" in str(caught.value.cure)


def test_a_full_disk_leaves_no_half_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    folder = RunFolder.prepare(tmp_path)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        folder.write_report("text")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_a_result(tmp_path: Path) -> None:
    folder = RunFolder.prepare(tmp_path)
    with pytest.raises(OutputError, match="can't be read"):
        folder.read_result()
    folder.result_path.write_text("{}")
    with pytest.raises(OutputError, match="no result of this version"):
        folder.read_result()
