"""A story from its file to its folder, with a board that says what a script tells."""

from __future__ import annotations

import json
from contextlib import contextmanager

import pytest

from hatchwatch.errors import Aborted, UsageError
from hatchwatch.evidence.recording import read_recording
from hatchwatch.stories.run import play_story

STORY = """
title = "A leak"
text = "It leaked."
scale = "None."
parameters = { response_mode = 2 }
never = ["sensor_drifts"]
truth = ["rest"]
[short]
limit_s = 300
pace = 0.1
parameters = { settle_s = 20 }
[full]
limit_s = 900
[[happenings]]
at_s = 300
text = "a crack opens"
leak = { module = "PrK", pa_m3_s = 6e-4 }
[[happenings]]
after = "leak_found"
delay_s = 50
command = { name = "verify_repair", fields = { module = "PrK" } }
[[expect]]
event = "leak_alarm"
within_s = 30
[[expect]]
event = "leak_found"
fields = { first = "PrK" }
[[expect]]
event = "rest_measured"
fields = { solid = 1 }
"""


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "leak.toml"
    made.write_text(STORY, "utf-8")
    return made


@pytest.fixture
def bench(scripted_bench, say, tmp_path, monkeypatch):
    """Opened in place of an emulated one. The story begins at 10 s, its leak comes at 40 s."""
    image = tmp_path / "image.uf2"
    image.write_bytes(b"image")
    made = scripted_bench()
    made.emulate(image)
    found = {"kind": "module", "first": 1, "second": 255, "doubt_ppm": 9, "leak_npa_m3_s": 580_000}
    rest = {"solid": 1, "modules": 0b111101, "bound_npa_m3_s": 9_000_000}
    made.later(
        say(50.0, "leak_alarm", modules=0b111111, leak_npa_m3_s=600_000, reserve_s=3000),
        say(90.0, "leak_found", **found),
        say(150.0, "rest_measured", **rest),
        say(150.1, "response_step", purpose="reopen", phase="done", reason="rest_healthy", shut=0b11),
    )

    @contextmanager
    def opened(_bench, _port, *, on_packet, **_):
        made.on_packet = on_packet
        yield made

    monkeypatch.setattr("hatchwatch.evidence.response.session.open_bench", opened)
    return made


def play(path, tmp_path, **options):
    return play_story(path, "short", out=tmp_path / "out", **options)


def test_a_story_that_comes_out_leaves_its_folder(path, bench, tmp_path):
    run = play(path, tmp_path)
    told = json.loads((tmp_path / "out" / "story.json").read_text("utf-8"))
    assert (told["exit_code"], told["outcome"], run.document.exit_code) == (0, "solid", 0)
    assert [check["ok"] for check in told["story"]["checks"]] == [True] * 5
    assert told["parameters"] == {"ambient_pa": 101_300, "response_mode": 2, "settle_s": 20}
    assert [(one["time_s"], one["text"]) for one in told["happenings"]] == [
        (pytest.approx(40.0), "a crack opens"),
        (pytest.approx(95.0), "command: name verify_repair, fields {'module': 'PrK'}"),
    ]
    recording = read_recording(tmp_path / "out" / "run.mcap")
    assert recording.complete
    assert "leak.toml" in recording.attachments
    assert "A leak" in (tmp_path / "out" / "report.html").read_text("utf-8")


def test_what_is_done_reaches_bench_and_board_in_order(path, bench, tmp_path):
    play(path, tmp_path)
    assert bench.plant.truth(39.0)["modules"]["PrK"]["leak_pa_m3_s"] == 0.0
    assert bench.plant.truth(41.0)["modules"]["PrK"]["leak_pa_m3_s"] == 6e-4
    names = [name for name, _ in bench.commands]
    assert names.index("safe") < names.index("set_parameters") < names.index("verify_repair")


def test_the_rest_is_compared_with_the_plant(path, bench, tmp_path):
    """With its hatches open the proved rest feeds PrK: its loss is the share that its volume has."""
    run = play(path, tmp_path)
    rest = run.document.rest
    assert rest is not None
    assert rest.truth_pa_m3_s == pytest.approx(6e-4 * 7_675.0 / 8_000.0 * 4.0 / 4.5, rel=0.03)
    assert rest.truth_pa_m3_s < rest.bound_pa_m3_s


def test_a_bound_below_the_truth_is_a_failure(path, bench, say, tmp_path):
    rest = {"solid": 1, "modules": 0b111101, "bound_npa_m3_s": 100_000}
    bench.coming = [packet for packet in bench.coming if packet.board_time_s != 150.0]
    bench.later(say(149.5, "rest_measured", **rest))
    run = play(path, tmp_path)
    assert run.document.exit_code == 1
    (failed,) = [check for check in run.document.story.checks if not check.ok]
    assert "the rest loses at most" in failed.expected


def test_an_alarm_that_does_not_come_ends_the_story_early(path, bench, tmp_path):
    bench.coming = []
    run = play(path, tmp_path)
    assert run.document.exit_code == 1
    assert bench.board_time_s == pytest.approx(73.0, abs=3.0)
    assert run.document.story.checks[0].came == "nothing within 30 s"


def test_ctrl_c_leaves_what_was_recorded(path, bench, tmp_path):
    bench.interrupt_at_s = 60.0
    with pytest.raises(Aborted):
        play(path, tmp_path)
    told = json.loads((tmp_path / "out" / "story.json").read_text("utf-8"))
    assert told["outcome"] == "aborted"
    assert [event["name"] for event in told["events"]] == ["leak_alarm"]
    assert (tmp_path / "out" / "report.html").is_file()


def test_a_folder_with_a_run_is_never_written_over(path, bench, tmp_path):
    play(path, tmp_path)
    with pytest.raises(UsageError, match=r"story\.json"):
        play(path, tmp_path)


def test_every_step_is_shown(path, bench, tmp_path):
    seen_s = []
    play(path, tmp_path, on_step=lambda bench, log: seen_s.append(bench.board_time_s))
    assert seen_s == sorted(seen_s)
    assert len(seen_s) > 200
