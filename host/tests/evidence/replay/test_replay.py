"""A board whose sensor dies and whose hatch sticks, recorded and decided again."""

from __future__ import annotations

import json

import pytest

from hatchwatch.bench import open_bench
from hatchwatch.bench.parameters import read_parameters, set_parameters
from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.cli.main import run
from hatchwatch.evidence.recorder import Recorder
from hatchwatch.evidence.replay import replay
from hatchwatch.link.commands import command
from hatchwatch.link.flight import flight_module


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """Shut a hatch, open it across 2 kPa, open it once more while it sticks; silence a sensor for a while."""
    path = tmp_path_factory.mktemp("run") / "run.mcap"
    source = find_bench_file("pair")
    file = load_bench_file(source)
    attachments = {"pair.toml": source.read_bytes()}
    with (
        Recorder(path, file, attachments=attachments) as recorder,
        open_bench("pair", seed=2, on_packet=recorder.packet, on_sent=recorder.sent) as bench,
    ):
        side = bench.emulated.side
        # Not the defaults: the recording must tell.
        set_parameters(bench, {"hatch_check_s": 2, "pressure_high": 104500})
        read_parameters(bench)
        for sticks in (False, True):
            bench.move_hatch("door", "shut")
            side.fill(gauge_pa=2000.0, modules=["left"])
            side.fill(gauge_pa=6000.0, modules=["right"])
            bench.wait(0.5)
            if sticks:
                side.fault("stick", "door")
            bench.link.send(command("move_hatch", hatch=0, position="open"))
            bench.wait(7.0 if sticks else 1.5)
        side.fault("silence", "right")
        bench.wait(2.5)
        side.clear("silence", "right")
        bench.wait(2.0)
    return path


def test_every_decision_is_come_to_again(recording):
    found = replay(recording)
    assert [one for one in found.comparisons if one.outcome != "same"] == []
    assert (found.gaps, found.parameters_recorded) == (0, True)
    what = {one.decision.what for one in found.comparisons}
    assert {"hatch_arrived", "hatch_retry", "hatch_failed"} <= what
    assert {"check pressure", "check sensor_health"} <= what
    assert {"sensor_suspect", "sensor_failed", "sensor_recovering", "sensor_ok"} <= what


def test_another_logic_is_found_out(recording, monkeypatch, capsys):
    """A watch that takes every hatch for arrived by time comes to other decisions: exit code 1."""
    watch = flight_module("fsw.station.hatches").HatchWatch
    monkeypatch.setattr(watch, "_look", lambda self, hatch: False)
    assert run(["replay", str(recording), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert {one["outcome"] for one in found["comparisons"]} >= {"only the board", "only the replay"}


def test_a_table_for_people(recording, capsys):
    assert run(["replay", str(recording.parent)]) == 0
    said = capsys.readouterr().out
    assert "hatch_failed" in said
    assert "0 of them different" in said


def test_what_is_no_recording_is_told(tmp_path, capsys):
    (tmp_path / "run.mcap").write_bytes(b"nothing")
    assert run(["replay", str(tmp_path)]) == 3
    assert "run.mcap" in capsys.readouterr().err
