"""A repair is measured by the board, and nothing moves unless something goes wrong."""

from __future__ import annotations

import pytest

from hatchwatch.errors import Aborted, BoardError
from hatchwatch.link.commands import command
from hatchwatch.methods.response import Outcome
from hatchwatch.methods.verification import Verification


class Onlooker:
    def show(self, log) -> None:
        pass

    def approve(self, step) -> bool:
        raise AssertionError("nothing is to be approved")


@pytest.fixture
def course(say):
    """What a board says that measures, and comes to an end."""

    def make(now_s, *told, phase="done"):
        step = {"purpose": "verify", "reason": "command", "shut": 0b11}
        return [
            say(now_s + 0.1, "response_step", phase="measure", **step),
            *told,
            say(now_s + 60.1, "response_step", phase=phase, **step),
        ]

    return make


@pytest.fixture
def measured(course, say):
    def make(repair):
        def answer(now_s):
            leaks = {"before_npa_m3_s": 600_000, "after_npa_m3_s": 300_000}
            return course(now_s, say(now_s + 60.0, "repair_verified", repair=repair, **leaks))

        return {"verify_repair": answer}

    return make


def run(bench) -> Outcome:
    return Verification(bench, "PrK", Onlooker()).run()


def names(bench) -> list[str]:
    return [name for name, _ in bench.commands]


@pytest.mark.parametrize(
    ("repair", "outcome", "code"),
    [
        ("tight", Outcome.REPAIRED, 0),
        ("better", Outcome.REPAIRED, 0),
        ("same", Outcome.NOT_REPAIRED, 1),
        ("worse", Outcome.NOT_REPAIRED, 1),
    ],
)
def test_the_boards_verdict_is_the_outcome(scripted_bench, measured, repair, outcome, code):
    bench = scripted_bench(measured(repair))
    assert run(bench) is outcome
    assert outcome.exit_code == code
    assert "stop_response" not in names(bench)
    assert "safe" not in names(bench)


def test_the_board_is_told_which_module_and_may_measure_but_not_move(scripted_bench, measured):
    bench = scripted_bench(measured("tight"))
    run(bench)
    assert ("verify_repair", command("verify_repair", module=1).data) in bench.commands
    wanted = {"response_mode": 1, "ambient_pa": 101_300}
    rows = [{"parameter": name, "value": value} for name, value in wanted.items()]
    before = [{"parameter": name, "value": value} for name, value in bench.parameters.items()]
    sent = [data for name, data in bench.commands if name == "set_parameters"]
    assert sent == [command("set_parameters", parameters=one).data for one in (rows, before)]


def test_a_measurement_that_does_not_decide_ends_safe(scripted_bench, course, say):
    def answer(now_s):
        told = say(now_s + 60.0, "leak_inconclusive", decider="sensor", index=1, time_s=0)
        return course(now_s, told, phase="inconclusive")

    bench = scripted_bench({"verify_repair": answer})
    assert run(bench) is Outcome.INCONCLUSIVE
    assert names(bench)[-3:] == ["stop_response", "safe", "set_parameters"]


def test_a_board_that_refuses_is_left_as_it_is(scripted_bench):
    bench = scripted_bench()
    execute = bench.link.execute

    def refuse(sent, **options):
        done = execute(sent, **options)
        if sent.name == "verify_repair":
            raise BoardError("The board refused.")
        return done

    bench.link.execute = refuse
    with pytest.raises(BoardError, match="refused"):
        run(bench)
    assert names(bench)[-2:] == ["verify_repair", "set_parameters"]


def test_ctrl_c_stops_the_board(scripted_bench, measured):
    bench = scripted_bench(measured("tight"))
    bench.interrupt_at_s = 30.0
    with pytest.raises(Aborted):
        run(bench)
    assert names(bench)[-3:] == ["stop_response", "safe", "set_parameters"]


def test_what_was_found_before_is_not_told_again(scripted_bench, measured, say):
    bench = scripted_bench(measured("better"))
    found = {"kind": "module", "first": 1, "second": 255, "doubt_ppm": 20, "leak_npa_m3_s": 600_000}
    bench.later(say(10.2, "leak_found", **found))
    bench.wait(0.5)
    verification = Verification(bench, "PrK", Onlooker())
    verification.run()
    assert verification.log.last("leak_found") is None
