"""An isolation is set up, followed, asked and ended, whatever the board does."""

from __future__ import annotations

import pytest

from hatchwatch.errors import Aborted, BoardError
from hatchwatch.link.commands import command
from hatchwatch.methods.isolation import Isolation, IsolationSettings, Outcome

FOUND = {"kind": "module", "first": 1, "second": 255, "doubt_ppm": 20, "leak_npa_m3_s": 600_000}


class Onlooker:
    def __init__(self, *answers: bool) -> None:
        self.answers = list(answers)
        self.asked: list[list[str]] = []
        self.shown = 0

    def show(self, log) -> None:
        self.shown += 1

    def approve(self, step) -> bool:
        self.asked.append(step.fields["shut"])
        return self.answers.pop(0)


@pytest.fixture
def step(say):
    def make(time_s, purpose, phase, shut=0, reason="alarm"):
        return say(time_s, "response_step", purpose=purpose, phase=phase, reason=reason, shut=shut)

    return make


@pytest.fixture
def course(say, step):
    """What a board says that finds PrK, shuts it off, and measures the rest."""

    def make(now_s, *, solid=1):
        return [
            step(now_s + 0.1, "locate", "move", 0b11111),
            say(now_s + 30.0, "leak_found", **FOUND),
            say(now_s + 40.0, "leak_isolated", modules=0b10, hatches=0b11),
            say(now_s + 70.0, "rest_measured", solid=solid, modules=0b111101, bound_npa_m3_s=40_000),
            step(now_s + 70.1, "reopen", "done", 0b11),
        ]

    return make


def names(bench) -> list[str]:
    return [name for name, _ in bench.commands]


def run(bench, watcher=None, on_ready=None, **settings) -> Outcome:
    isolation = Isolation(bench, IsolationSettings(**settings), watcher or Onlooker())
    return isolation.run(on_ready)


@pytest.mark.parametrize(("solid", "outcome", "code"), [(1, Outcome.SOLID, 0), (0, Outcome.NOT_SOLID, 1)])
def test_a_response_is_started_and_followed_to_its_end(scripted_bench, course, solid, outcome, code):
    bench = scripted_bench({"locate": lambda now_s: course(now_s, solid=solid)})
    assert run(bench) is outcome
    assert outcome.exit_code == code
    assert bench.board_time_s == pytest.approx(80.5, abs=0.6)
    assert "stop_response" not in names(bench)


def test_its_parameters_are_used_and_the_old_ones_come_back(scripted_bench, course):
    bench = scripted_bench({"locate": course})
    run(bench, mode="advise", strategy="outwards")
    wanted = {"response_mode": 1, "strategy": 1, "ambient_pa": 101_300}
    rows = [{"parameter": name, "value": value} for name, value in wanted.items()]
    before = [{"parameter": name, "value": value} for name, value in bench.parameters.items()]
    sent = [data for name, data in bench.commands if name == "set_parameters"]
    assert sent == [command("set_parameters", parameters=one).data for one in (rows, before)]


def test_hatches_that_nobody_knows_of_are_made_safe_first(scripted_bench, course):
    bench = scripted_bench({"locate": course})
    bench.hatches = ("open", "unknown", "open", "open", "open")
    run(bench)
    assert names(bench).index("safe") < names(bench).index("locate")


def test_a_search_that_does_not_decide_ends_safe(scripted_bench, say, step):
    def undecided(now_s):
        return [
            step(now_s + 0.1, "locate", "measure"),
            say(now_s + 60.0, "leak_inconclusive", decider="longer", index=1, time_s=600),
            step(now_s + 60.1, "locate", "inconclusive"),
        ]

    bench = scripted_bench({"locate": undecided})
    assert run(bench) is Outcome.INCONCLUSIVE
    assert Outcome.INCONCLUSIVE.exit_code == 2
    assert names(bench)[-3:] == ["stop_response", "safe", "set_parameters"]


def test_crew_in_the_way_is_blocked(scripted_bench, say, step):
    def blocked(now_s):
        return [
            step(now_s + 0.1, "locate", "measure"),
            say(now_s + 5.0, "response_blocked", blocked="crew", module=5),
            step(now_s + 5.1, "locate", "blocked"),
        ]

    bench = scripted_bench({"locate": blocked})
    assert run(bench) is Outcome.BLOCKED
    assert Outcome.BLOCKED.exit_code == 3


def test_nothing_leaks(scripted_bench, say, step):
    def tight(now_s):
        return [
            step(now_s + 0.1, "locate", "measure"),
            say(now_s + 60.0, "no_leak", limit_npa_m3_s=9_000),
            say(now_s + 90.0, "rest_measured", solid=1, modules=0b111111, bound_npa_m3_s=50_000),
            step(now_s + 90.1, "reopen", "done"),
        ]

    assert run(scripted_bench({"locate": tight})) is Outcome.NO_LEAK


def test_an_end_from_before_is_not_taken_for_this_one(scripted_bench, course, say, step):
    bench = scripted_bench({"locate": lambda now_s: course(now_s + 20.0)})
    bench.later(say(9.0, "leak_found", **FOUND), step(9.5, "reopen", "done"))
    bench.wait(0.5)
    isolation = Isolation(bench, IsolationSettings(), Onlooker())
    assert isolation.run() is Outcome.SOLID
    assert len(isolation.log.all("leak_found")) == 1


@pytest.fixture
def asking(say, step):
    def make(now_s):
        proposal = {"purpose": "locate", "reason": "all_at_once", "shut": 0b11111}
        return [
            say(now_s + 5.0, "step_proposed", **proposal),
            step(now_s + 5.1, "locate", "ask", 0b11111),
        ]

    return make


def test_a_proposed_step_is_asked_about_once_and_made(scripted_bench, course, asking):
    bench = scripted_bench({"locate": asking, "approve_step": course})
    onlooker = Onlooker(True)
    assert run(bench, onlooker, mode="advise") is Outcome.SOLID
    assert onlooker.asked == [bench.names["hatch"]]
    assert names(bench).count("approve_step") == 1


def test_a_step_that_is_not_approved_ends_the_response(scripted_bench, asking):
    bench = scripted_bench({"locate": asking})
    with pytest.raises(Aborted, match="not approved"):
        run(bench, Onlooker(False), mode="advise")
    assert "approve_step" not in names(bench)
    assert names(bench)[-3:] == ["stop_response", "safe", "set_parameters"]


def test_ctrl_c_stops_the_board_and_waits_for_the_safe_state(scripted_bench, course):
    bench = scripted_bench({"locate": course})
    bench.interrupt_at_s = 30.0
    with pytest.raises(Aborted):
        run(bench)
    assert names(bench)[-3:] == ["stop_response", "safe", "set_parameters"]


def test_somebody_else_may_stop_the_board(scripted_bench, say, step):
    def stopped(now_s):
        return [step(now_s + 0.1, "locate", "move"), say(now_s + 5.0, "response_stopped", stopped="move")]

    with pytest.raises(BoardError, match="stopped"):
        run(scripted_bench({"locate": stopped}))


def test_a_response_without_end_is_given_up(scripted_bench, step):
    bench = scripted_bench({"locate": lambda now_s: [step(now_s + 0.1, "locate", "measure")]})
    with pytest.raises(BoardError, match="did not end within 100 s"):
        run(bench, longest_s=100.0)
    assert "stop_response" in names(bench)


def test_waiting_for_the_alarm_plants_once_the_gas_is_watched(scripted_bench, course, say):
    bench = scripted_bench()
    status = {"response_mode": 2, "purpose": "none", "phase": "watch", "reason": "alarm", "seconds": 1}
    status |= {"shut": 0, "occupied": 0, "isolated": 0, "hypotheses": []}
    for time_s, state in ((20.0, "learning"), (60.0, "watched")):
        gas = [{"modules": 0b111111, "gas_state": state, "statistic": 0}]
        bench.later(say(time_s, "response", **status, gas=gas))
    planted_s = []

    def plant() -> None:
        planted_s.append(bench.board_time_s)
        alarm = say(90.0, "leak_alarm", modules=0b111111, leak_npa_m3_s=600_000, reserve_s=3000)
        bench.later(alarm, *course(90.0))

    assert run(bench, on_ready=plant, wait=True) is Outcome.SOLID
    assert planted_s == [pytest.approx(60.0, abs=0.6)]
    assert "locate" not in names(bench)
