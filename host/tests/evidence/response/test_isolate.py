"""An isolation leaves its folder however it ends."""

from __future__ import annotations

import json
from contextlib import contextmanager

import pytest

from hatchwatch.errors import Aborted, HatchwatchError, UsageError
from hatchwatch.evidence.response.isolate import checked_leaks, run_isolation
from hatchwatch.evidence.response.session import Surroundings
from hatchwatch.methods.isolation import IsolationSettings


class Nobody:
    def show(self, log) -> None:
        pass

    def approve(self, step) -> bool:
        return False


@pytest.fixture
def bench(scripted_bench, say, tmp_path, monkeypatch):
    """A board that finds PrK and shuts it off, opened in place of an emulated one."""

    def course(now_s):
        found = {"kind": "module", "first": 1, "second": 255, "doubt_ppm": 9, "leak_npa_m3_s": 580_000}
        step = {"purpose": "reopen", "reason": "rest_healthy", "shut": 0b11}
        return [
            say(now_s + 30.0, "leak_found", **found),
            say(now_s + 40.0, "leak_isolated", modules=0b10, hatches=0b11),
            say(now_s + 70.0, "rest_measured", solid=1, modules=0b111101, bound_npa_m3_s=40_000),
            say(now_s + 70.1, "response_step", phase="done", **step),
        ]

    image = tmp_path / "image.uf2"
    image.write_bytes(b"image")
    made = scripted_bench({"locate": course})
    made.emulate(image)

    @contextmanager
    def opened(_bench, _port, *, on_packet, **_):
        made.on_packet = on_packet
        yield made

    monkeypatch.setattr("hatchwatch.evidence.response.session.open_bench", opened)
    return made


def isolate(tmp_path, **options):
    where = Surroundings("station6", "isolation", out=tmp_path / "out")
    return run_isolation(where, IsolationSettings(), Nobody(), **options)


def told(tmp_path):
    return json.loads((tmp_path / "out" / "isolation.json").read_text("utf-8"))


def test_a_leak_is_planted_found_and_written_down(bench, tmp_path):
    run = isolate(tmp_path, leaks_pa_m3_s={"prk": 6e-4})
    assert bench.plant.truth(bench.board_time_s)["modules"]["PrK"]["leak_pa_m3_s"] == 6e-4
    document = told(tmp_path)
    assert (document["outcome"], document["exit_code"], run.document.exit_code) == ("solid", 0, 0)
    assert document["identity"]["emulation"]["planted_pa_m3_s"] == {"PrK": 6e-4}
    assert document["happenings"][0]["text"].startswith("planted in PrK")
    assert document["story"] is None
    (found,) = document["found"]
    now = bench.plant.truth(bench.board_time_s)
    gauge_pa = now["modules"]["PrK"]["pressure_pa"] - now["ambient_pa"]
    assert found["truth_pa_m3_s"] == pytest.approx(6e-4 * gauge_pa / 8000.0, rel=0.02)
    assert document["rest"]["truth_pa_m3_s"] > 0.0
    assert "PrK is shut off" in document["summary"]
    assert "SOLID" in (tmp_path / "out" / "report.html").read_text("utf-8")


def test_ctrl_c_leaves_a_document_and_a_safe_bench(bench, tmp_path):
    bench.interrupt_at_s = 45.0
    with pytest.raises(Aborted) as caught:
        isolate(tmp_path)
    assert caught.value.result == tmp_path / "out" / "isolation.json"
    assert caught.value.report == tmp_path / "out" / "report.html"
    document = told(tmp_path)
    assert (document["outcome"], document["exit_code"]) == ("aborted", 130)
    assert [found["parts"] for found in document["found"]] == [["PrK"]]
    assert [name for name, _ in bench.commands][-3:] == ["stop_response", "safe", "set_parameters"]


def test_what_nobody_foresaw_leaves_a_document_too(bench, tmp_path):
    def break_down(_bench):
        raise ZeroDivisionError("oh")

    with pytest.raises(HatchwatchError, match="ZeroDivisionError"):
        isolate(tmp_path, on_open=break_down)
    assert told(tmp_path)["outcome"] == "blocked"
    assert (tmp_path / "out" / "report.html").is_file()


def test_leaks_are_planted_in_emulated_modules_only():
    with pytest.raises(UsageError, match="emulated"):
        checked_leaks(Surroundings("station6", "isolation", port="/dev/null"), {"PrK": 1e-4})
    with pytest.raises(UsageError, match="Mir"):
        checked_leaks(Surroundings("station6", "isolation"), {"Mir": 1e-4})
