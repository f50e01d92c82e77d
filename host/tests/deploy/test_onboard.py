"""The scripts for the board are plain enough to run under CPython too."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatchwatch.deploy.onboard import CHUNK_BYTES, HELPERS, SCRIPT_BYTES, remove_script, write_scripts

contents = st.dictionaries(
    st.sampled_from(["main.py", "a.mpy", "it's.mpy"]), st.binary(max_size=2 * CHUNK_BYTES + 5), max_size=3
)


@given(contents)
def test_written_files_have_the_given_bytes(files: dict[str, bytes]) -> None:
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as name:
        folder = Path(name)
        patch.chdir(folder)
        board: dict[str, object] = {}
        exec(HELPERS, board)
        counted = 0
        for script, count in write_scripts(files):
            assert len(script) <= SCRIPT_BYTES
            exec(script, board)
            counted += count
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == files
        assert counted == sum(map(len, files.values()))


def test_files_are_removed_before_their_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fsw" / "old" / "deep").mkdir(parents=True)
    (tmp_path / "fsw" / "old" / "deep" / "a.mpy").touch()
    exec(remove_script(["fsw/old/deep/a.mpy"], ["fsw/old/deep", "fsw/old"]))
    assert [path.name for path in (tmp_path / "fsw").iterdir()] == []


def test_folders_are_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    board: dict[str, object] = {}
    exec(HELPERS + "d('fsw')\nd('fsw')\n", board)
    assert (tmp_path / "fsw").is_dir()
    with pytest.raises(FileNotFoundError):
        exec("d('none/deeper')", board)
