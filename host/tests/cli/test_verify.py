"""`hatchwatch verify`: what is typed and returned."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from hatchwatch.cli.main import run


@pytest.fixture
def asked(monkeypatch):
    calls = []

    def stub(where, module, watcher):
        calls.append((where, module))
        document = SimpleNamespace(exit_code=1, story=None, summary="It is worse.", warnings=[])
        return SimpleNamespace(document=document, folder=SimpleNamespace(report_path="runs/x/report.html"))

    monkeypatch.setattr("hatchwatch.cli.verify.run_verification", stub)
    monkeypatch.setattr("hatchwatch.cli.verify.obtain_image", lambda port: None)
    return calls


def test_the_exit_code_is_that_of_the_document(asked, capsys):
    assert run(["verify", "station6", "prk", "--port", "/dev/null"]) == 1
    ((where, module),) = asked
    assert (where.kind, where.port, module) == ("verification", "/dev/null", "PrK")
    assert capsys.readouterr().out.splitlines() == ["It is worse.", "report: runs/x/report.html"]


def test_a_wrong_module_is_told_before_anything_opens(asked, capsys):
    assert run(["verify", "station6", "PrKK"]) == 64
    assert "Did you mean PrK" in capsys.readouterr().err
    assert asked == []
