"""Arguments that are sets: typed with commas or spaces, found whatever their case."""

from __future__ import annotations

import pytest

from hatchwatch.cli.main import run
from hatchwatch.link.dictionary import dictionary

STATION6 = ["Progress", "PrK", "Zvezda", "Zarya", "Unity", "Destiny"]


@pytest.fixture
def sent(monkeypatch):
    """The data of the command that `hatchwatch command station6 set-crew` would send."""
    packed = []

    def stop_before_opening(_bench, made, *_):
        packed.append(made.data)
        raise KeyboardInterrupt

    monkeypatch.setattr("hatchwatch.cli.command._send", stop_before_opening)

    def run_it(*words: str) -> bytes:
        assert run(["command", "station6", "set-crew", *words]) == 130
        (data,) = packed
        return data

    return run_it


@pytest.mark.parametrize(
    ("words", "bits"),
    [
        (("--occupied", "PrK,Zvezda"), 0b110),
        (("--occupied", "prk", "ZVEZDA"), 0b110),
        (("--occupied", "Destiny", "--occupied", "Progress"), 0b100001),
        (("--occupied", "PrK,", "PrK"), 0b10),
        (("--occupied", ""), 0),
        (("--occupied",), 0),
    ],
)
def test_a_set_is_typed_as_names(words, bits, sent):
    assert sent(*words)[1:] == bits.to_bytes(2, "big")


def test_a_wrong_name_in_a_set_is_told_with_the_right_ones(capsys):
    assert run(["command", "station6", "set-crew", "--occupied", "Zvezda,PrKK"]) == 64
    said = " ".join(capsys.readouterr().err.split())
    assert "PrKK" in said
    assert "Did you mean PrK?" in said


def test_help_names_what_may_be_in_the_set(capsys):
    assert run(["command", "station6", "set-crew", "--help"]) == 0
    said = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert all(name in said for name in STATION6)
    assert dictionary().commands["set_crew"].meaning[1:40] in said
