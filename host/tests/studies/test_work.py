"""Workers that die, of this computer and of a cluster: nothing is lost but what they were doing."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cloudpickle
import pytest

from hatchwatch.errors import Aborted
from hatchwatch.studies.files import parse_study
from hatchwatch.studies.runner import run_study
from hatchwatch.studies.scenarios import Plan, Scenario
from hatchwatch.studies.work import LocalWorkers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

cloudpickle.register_pickle_by_value(sys.modules[__name__])


@dataclass(frozen=True)
class DeadlyPlan(Plan):
    """A plan of which one scenario kills its worker, so many times; a file for each death keeps count."""

    folder: Path
    deadly: int
    deaths: int

    def scenario(self, number: int) -> Scenario:
        if number == self.deadly and (died := len(list(self.folder.glob("death*")))) < self.deaths:
            (self.folder / f"death{died}").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().scenario(number)


@dataclass(frozen=True)
class FaultyPlan(Plan):
    """A plan of which one scenario can't be made."""

    def scenario(self, number: int) -> Scenario:
        if number == 4:
            raise ValueError("no such station")
        return super().scenario(number)


def ignore(doing: str, done: int, total: int | None) -> None:
    pass


def test_the_number_of_processes_changes_nothing(plan: Plan, tmp_path: Path) -> None:
    one = run_study(plan, tmp_path / "1", LocalWorkers(1, print), ignore)
    two = run_study(plan, tmp_path / "2", LocalWorkers(2, print), ignore)
    assert [row | {"wall_s": 0} for row in one.rows] == [row | {"wall_s": 0} for row in two.rows]
    assert len(one.rows) == len(plan)


def test_a_worker_that_dies_costs_its_scenario_which_is_done_again(
    plan: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deadly = DeadlyPlan(plan.study, plan.benches, tmp_path, deadly=5, deaths=1)
    run = run_study(deadly, tmp_path / "out", LocalWorkers(2, print), ignore)
    assert [row["scenario"] for row in run.rows] == list(range(len(plan)))
    assert run.troubles == {}
    assert "A worker died. Done again, one by one: scenario" in capsys.readouterr().out


def test_a_scenario_that_always_kills_its_worker_is_given_up(
    plan: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deadly = DeadlyPlan(plan.study, plan.benches, tmp_path, deadly=5, deaths=99)
    run = run_study(deadly, tmp_path / "out", LocalWorkers(2, print), ignore)
    assert run.troubles == {5: "its worker died 3 times"}
    assert len(run.rows) == len(plan) - 1
    capsys.readouterr()


def test_a_scenario_that_fails_is_told_and_tried_again(plan: Plan, tmp_path: Path) -> None:
    run = run_study(FaultyPlan(plan.study, plan.benches), tmp_path, LocalWorkers(2, print), ignore)
    assert list(run.troubles) == [4]
    assert "no such station" in run.troubles[4]
    again = run_study(plan, tmp_path, LocalWorkers(1, print), ignore)
    assert (again.found_done, again.troubles) == (len(plan) - 1, {})
    assert len(again.rows) == len(plan)


class CtrlC(LocalWorkers):
    """Stops after some results."""

    def __init__(self, after: int) -> None:
        super().__init__(1, print)
        self.after = after
        self.asked: list[int] = []

    def done(self, plan, numbers) -> Iterator[object]:
        self.asked = list(numbers)
        for count, done in enumerate(super().done(plan, self.asked)):
            if count == self.after:
                raise KeyboardInterrupt
            yield done


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(Aborted, match="7 of 18 scenarios are done") as caught:
        run_study(plan, tmp_path, CtrlC(after=7), ignore)
    assert "goes on" in str(caught.value.cure)
    rest = CtrlC(after=99)
    run = run_study(plan, tmp_path, rest, ignore)
    assert rest.asked == list(range(7, 18))
    assert (len(run.rows), run.found_done) == (18, 7)


def test_more_repeats_go_on_with_the_same_study(plan: Plan, study_text: str, tmp_path: Path) -> None:
    run_study(plan, tmp_path, LocalWorkers(1, print), ignore)
    longer = Plan.of(parse_study(study_text.replace("repeats = 3", "repeats = 4")))
    run = run_study(longer, tmp_path, LocalWorkers(1, print), ignore)
    assert (len(run.rows), run.found_done) == (24, 18)
