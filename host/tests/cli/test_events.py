"""The log of events read back, each with the key of its moment."""

from __future__ import annotations

import json

from hatchwatch.cli.main import run


def test_the_log_begins_with_the_start_of_the_firmware(port, capsys):
    assert run(["events", "pair", "--port", port, "--json"]) == 0
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (first["boot_count"], first["name"], first["severity"]) == (1, "started", "info")
    assert first["text"] == "firmware started after power_on; bench file valid"


def test_only_the_newest(port, capsys):
    assert run(["events", "pair", "--port", port, "--json", "--newest", "1"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_live_events_bear_the_same_key(port, running_board, capsys):
    running_board.side.fault("silence", "right")
    try:
        assert run(["events", "pair", "--port", port, "--follow", "--duration", "1.5"]) == 0
    finally:
        running_board.side.clear("silence", "right")
    live = [line for line in capsys.readouterr().out.splitlines() if "sensor of right" in line]
    assert run(["events", "pair", "--port", port, "--newest", "4"]) == 0
    logged = capsys.readouterr().out.splitlines()
    assert live
    assert live[0] in logged
