"""In lockstep the same seed gives the same result, byte for byte, apart from wall times."""

import json

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


def test_same_seed_same_result(tmp_path, board_seconds):
    assert result_of(tmp_path / "a", 5, board_seconds) == result_of(tmp_path / "b", 5, board_seconds)
