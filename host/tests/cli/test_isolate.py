"""`hatchwatch isolate` and `hatchwatch demo --story`: what is typed, shown, asked and returned."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace

import pytest
from rich.console import Console

from hatchwatch.bench.response import ResponseLog, Told
from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.cli.main import run
from hatchwatch.cli.response_view import ResponseView
from hatchwatch.errors import Aborted
from hatchwatch.evidence.response.document import Check
from hatchwatch.methods.isolation import IsolationSettings

STATION = load_bench_file(find_bench_file("station6"))
ALARM = {
    "modules": 0b111111,
    "time_s": 105,
    "onset_s": 99,
    "onset_low_s": 96,
    "onset_high_s": 101,
    "slope_upa_s": -134_000,
    "slope_low_upa_s": -140_000,
    "slope_high_upa_s": -128_000,
    "leak_npa_m3_s": 600_000,
    "leak_low_npa_m3_s": 570_000,
    "leak_high_npa_m3_s": 630_000,
    "reserve_linear_s": 19_800,
    "reserve_s": 24_500,
    "reserve_safe_s": 18_900,
}


@pytest.fixture
def log(say, scripted_bench):
    """PrK was found, and is being shut off."""
    guess = {"first": 1, "second": 255, "leak_npa_m3_s": 600_000, "uncertainty_npa_m3_s": 3_000}
    status = {"response_mode": 2, "purpose": "isolate", "phase": "move", "reason": "found", "seconds": 4}
    made = ResponseLog(STATION.part_names)
    made.take(
        [
            say(105.3, "alarm", **ALARM),
            say(141.0, "leak_found", kind="module", first=1, second=255, doubt_ppm=9, leak_npa_m3_s=600_000),
            say(141.0, "hatch_moving", hatch=1, position="shut"),
            say(
                142.0,
                "response",
                **status,
                shut=0b11,
                occupied=0,
                isolated=0,
                gas=[],
                hypotheses=[
                    {**guess, "kind": "module", "probability_ppm": 999_991},
                    {**guess, "kind": "module_and_hatch", "second": 1, "probability_ppm": 9},
                ],
            ),
        ]
    )
    made.positions = dict(
        zip(STATION.part_names["hatch"], ("shut", "moving", "open", "open", "open"), strict=True)
    )
    return made


def console(*, terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=120, color_system=None, highlight=False)


def test_the_picture_holds_station_alarm_plan_suspects_and_events(log):
    out = console(terminal=False)
    out.print(ResponseView(STATION, out=out).picture(log))
    drawn = out.file.getvalue()
    assert "LEAKS" in drawn
    assert "ALARM at 105 s: 600 µPa·m³/s (570 µPa·m³/s … 630 µPa·m³/s), began at 99 s (96 … 101)" in drawn
    assert "reserve 315.0 min" in drawn
    assert "isolate: move 4 s, because found; hatches to be shut: Progress-PrK and PrK-Zvezda" in drawn
    assert " 99.999% " in drawn
    assert "PrK, fed through hatch PrK-Zvezda" in drawn
    assert "FOUND: module PrK" in drawn
    assert "is moving" not in drawn


def test_doors_show_where_the_hatches_are(log):
    out = console(terminal=False)
    out.print(ResponseView(STATION, out=out).picture(log))
    (doors,) = (line for line in out.file.getvalue().splitlines() if "├" in line)
    assert [part[2] for part in doors.split("├")[1:]] == ["╫", "~", "─", "─", "─"]


def test_in_a_log_each_event_is_one_line_once(log):
    out = console(terminal=False)
    with ResponseView(STATION, out=out) as view:
        view.show(log)
        view.show(log)
    (line,) = out.file.getvalue().splitlines()
    assert line.startswith("   141.0 s  FOUND: module PrK")


@pytest.mark.parametrize(
    ("answer", "approved"), [("\n", True), ("y\n", True), ("n\n", False), ("", False), ("what?\n", False)]
)
def test_only_enter_or_yes_makes_a_proposed_step(answer, approved):
    out = console(terminal=False)
    step = Told(
        1.0, "step_proposed", "medium", {"purpose": "locate", "reason": "own_ship", "shut": ["h"]}, ""
    )
    assert ResponseView(STATION, out=out, read_answer=lambda: answer).approve(step) is approved
    assert "to locate, because own ship: hatches shut h." in " ".join(out.file.getvalue().split())


def test_after_a_question_the_picture_is_drawn_anew_below_it(log):
    """What was drawn before the question stays whole: nothing moves the cursor up into it."""
    out = console(terminal=True)
    step = Told(1.0, "step_proposed", "medium", {"purpose": "locate", "reason": "r", "shut": ["h"]}, "")
    with ResponseView(STATION, out=out, read_answer=lambda: "\n") as view:
        view.show(log)
        view.approve(step)
        before = len(out.file.getvalue())
        view.show(log)
        drawn = out.file.getvalue()[before:]
    assert "LEAKS" in drawn
    assert "\x1b[1A" not in drawn.split("LEAKS")[0]


def test_a_search_by_command_is_called_so_until_there_is_an_alarm(log, say):
    log.alarm = None
    log.events[:0] = ResponseLog(STATION.part_names).take(
        [say(100.0, "response_step", purpose="locate", phase="measure", reason="command", shut=0)]
    )
    out = console(terminal=False)
    out.print(ResponseView(STATION, out=out).picture(log))
    assert "search commanded" in out.file.getvalue()
    assert "no alarm" not in out.file.getvalue()


def test_in_the_end_no_hatch_is_to_be_shut_any_more(log, say):
    log.take([say(200.0, "response_step", purpose="reopen", phase="done", reason="rest_healthy", shut=0b11)])
    out = console(terminal=False)
    out.print(ResponseView(STATION, out=out).picture(log))
    drawn = out.file.getvalue()
    assert "to be shut" not in drawn
    assert "done, because rest healthy; hatches shut: Progress-PrK" in drawn


@pytest.fixture
def asked(monkeypatch):
    """What `hatchwatch isolate` would have the bench do; nothing is opened."""
    calls = []

    def stub(where, settings, watcher, *, leaks_pa_m3_s, operator):
        calls.append((where, settings, dict(leaks_pa_m3_s)))
        document = SimpleNamespace(exit_code=1, story=None, summary="It is so.", warnings=["mind the gap"])
        return SimpleNamespace(document=document, folder=SimpleNamespace(report_path="runs/x/report.html"))

    monkeypatch.setattr("hatchwatch.cli.isolate.run_isolation", stub)
    monkeypatch.setattr("hatchwatch.cli.isolate.obtain_image", lambda port: None)
    return calls


def test_options_become_settings_and_the_exit_code_is_the_documents(asked, capsys):
    words = (
        "isolate station6 --mode advise --strategy outwards --leak prk=2e-4 --leak Unity=1e-3 --wait --seed 7"
    )
    assert run(words.split()) == 1
    ((where, settings, leaks),) = asked
    assert settings == IsolationSettings("advise", "outwards", wait=True)
    assert (where.bench, where.seed, where.kind) == ("station6", 7, "isolation")
    assert leaks == {"PrK": 2e-4, "Unity": 1e-3}
    said = capsys.readouterr().out.splitlines()
    assert said == ["It is so.", "note: mind the gap", "report: runs/x/report.html"]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("isolate station6 --leak PrKK=1e-4", "Did you mean PrK"),
        ("isolate station6 --leak PrK=1e-3 --leak prk=2e-3", "given twice for prk"),
        ("isolate station6 --leak PrK", "NAME=RATE"),
        ("isolate station6 --leak PrK=1e-4 --port /dev/null", "--port or --leak"),
        ("isolate station6 --mode off", "advise"),
        ("isolate nowhere", "station6"),
        ("demo --story zvezdaa", "Did you mean zvezda?"),
        ("demo --full", "--story"),
    ],
)
def test_what_is_wrong_is_told_before_anything_opens(words, hint, asked, capsys):
    assert run(words.split()) == 64
    assert hint in " ".join(capsys.readouterr().err.replace("│", " ").split())
    assert asked == []


def test_ctrl_c_ends_with_130(monkeypatch, asked, capsys):
    def stopped(*_, **__):
        raise Aborted("The response was stopped by Ctrl-C.")

    monkeypatch.setattr("hatchwatch.cli.isolate.run_isolation", stopped)
    assert run(["isolate", "station6"]) == 130
    assert "stopped by Ctrl-C" in capsys.readouterr().err


@pytest.mark.parametrize("as_json", [False, True])
def test_a_run_that_is_stopped_says_where_it_is(as_json, monkeypatch, asked, capsys, tmp_path):
    (tmp_path / "isolation.json").write_text('{"outcome": "aborted"}\n')

    def stopped(*_, **__):
        error = Aborted("The response was stopped by Ctrl-C.")
        error.result, error.report = tmp_path / "isolation.json", tmp_path / "report.html"
        raise error

    monkeypatch.setattr("hatchwatch.cli.isolate.run_isolation", stopped)
    assert run(["isolate", "station6", *(["--json"] if as_json else [])]) == 130
    said = capsys.readouterr()
    assert f"report: {tmp_path / 'report.html'}" in said.err
    assert said.out == ('{"outcome": "aborted"}\n' if as_json else "")


@pytest.mark.parametrize(
    "words", ["isolate station6", "verify station6 PrK", "demo --story zvezda", "demo", "test decay station6"]
)
def test_a_folder_with_a_run_is_refused_before_anything_starts(words, asked, monkeypatch, capsys, tmp_path):
    (tmp_path / "story.json").write_text("{}")
    for command in ("verify", "demo", "test"):
        monkeypatch.setattr(f"hatchwatch.cli.{command}.obtain_image", lambda *_: pytest.fail("too late"))
    assert run([*words.split(), "--out", str(tmp_path)]) == 64
    assert "holds an earlier run (story.json)" in capsys.readouterr().err
    assert asked == []


def test_the_stories_are_listed_for_programs_too(capsys):
    assert run(["demo", "--story", "list", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"name": "zvezda", "title": "The leak in the transfer chamber"} in told
    assert len(told) == 8


def test_the_stories_are_listed_with_their_titles(capsys):
    assert run(["demo", "--story", "list"]) == 0
    said = capsys.readouterr().out
    assert "zvezda            The leak in the transfer chamber" in said
    assert len(said.splitlines()) == 8


def test_a_story_is_played_in_its_short_form_and_its_checks_are_printed(monkeypatch, capsys):
    played = []

    def play(path, form, **options):
        played.append((path.stem, form, options["seed"]))
        checks = [
            Check(expected="leak_found with first PrK", came="it came", time_s=1.0, ok=True),
            Check(expected="no leak_alarm", came="one came", time_s=2.0, ok=False),
        ]
        story = SimpleNamespace(checks=checks)
        document = SimpleNamespace(exit_code=1, story=story, summary="So it was.", warnings=[])
        return SimpleNamespace(document=document, folder=SimpleNamespace(report_path="report.html"))

    monkeypatch.setattr("hatchwatch.cli.demo.play_story", play)
    monkeypatch.setattr("hatchwatch.cli.demo.obtain_image", lambda: None)
    assert run(["demo", "--story", "zvezda"]) == 1
    assert run(["demo", "--story", "zvezda", "--full", "--seed", "3"]) == 1
    assert played == [("zvezda", "short", None), ("zvezda", "full", 3)]
    said = capsys.readouterr().out.splitlines()
    assert said[:3] == ["✔ leak_found with first PrK  it came", "✖ no leak_alarm  one came", "So it was."]
