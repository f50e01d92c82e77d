"""The clocks of a bench in lockstep, where the truth is known: there is only one."""

from __future__ import annotations

import json

from hatchwatch.cli.main import run


def test_in_lockstep_host_and_board_have_one_clock(capsys):
    assert run(["clock", "single", "--requests", "4", "--duration", "2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["lockstep"] is True
    assert found["samples"] >= 4
    assert found["boot_count"] == 1
    assert found["offset_low_s"] <= 0.0 <= found["offset_high_s"]
    assert found["drift_low_ppm"] <= 0.0 <= found["drift_high_ppm"]
    assert found["shortest_round_trip_s"] <= 0.0501
