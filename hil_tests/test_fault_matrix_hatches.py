"""Faults of hatches x what must be told, how soon in board time, and what must go on meanwhile.

Every row is carried out twice: on the firmware as it is, and on one whose handling has the defects below;
there every row must fail.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from hatchwatch.bench import emulated as emulated_bench
from hatchwatch.deploy.compiling import compile_all
from hatchwatch.deploy.folding import NUMBERS, fold, integers
from hatchwatch.link.commands import command
from hatchwatch.link.packets import Event, Readings, Verification
from hatchwatch.payload import firmware_root

HATCH, OTHER = 0, 4  # indexes; the first joins modules 0 and 1, the other has nothing to do with them
TICK_S = 0.1
TRAVEL_S, CHECK_S = 0.5, 5.0
SLACK_S = 0.5  # the mark in flash, the queue, the turn of the loop: each costs one turn of 0.1 s at most
BY_TIME_S = TRAVEL_S + SLACK_S
FAILED_S = 2 * (TRAVEL_S + CHECK_S) + 2 * SLACK_S  # one retry
BOOT_S = 3.0


@dataclass(frozen=True)
class Row:
    """A move of the first hatch with a fault: what is told and by when, and how it ends."""

    name: str
    fault: tuple[str, str, dict[str, Any]]  # kind, target ("" for the hatch itself), what goes with it
    difference_pa: float
    told: tuple[tuple[str, float], ...]
    answer: str  # "completed", or the code of the failure
    position: str
    fields: dict[str, Any] = field(default_factory=dict)  # of the last event


MOVES = [
    Row(
        "stuck lever, and pressures that can tell",
        ("stick", "", {}),
        -3000.0,
        (("hatch_moving", SLACK_S), ("hatch_retry", FAILED_S / 2), ("hatch_failed", FAILED_S)),
        "hatch_failed",
        "failed",
    ),
    Row(
        "stuck lever, and nothing that could tell",
        ("stick", "", {}),
        0.0,
        (("hatch_moving", SLACK_S), ("hatch_arrived", BY_TIME_S)),
        "completed",
        "open",
        {"proof": "time"},
    ),
    Row(
        "slow servo: it gets half open, which is open",
        ("sag", "supply", {"rate": 0.3}),
        -3000.0,
        (("hatch_moving", SLACK_S), ("hatch_arrived", FAILED_S / 2)),
        "completed",
        "open",
        {"proof": "pressures"},
    ),
    Row(
        "supply that sags so far that servos hardly move",
        ("sag", "supply", {"rate": 1e-5}),
        -3000.0,
        (("hatch_moving", SLACK_S), ("hatch_retry", FAILED_S / 2), ("hatch_failed", FAILED_S)),
        "hatch_failed",
        "failed",
    ),
    Row(
        "lost sensor on one side: only time can tell",
        ("silence", "PrK", {}),
        -3000.0,
        (("hatch_moving", SLACK_S), ("hatch_arrived", BY_TIME_S)),
        "completed",
        "open",
        {"proof": "time"},
    ),
]


# --- what every row has in common ------------------------------------------------------------------------


def events(bench, since, *names):
    """(name, board time, fields) of the events since a place in the history, only of these names if any."""
    return [
        (packet.body.name, packet.board_time_s, packet.body.fields)
        for packet in bench.link.history.since(since)
        if isinstance(packet.body, Event) and (not names or packet.body.name in names)
    ]


def assert_the_rest_goes_on(bench, since, slips):
    """Readings of every turn, no slip."""
    times = [p.board_time_s for p in bench.link.history.since(since) if isinstance(p.body, Readings)]
    np.testing.assert_allclose(np.diff(times), TICK_S, atol=0.02)
    assert bench.housekeeping().slips == slips


def heal(bench):
    for fault in bench.truth()["devices"]["faults"]:
        bench.emulated.side.clear(fault["kind"], fault["target"])


def set_parameters(bench, **values):
    wishes = [{"parameter": name, "value": value} for name, value in values.items()]
    bench.link.execute(command("set_parameters", parameters=wishes))


def prepare(bench, difference_pa):
    """The hatch shut, with a difference across it or none, and everything healthy."""
    heal(bench)
    set_parameters(bench, event_rate=100)  # more moves in 10 s than an operator makes
    bench.wait(0.5)
    hatch = bench.file.hatches[HATCH]
    bench.move_hatch(hatch.name, "open")
    bench.wait(1.0)
    bench.move_hatch(hatch.name, "shut")
    if difference_pa:
        now_pa = bench.truth()["modules"][hatch.between[1]]["pressure_pa"]
        bench.emulated.side.fill(pressure_pa=now_pa + difference_pa, modules=[hatch.between[0]])
        bench.wait(0.5)


def carry_out(bench, row):
    prepare(bench, row.difference_pa)
    kind, target, value = row.fault
    bench.emulated.side.fault(kind, target or bench.file.hatches[HATCH].name, **value)
    bench.wait(0.5)
    slips, since, began_s = bench.housekeeping().slips, len(bench.link.history), bench.board_time_s
    sent = bench.link.send(command("move_hatch", hatch=HATCH, position="open"))
    other = bench.link.send(command("move_hatch", hatch=OTHER, position="shut"))

    def end(request):
        return bench.link.wait(
            lambda p: isinstance(p.body, Verification) and p.body.request_id == request and p.body.last,
            since=since,
            timeout_s=FAILED_S + 2.0,
            waiting_for="the end of the move",
        )

    ended = end(sent.request_id).body
    assert (ended.stage if ended.ok else ended.code_name) == row.answer
    names = tuple(name for name, _ in row.told)
    told = [each for each in events(bench, since) if each[2].get("hatch") == HATCH]
    ordered = [name for name, _, _ in told if name != "hatch_moving"]
    assert ordered == [name for name in names if name != "hatch_moving"]
    for name, within_s in row.told:
        seen_s = next(time_s for known, time_s, _ in told if known == name) - began_s
        assert seen_s <= within_s, f"{name} came after {seen_s:.2f} s"
    assert row.fields.items() <= told[-1][2].items()
    assert bench.housekeeping().hatches[HATCH] == row.position
    assert_the_rest_goes_on(bench, since, slips)
    other_ended = end(other.request_id)
    assert other_ended.body.ok
    assert other_ended.board_time_s - began_s < 2 * BY_TIME_S, "another hatch had to wait for this one"


def start_moving(bench, rest_s=0.0):
    prepare(bench, 0.0)
    bench.wait(rest_s)
    bench.link.send(command("move_hatch", hatch=HATCH, position="open"))
    bench.link.pump(0.35)


def cut_power(bench):
    bench.emulated.side.power(on=False)
    bench.link.pump(0.2)
    bench.emulated.side.power(on=True)
    bench.meet_again()


def pull_run(bench):
    bench.emulated.side.reset()
    bench.meet_again()


def after_restart(bench):
    """Where the hatch is, what the board says of it, and what it told since the start."""
    assert bench.board_time_s < BOOT_S
    bench.link.execute(command("leave_safe_mode"))  # which three such resets in a row lead to
    name = bench.file.hatches[HATCH].name
    before = bench.truth()["hatches"][name]["opening"]
    bench.wait(0.5)
    assert bench.truth()["hatches"][name]["opening"] == before, "nothing may move by itself"
    assert set(bench.housekeeping().hatches) == {"unknown"}
    return before, [name for name, _, _ in events(bench, 0)]


def check_power_cut_in_mid_move(bench):
    start_moving(bench, rest_s=2.5)  # so the mark of the move before is gone
    cut_power(bench)
    opening, told = after_restart(bench)
    assert 0.0 < opening < 1.0
    assert "sag_suspected" in told


def check_reset_in_mid_move(bench):
    start_moving(bench)
    pull_run(bench)
    opening, told = after_restart(bench)
    assert 0.0 < opening < 1.0
    assert "sag_suspected" in told


def check_reset_just_after_a_move(bench):
    start_moving(bench)
    bench.wait(1.5)
    pull_run(bench)
    assert "sag_suspected" in after_restart(bench)[1]


def check_commanded_reset_in_mid_move(bench):
    start_moving(bench)
    bench.reset()
    assert "sag_suspected" not in after_restart(bench)[1]


def check_link_loss(bench):
    """No command for 2 s, where the parameters call that a loss on which the bench goes to its safe state."""
    prepare(bench, 0.0)
    before = bench.housekeeping()
    set_parameters(bench, link_silence_s=2, safe_on_link_loss=1)
    since, began_s = len(bench.link.history), bench.board_time_s
    bench.wait(7.0)
    set_parameters(bench, link_silence_s=0, safe_on_link_loss=0)
    bench.wait(1.1)
    ((_, lost_s, fields),) = events(bench, since, "link_lost")
    assert 2.0 <= lost_s - began_s < 4.0
    assert fields["link_loss"] == "silent"
    ((_, _, ordered),) = events(bench, since, "safe_ordered")
    assert ordered == {"cause": "link_loss"}
    assert bench.truth()["hatches"][bench.file.hatches[HATCH].name]["opening"] == 1.0
    assert events(bench, since, "link_back")
    assert_the_rest_goes_on(bench, since, before.slips)
    assert bench.housekeeping().link_losses == before.link_losses + 1


CHECKS = {row.name: lambda bench, row=row: carry_out(bench, row) for row in MOVES} | {
    "power cut in mid-move": check_power_cut_in_mid_move,
    "reset in mid-move": check_reset_in_mid_move,
    "reset just after a move": check_reset_just_after_a_move,
    "commanded reset in mid-move is no sag": check_commanded_reset_in_mid_move,
    "link loss": check_link_loss,
}


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.swe134("j")
def test_fault(bench, emulated, name):
    try:
        CHECKS[name](bench)
    finally:
        heal(bench)


# --- proof that each row can fail --------------------------------------------------------------------------

DEFECTS = {
    "fsw/station/hatches.py": (
        # pressures that stay count as arrival
        ("(_CHECKING, _HELD, _QUEUED, _RETRY)", "(_CHECKING, _HELD, _REST, _ARRIVED_BY_TIME)"),
        # what told of an arrival is mixed up
        ("_FELL, _REST, _ARRIVED_BY_PRESSURE)", "_FELL, _REST, _ARRIVED_BY_TIME)"),
        ("_TRAVELLED_BLIND, _REST, _ARRIVED_BY_TIME)", "_TRAVELLED_BLIND, _REST, _ARRIVED_BY_PRESSURE)"),
        # a lost sensor is believed
        ("return sensors.state[module] <= _STALE", "return True"),
    ),
    # the mark of a move is left behind by a commanded reset, and taken for the opposite
    "fsw/services/motion.py": (("        if self._mark.is_set:", "        if False:"),),
    "fsw/kernel/starting.py": (
        ("(numbers.RESET_POWER_ON, numbers.RESET_WATCHDOG)", "(numbers.RESET_COMMAND,)"),
    ),
    "fsw/services/link_watch.py": (("if self._values[numbers.PARAMETER_SAFE_ON_LINK_LOSS]:", "if False:"),),
}


def with_defects(files):
    """The board's files, those with defects replaced."""
    known = integers((firmware_root() / NUMBERS).read_bytes())
    broken = {}
    for path, changes in DEFECTS.items():
        source = (firmware_root() / path).read_text("utf-8")
        for right, wrong in changes:
            assert source.count(right) == 1, right
            source = source.replace(right, wrong)
        broken[path] = fold(source.encode(), known)
    return files | compile_all(broken)


@pytest.fixture(scope="module")
def broken_bench(pytestconfig, opening):
    if pytestconfig.getoption("--port") is not None:
        pytest.skip("no defects on a real board")
    sound = emulated_bench.board_files
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(emulated_bench, "board_files", lambda bench: with_defects(sound(bench)))
        with opening() as board:
            yield board


@pytest.mark.parametrize("name", CHECKS)
def test_the_check_fails_where_the_handling_has_a_defect(broken_bench, name):
    with pytest.raises((AssertionError, ValueError)):
        CHECKS[name](broken_bench)


def test_what_must_go_on_would_be_missed_in_careless_firmware(pytestconfig, opening):
    """Moves that take longer than a turn has."""
    if pytestconfig.getoption("--port") is not None:
        pytest.skip("no defects on a real board")
    sound = emulated_bench.board_files
    known = integers((firmware_root() / NUMBERS).read_bytes())
    path = "fsw/services/motion.py"
    source = (firmware_root() / path).read_text("utf-8")
    right = "            self._moved_ms = now_ms\n"
    assert source.count(right) == 1
    careless = source.replace(right, right + "            __import__('time').sleep_ms(130)\n")
    files = compile_all({path: fold(careless.encode(), known)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(emulated_bench, "board_files", lambda bench: sound(bench) | files)
        with opening() as bench:
            slips, since = bench.housekeeping().slips, len(bench.link.history)
            bench.link.send(command("move_hatch", hatch=HATCH, position="open"))
            bench.link.pump(1.0)
            with pytest.raises(AssertionError):
                assert_the_rest_goes_on(bench, since, slips)
