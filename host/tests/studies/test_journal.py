from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hatchwatch.errors import OutputError, UsageError
from hatchwatch.studies.journal import Journal

if TYPE_CHECKING:
    from pathlib import Path


def test_rows_are_there_again(tmp_path: Path) -> None:
    with Journal(tmp_path / "a" / "b", "d1", "mine") as journal:
        journal.add({"scenario": 4, "x": 1.5})
        journal.add({"scenario": 2, "x": None})
    with Journal(tmp_path / "a" / "b", "d1", "mine") as journal:
        assert journal.rows == {4: {"scenario": 4, "x": 1.5}, 2: {"scenario": 2, "x": None}}


@pytest.mark.parametrize("lost", range(1, 21))
def test_a_line_that_was_cut_is_done_again_and_the_file_stays_right(tmp_path: Path, lost: int) -> None:
    """However much of the end is lost: whole rows stay, and what is written next can be read."""
    with Journal(tmp_path, "d1", "mine") as journal:
        for number in range(3):
            journal.add({"scenario": number})
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole[:-lost])
    with Journal(tmp_path, "d1", "mine") as journal:
        assert sorted(journal.rows) == list(range(3 - -(-lost // 15)))
        journal.add({"scenario": 9})
    with Journal(tmp_path, "d1", "mine") as journal:
        assert 9 in journal.rows


def test_a_folder_of_another_study_is_refused_and_left_alone(tmp_path: Path) -> None:
    with Journal(tmp_path, "d1", "mine") as journal:
        journal.add({"scenario": 0})
    before = journal.path.read_bytes()
    with pytest.raises(UsageError, match="holds another study"):
        Journal(tmp_path, "d2", "mine")
    assert journal.path.read_bytes() == before


def test_a_foreign_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "scenarios.jsonl").write_text("once upon a time\n")
    with pytest.raises(UsageError, match="holds another study"):
        Journal(tmp_path, "d1", "mine")
    assert (tmp_path / "scenarios.jsonl").read_text() == "once upon a time\n"


def test_a_folder_that_can_not_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="can't be written"):
        Journal(tmp_path / "file" / "x", "d1", "mine")
