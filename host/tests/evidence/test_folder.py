from __future__ import annotations

import errno
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hatchwatch.errors import OutputError, UsageError
from hatchwatch.evidence.document import document_of_decay
from hatchwatch.evidence.folder import RunFolder, default_folder
from hatchwatch.evidence.result import ResultDocument

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

    assert ResultDocument.model_validate_json(folder.result_path.read_bytes()) == document
    assert folder.report_path.read_text("utf-8") == "<html>µ</html>"
    assert {path.name for path in folder.path.iterdir()} == {"result.json", "report.html"}


@pytest.mark.parametrize("name", ["result.json", "run.mcap", "report.html"])
def test_an_earlier_run_is_kept(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("old")

    with pytest.raises(UsageError, match=name) as caught:
        RunFolder.prepare(tmp_path)

    assert caught.value.exit_code == 64
    assert "--out" in str(caught.value.cure)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(name, "old")]


def test_other_files_are_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    RunFolder.prepare(tmp_path)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("notes.txt", "mine")]


def test_runs_of_one_second_get_folders_of_their_own(tmp_path: Path) -> None:
    wanted = tmp_path / "runs" / "20261105-142233-pair-decay"
    names = [RunFolder.prepare_new(wanted).path.name for _ in range(3)]
    assert names == [wanted.name, f"{wanted.name}-2", f"{wanted.name}-3"]


def test_a_new_folder_where_nothing_can_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="can't be written"):
        RunFolder.prepare_new(tmp_path / "file" / "run")


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
