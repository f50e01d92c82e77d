from __future__ import annotations

import hashlib
import json

from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.deploy.files import board_files
from hatchwatch.payload import firmware_root


def test_everything_that_belongs_on_a_board() -> None:
    files = board_files(load_bench_file(find_bench_file("pair")))
    modules = {path.relative_to(firmware_root()) for path in (firmware_root() / "fsw").rglob("*.py")}
    assert {path for path in files if path.startswith("fsw/")} == {
        path.with_suffix(".mpy").as_posix() for path in modules
    }
    assert set(files) > {"main.py", "bench.json", "manifest.json"}
    assert not any("test" in path for path in files)


def test_the_manifest_comes_last_and_knows_every_file() -> None:
    files = board_files(load_bench_file(find_bench_file("pair")))
    assert list(files)[-1] == "manifest.json"
    manifest = json.loads(files.pop("manifest.json"))
    assert manifest["files"] == {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    assert manifest["micropython"] == "1.27.0"


def test_without_a_bench() -> None:
    assert "bench.json" not in board_files(None)


def test_equal_benches_give_equal_files() -> None:
    path = find_bench_file("station6")
    assert board_files(load_bench_file(path)) == board_files(load_bench_file(path))
