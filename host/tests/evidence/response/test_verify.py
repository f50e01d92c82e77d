"""A verification leaves the same kind of folder as an isolation."""

from __future__ import annotations

import json
from contextlib import contextmanager

import pytest

from hatchwatch.errors import UsageError
from hatchwatch.evidence.response.session import Surroundings
from hatchwatch.evidence.response.verify import checked_module, run_verification


class Nobody:
    def show(self, log) -> None:
        pass

    def approve(self, step) -> bool:
        return False


def test_document_and_page_tell_of_the_repair(scripted_bench, say, tmp_path, monkeypatch):
    def course(now_s):
        step = {"purpose": "verify", "reason": "command", "shut": 0b11}
        leaks = {"before_npa_m3_s": 600_000, "after_npa_m3_s": 700_000}
        return [
            say(now_s + 60.0, "repair_verified", repair="worse", **leaks),
            say(now_s + 60.1, "response_step", phase="done", **step),
        ]

    bench = scripted_bench({"verify_repair": course})

    @contextmanager
    def opened(_bench, _port, *, on_packet, **_):
        bench.on_packet = on_packet
        yield bench

    monkeypatch.setattr("hatchwatch.evidence.response.session.open_bench", opened)
    where = Surroundings("station6", "verification", port="/dev/null", out=tmp_path / "out")
    run = run_verification(where, "prk", Nobody())
    document = json.loads((tmp_path / "out" / "verification.json").read_text("utf-8"))
    assert (document["outcome"], document["exit_code"]) == ("not repaired", 1)
    assert (document["verified"], document["repairs"][0]["repair"]) == ("PrK", "worse")
    assert run.document.summary == ("The last repair made it worse: 600 µPa·m³/s before, 700 µPa·m³/s after.")
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "Repair of PrK, verified" in page
    assert "verification.json" in page


def test_a_module_that_is_none_is_told_at_once():
    assert checked_module("station6", "unity") == "Unity"
    with pytest.raises(UsageError, match="Mir"):
        checked_module("station6", "Mir")
