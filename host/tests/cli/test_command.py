"""Typed commands: wrong ones are refused before anything opens, right ones are followed to their end."""

from __future__ import annotations

import json

import pytest

from hatchwatch.cli.main import run
from hatchwatch.link.dictionary import dictionary


@pytest.fixture
def told(port, capsys):
    """Run a command on the running board; its exit code and its JSON."""

    def run_it(*words: str):
        code = run(["command", "pair", *words, "--port", port, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run_it


def test_a_bench_offers_every_command_of_the_dictionary(capsys):
    assert run(["command", "pair"]) == 0
    said = capsys.readouterr().out
    for name in dictionary().commands:
        assert f" {name.replace('_', '-')} " in said


def test_help_shows_the_names_of_the_bench(capsys):
    assert run(["command", "station6", "move-hatch", "--help"]) == 0
    said = capsys.readouterr().out
    assert "PrK-Zvezda" in said
    assert "open, shut" in said


def test_a_bench_without_injectors_moves_none(capsys):
    assert run(["command", "single", "move-hatch", "--help"]) == 64
    assert 'Unknown command "move-hatch"' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("station6 move-hatch --hatch PrK-Zvzda --position shut", "Did you mean PrK-Zvezda"),
        ("station6 move-hatch --hatch PrK-Zvezda --position ajar", "Choose from open, shut"),
        ("station6 move-hatch --hatch PrK-Zvezda", "--position"),
        ("station6 mve-hatch", "move-hatch"),
        ("pair readings-start --interval-ms 70000", "65535"),
        ("pair readings-start --interval-ms often", "often"),
        ("pair set-parameters --parameters hatch_retris=2", "Did you mean hatch_retries"),
        ("pair set-parameters --parameters hatch_retries=7", "0 to 3"),
        ("pair set-interval --structures readings", "readings=NUMBER"),
        ("pair disable-events --events hatch_arived", "hatch_arrived"),
        ("pair echo --data " + 300 * "x", "256 fit"),
        ("nowhere ping", "pair, single, station6"),
    ],
)
def test_what_is_wrong_is_told_before_anything_opens(words, hint, capsys, monkeypatch):
    monkeypatch.setattr("hatchwatch.cli.command.open_bench", None)
    assert run(["command", *words.split()]) == 64
    assert hint in " ".join(capsys.readouterr().err.replace("│", " ").split())


def test_a_move_is_followed_to_its_end(told):
    code, said = told("move-hatch", "--hatch", "DOOR", "--position", "shut")
    assert code == 0
    stages = [packet["stage"] for packet in said["packets"] if packet["kind"] == "verification"]
    assert stages == ["accepted", "completed"]
    arrived = next(packet for packet in said["packets"] if packet.get("name") == "hatch_arrived")
    assert arrived["text"].startswith("hatch door is shut")


def test_answers_are_shown_with_the_names_of_the_bench(told):
    code, said = told("identify")
    assert code == 0
    (identity,) = (packet for packet in said["packets"] if packet["kind"] == "identity")
    assert identity["bench_name"] == "pair"
    code, said = told("report-once", "--structures", "housekeeping", "readings")
    assert code == 0
    assert {"housekeeping", "readings"} <= {packet["kind"] for packet in said["packets"]}


def test_bytes_come_back(told):
    code, said = told("echo", "--data", "hello")
    assert code == 0
    assert b"hello".hex(" ") in [packet.get("data") for packet in said["packets"]]


def test_a_refusal_is_shown_with_its_reason(told):
    """The board takes intervals up to 60 s; the type alone would allow more."""
    code, said = told("readings-start", "--interval-ms", "65000")
    assert code == 3
    (refused,) = said["packets"]
    assert (refused["stage"], refused["code"], refused["detail"]) == ("refused", 7, 65000)


def test_for_people_a_line_for_each_packet(port, capsys):
    assert run(["command", "pair", "ping", "--port", port]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" s  ")[1] for line in lines] == ["accepted", "pong", "completed"]
