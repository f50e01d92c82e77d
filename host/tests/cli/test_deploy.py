from __future__ import annotations

from typing import TYPE_CHECKING

from hatchwatch.cli.main import run

if TYPE_CHECKING:
    import pytest


def test_a_port_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["deploy", "pair", "--port", "/dev/hatchwatch-none"]) == 3
    said = capsys.readouterr().err
    assert "/dev/hatchwatch-none can't be opened" in said
    assert "next: " in said


def test_a_port_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["deploy", "pair"]) == 64
    assert "--port" in capsys.readouterr().err
