from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from hatchwatch.deploy import record
from hatchwatch.deploy.files import manifest
from hatchwatch.errors import OutputError
from hatchwatch.link.packets import Identity

if TYPE_CHECKING:
    from pathlib import Path

BENCH = b'{"bench": "pair"}'
FILES = {"main.py": b"1", "bench.json": BENCH}
UNIT = 0xE660_4430_43AB_CDEF


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(record, "user_state_path", lambda _name: tmp_path / "state")
    return tmp_path / "state"


def board(bench: bytes = BENCH, unit_id: int = UNIT) -> Identity:
    """What a board reports that runs with this bench file."""
    return Identity(1, bench_hash=int.from_bytes(hashlib.sha256(bench).digest()[:8], "big"), unit_id=unit_id)


def test_what_was_deployed_last_is_known_again() -> None:
    record.remember(UNIT, manifest(FILES))
    newest = manifest({**FILES, "main.py": b"2"})
    record.remember(UNIT, newest)
    assert record.recall(board()) == newest


def test_without_a_bench_file_nothing_speaks_against_it() -> None:
    bare = manifest({"main.py": b"1"})
    record.remember(UNIT, bare)
    assert record.recall(board()) == bare


def test_nothing_is_claimed_of_other_boards_or_after_somebody_else_has_written() -> None:
    assert record.recall(board()) is None
    record.remember(UNIT, manifest(FILES))
    assert record.recall(board(unit_id=UNIT + 1)) is None
    assert record.recall(board(bench=b'{"bench": "other"}')) is None


def test_a_damaged_record_claims_nothing(state: Path) -> None:
    record.remember(UNIT, manifest(FILES))
    (path,) = (state / "deployed").iterdir()
    path.write_bytes(path.read_bytes()[:20])
    assert record.recall(board()) is None


def test_a_folder_that_cannot_be_written_is_told(state: Path) -> None:
    state.write_text("in the way")
    with pytest.raises(OutputError, match="can't be written"):
        record.remember(UNIT, manifest(FILES))
