from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hatchwatch.deploy import compiling
from hatchwatch.deploy.compiling import compile_all, compiler_version
from hatchwatch.errors import HatchwatchError
from hatchwatch.image import VERSION

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = b"def f():\n    return 'seen on board'\n"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(compiling, "user_cache_path", lambda name: tmp_path / name)
    return tmp_path / "hatchwatch" / "mpy"


def test_the_compiler_matches_the_image() -> None:
    assert compiler_version().split(".")[:2] == VERSION.split(".")[:2]


def test_bytecode_of_the_format_that_the_image_runs() -> None:
    code = compile_all({"fsw/a.py": SOURCE})["fsw/a.mpy"]
    assert code[:2] == b"M\x06"  # MicroPython, "mpy" format 6
    assert b"seen on board" in code
    assert b"fsw/a.mpy" in code  # the name in tracebacks


def test_an_unchanged_file_is_compiled_once(cache: Path) -> None:
    first = compile_all({"fsw/a.py": SOURCE, "fsw/b.py": SOURCE})
    entries = sorted(cache.iterdir())
    assert len(entries) == 2
    entries[0].write_bytes(b"from the cache")
    again = compile_all({"fsw/a.py": SOURCE, "fsw/b.py": SOURCE})
    assert b"from the cache" in again.values()
    assert first.keys() == again.keys()
    compile_all({"fsw/a.py": SOURCE + b"x = 1\n"})
    assert len(list(cache.iterdir())) == 3


def test_a_cache_that_cannot_be_written_is_no_obstacle(cache: Path) -> None:
    cache.parent.mkdir(parents=True)
    cache.touch()
    assert compile_all({"a.py": SOURCE})["a.mpy"][:1] == b"M"


def test_a_mistake_in_the_firmware_is_told_with_its_place() -> None:
    with pytest.raises(HatchwatchError, match=r"fsw/a.py(?s:.*)line 2") as caught:
        compile_all({"fsw/a.py": b"x = 1\ny = =\n"})
    assert caught.value.fault == "the firmware's source"
