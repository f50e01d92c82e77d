"""In lockstep the same seed gives the same result, byte for byte, apart from wall times."""

import hashlib
import json

import pytest

from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.deploy.files import board_files
from hatchwatch.evidence.recording import read_recording
from hatchwatch.evidence.session import RunOptions, run_decay
from hatchwatch.methods.procedure import DecaySettings

LEAKS = {"left": 3e-4}


def result_of(folder, seed, board_seconds):
    settings = DecaySettings(duration_s=10.0)
    run = run_decay(RunOptions("pair", settings, seed=seed, leaks_pa_m3_s=LEAKS, out=folder))
    board_seconds(run.document.phases[-1].end_s)
    data = json.loads((folder / "result.json").read_text("utf-8"))
    del data["session"]
    return data


@pytest.fixture(scope="module")
def runs(tmp_path_factory, board_seconds):
    """Two runs with the same seed: folder and result of each."""
    folders = [tmp_path_factory.mktemp(name) for name in "ab"]
    return [(folder, result_of(folder, 5, board_seconds)) for folder in folders]


def test_same_seed_same_result(runs):
    (_, first), (_, second) = runs
    assert first == second


def test_the_result_says_which_files_were_on_the_board(runs):
    folder, found = runs[0]
    manifest = board_files(load_bench_file(find_bench_file("pair")))["manifest.json"]
    assert found["identity"]["firmware"]["manifest_sha256"] == hashlib.sha256(manifest).hexdigest()
    assert read_recording(folder / "run.mcap").attachments["manifest.json"] == manifest
