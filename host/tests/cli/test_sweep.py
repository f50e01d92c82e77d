from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from hatchwatch.cli.main import run

if TYPE_CHECKING:
    from pathlib import Path

STUDY = """
name = "closures"
kind = "bisect"
repeats = 2
[scenario]
station = ["tree", "chain"]
modules = [3, 5]
"""
LONG = """
name = "long"
kind = "detection"
repeats = 80
[scenario]
station = "pair"
leak_pa_m3_s = 0
onset_s = 0
duration_s = 30
"""
DEADLINE_S = 120.0


def start(study: Path, out: Path) -> subprocess.Popen[str]:
    """As a terminal would start it: in a process group of its own, to which Ctrl-C goes."""
    code = "import sys; from hatchwatch.cli.main import main; main(sys.argv[1:])"
    return subprocess.Popen(
        [sys.executable, "-c", code, "sweep", str(study), "--out", str(out), "--jobs", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for_rows(out: Path, count: int) -> None:
    deadline_s = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline_s:
        path = out / "scenarios.jsonl"
        if path.exists() and path.read_bytes().count(b"\n") > count:
            return
        time.sleep(0.05)
    raise TimeoutError


def test_a_study_leaves_its_files_and_a_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my.toml").write_text(STUDY)
    assert run(["sweep", "my.toml", "--jobs", "1"]) == 0
    said = capsys.readouterr().out
    assert "8 scenarios at 4 points of its grid." in said
    folder = next((tmp_path / "runs").iterdir())
    assert folder.name.startswith("study-closures-")
    names = {"report.html", "scenarios.jsonl", "scenarios.parquet", "summary.json"}
    assert {path.name for path in folder.iterdir()} == names

    before = (folder / "scenarios.jsonl").read_bytes()
    assert run(["sweep", "my.toml", "--jobs", "1", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["scenarios"], data["wanted"]) == (8, 8)
    assert (folder / "scenarios.jsonl").read_bytes() == before  # nothing was done twice
    assert json.loads((folder / "summary.json").read_text()) == data


def test_mistakes_are_one_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.toml"
    path.write_text(STUDY.replace("bisect", "bisekt").replace("modules", "module"))
    for arguments in ([str(path)], ["no-such-study"], [str(path), "--jobs", "2", "--dask", "tcp://x:1"]):
        assert run(["sweep", *arguments]) == 64
        said = capsys.readouterr()
        assert said.out == ""
        assert "next: " in said.err
        assert "Traceback" not in said.err


def test_the_folder_of_another_study_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.toml"
    path.write_text(STUDY)
    assert run(["sweep", str(path), "--jobs", "1", "--out", str(tmp_path / "out")]) == 0
    path.write_text(STUDY.replace("[3, 5]", "[3, 4]"))
    assert run(["sweep", str(path), "--jobs", "1", "--out", str(tmp_path / "out")]) == 64
    assert "holds another study" in capsys.readouterr().err


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_study_that_is_stopped_goes_on(tmp_path: Path, how: signal.Signals) -> None:
    """Ctrl-C in a terminal reaches the workers too; a kill leaves no time for anything."""
    study, out = tmp_path / "long.toml", tmp_path / "out"
    study.write_text(LONG)
    process = start(study, out)
    wait_for_rows(out, 3)
    os.killpg(process.pid, how)
    _, said = process.communicate(timeout=DEADLINE_S)
    done = (out / "scenarios.jsonl").read_bytes().count(b"\n") - 1
    assert 3 <= done < 80
    if how == signal.SIGINT:
        assert process.returncode == 130
        assert "of 80 scenarios are done and kept" in said
        assert "goes on from there" in said
        assert "Traceback" not in said

    study.write_text(LONG.replace("repeats = 80", f"repeats = {done + 2}"))
    process = start(study, out)
    _, said = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 0, said
    rows = (out / "scenarios.jsonl").read_text().splitlines()[1:]
    numbers = [json.loads(line)["scenario"] for line in rows]
    assert sorted(set(numbers)) == sorted(numbers)
    assert set(range(done + 2)) <= set(numbers)
