from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

import jsonschema
import pytest

from hatchwatch.boards import find_bench_file
from hatchwatch.cli.main import run

if TYPE_CHECKING:
    from pathlib import Path

WRONG = """\
name = "x"
[i2c0]
sda = 20
scl = 22
[[modules]]
name = "a"
sensor = { bus = "i2c0" }
"""


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["boards", "list"]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in ("pair", "single", "station6"))


def test_a_broken_file_does_not_spoil_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "boards").mkdir()
    (tmp_path / "boards" / "mine.toml").write_text('name = "mine"\n')
    assert run(["boards", "list"]) == 0
    said = capsys.readouterr().out
    assert "has mistakes: hatchwatch boards check mine" in said
    assert "station6" in said


def test_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["boards", "check", "station6"]) == 0
    assert "is right" in capsys.readouterr().out
    path = tmp_path / "x.toml"
    path.write_text(
        'name = "x"\n[i2c0]\nsda = 20\nscl = 22\n[[modules]]\nname = "a"\nsensor = { bus = "i2c0" }\n'
    )
    assert run(["boards", "check", str(path)]) == 64
    said = capsys.readouterr()
    assert said.out == ""
    assert "x.toml has 4 mistakes" in said.err
    assert "at fault: " in said.err
    assert "next: " in said.err
    assert "Traceback" not in said.err


def test_show(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert run(["boards", "show", "station6"]) == 0
    said = capsys.readouterr().out
    assert "├──╫──┤" in said
    assert "servo of hatch Progress-PrK" in said
    assert "0x77: SDO to 3V3" in said


def test_schema_accepts_what_the_tool_accepts(capsys: pytest.CaptureFixture[str]) -> None:
    pair = tomllib.loads(find_bench_file("pair").read_text("utf-8"))
    assert run(["boards", "schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    jsonschema.validate(pair, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**pair, "hatchs": []}, schema)
