"""The safe state comes with any dictionary, and without a bench file."""

from __future__ import annotations

import dataclasses

import pytest

from hatchwatch.bench import open_bench
from hatchwatch.cli.main import run
from hatchwatch.link.dictionary import dictionary


def injector_positions(port, capsys) -> str:
    assert run(["command", "pair", "report-once", "--structures", "housekeeping", "--port", port]) == 0
    return next(line for line in capsys.readouterr().out.splitlines() if "injectors" in line)


@pytest.fixture
def another_version(monkeypatch):
    """A host whose dictionary has nothing in common with the board's but what is fixed."""
    known = dictionary()
    stranger = dataclasses.replace(
        known,
        hash=known.hash ^ 1,
        telemetry_by_type={(17, 129, None): known.telemetry["identity"]},
        telemetry={"identity": known.telemetry["identity"]},
        events={},
        codes={},
        commands={name: known.commands[name] for name in ("ping", "identify", "safe")},
    )
    for module in ("codec", "commands", "handshake", "packets"):
        monkeypatch.setattr(f"hatchwatch.link.{module}.dictionary", lambda: stranger)


@pytest.mark.swe134("l")
def test_a_board_of_another_version_is_made_safe_and_no_more(port, another_version, capsys):
    assert run(["safe", "--port", port]) == 0
    assert "safe state" in capsys.readouterr().out
    assert run(["watch", "pair", "--port", port, "--duration", "1"]) == 3
    assert "another version" in capsys.readouterr().err


def test_injectors_are_shut_by_it(port, capsys):
    assert (
        run(["command", "pair", "move-injector", "--injector", "left", "--position", "open", "--port", port])
        == 0
    )
    assert run(["safe", "--port", port]) == 0
    capsys.readouterr()
    assert "open" not in injector_positions(port, capsys)


def test_somebody_must_say_which_board(capsys):
    assert run(["safe"]) == 64
    assert "--port" in capsys.readouterr().err


def test_a_port_in_use_is_told(running_board, capsys):
    """Two hosts on one port: the second one is told so, the first one goes on."""
    with open_bench("pair", running_board.serial_url) as first:
        assert run(["safe", "--port", running_board.serial_url]) == 3
        assert "in use" in capsys.readouterr().err
        assert len(first.collect(0.5)) >= 5
