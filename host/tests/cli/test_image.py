from __future__ import annotations

from typing import TYPE_CHECKING

from hatchwatch.cli.main import run
from hatchwatch.image import ENVIRONMENT_NAME, ensure_image, identify

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_path_and_the_identity_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["image"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == str(ensure_image())
    assert identify(ensure_image()).sha256 in lines[1]


def test_an_image_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(ENVIRONMENT_NAME, str(tmp_path / "none.uf2"))
    assert run(["image"]) == 3
    said = capsys.readouterr().err
    assert "can't be read" in said
    assert f"at fault: the environment variable {ENVIRONMENT_NAME}" in said
