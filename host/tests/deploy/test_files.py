from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.deploy import files
from hatchwatch.deploy.files import board_files
from hatchwatch.payload import firmware_root

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_everything_that_belongs_on_a_board() -> None:
    found = board_files(load_bench_file(find_bench_file("pair")))
    modules = {path.relative_to(firmware_root()) for path in (firmware_root() / "fsw").rglob("*.py")}
    assert {path for path in found if path.startswith("fsw/")} == {
        path.with_suffix(".mpy").as_posix() for path in modules
    }
    assert set(found) > {"main.py", "bench.json", "manifest.json"}
    assert not any("test" in path for path in found)


def test_the_manifest_comes_last_and_knows_every_file() -> None:
    found = board_files(load_bench_file(find_bench_file("pair")))
    assert list(found)[-1] == "manifest.json"
    manifest = json.loads(found.pop("manifest.json"))
    assert manifest["files"] == {path: hashlib.sha256(content).hexdigest() for path, content in found.items()}
    assert manifest["micropython"] == "1.27.0"


def test_without_a_bench() -> None:
    assert "bench.json" not in board_files(None)


def test_an_edit_of_the_sources_reaches_no_board_of_a_process_that_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its dictionary is that of the sources as they were."""
    (tmp_path / "fsw").mkdir()
    (tmp_path / "main.py").write_text("before = 1")
    source = tmp_path / "fsw" / "part.py"
    source.write_text("before = 1")
    monkeypatch.setattr(files, "firmware_root", lambda: tmp_path)
    first = files.firmware_files()
    source.write_text("after = 2")
    (tmp_path / "main.py").write_text("after = 2")
    assert files.firmware_files() == first
    first.clear()
    assert set(files.firmware_files()) == {"fsw/part.mpy", "main.py"}, "what a caller changes is its own"


def test_equal_benches_give_equal_files() -> None:
    path = find_bench_file("station6")
    assert board_files(load_bench_file(path)) == board_files(load_bench_file(path))
