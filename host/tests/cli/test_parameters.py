"""Parameters by name: refused before sending, or acting at once."""

from __future__ import annotations

import json

import pytest

from hatchwatch.cli.main import run
from hatchwatch.link.dictionary import dictionary


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("get pair hatch_retris", "Did you mean hatch_retries"),
        ("set pair hatch_retries=4", "0 to 3"),
        ("set pair hatch_retries=-1", "0 to 3"),
        ("set pair hatch_retries=two", "whole numbers"),
        ("set pair hatch_retries=1.5", "whole numbers"),
        ("set pair hatch_retries", "NAME=VALUE"),
        ("set pair sensor_jump_pa=5", "10 to 100000 Pa"),
        ("set pair hatch_retries=1 hatch-retries=2", "set twice"),
        ("set pair", "requires an argument"),
    ],
)
def test_what_is_wrong_is_told_before_anything_opens(words, hint, capsys, monkeypatch):
    monkeypatch.setattr("hatchwatch.cli.parameters.open_bench", None)
    assert run(["parameters", *words.split()]) == 64
    assert hint in " ".join(capsys.readouterr().err.replace("│", " ").split())


def test_a_value_acts_is_saved_and_goes_back_to_its_default(port, capsys):
    def told(*words: str):
        assert run(["parameters", *words, "--port", port]) == 0
        return capsys.readouterr().out

    shown = json.loads(told("get", "pair", "--json"))
    defaults = {name: entry.default for name, entry in dictionary().parameters.items()}
    assert shown == {"values": defaults, "unsaved": 0}
    shown = json.loads(told("set", "pair", "hatch-retries=2", "arm_time_s=0x14", "--json"))
    assert shown == {"values": {"hatch_retries": 2, "arm_time_s": 20}, "unsaved": 2}
    assert "2 values in use are not saved" in told("get", "pair")
    assert "no, it is 10" in told("get", "pair", "arm_time_s")
    assert "All values in use are saved" in told("save", "pair")
    assert "2 values in use are not saved" in told("defaults", "pair")
    assert "All values in use are saved" in told("save", "pair")
