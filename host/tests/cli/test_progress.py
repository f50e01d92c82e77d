from __future__ import annotations

from typing import TYPE_CHECKING

from hatchwatch.cli.progress import progress_line

if TYPE_CHECKING:
    import pytest


def test_a_log_gets_one_line_per_step(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_line() as progress:
        for done in range(3):
            progress("writing", done, 3)
        progress("verifying", 0, None)
    said = capsys.readouterr()
    assert said.err == "writing ...\nverifying ...\n"
    assert said.out == ""
