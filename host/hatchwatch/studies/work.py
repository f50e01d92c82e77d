"""Scenarios done by the processes of this computer, through joblib."""

from __future__ import annotations

import os
import signal
import time
import traceback
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TYPE_CHECKING

from joblib import Parallel, delayed

from hatchwatch.studies.kinds import outcome_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from hatchwatch.studies.journal import Row
    from hatchwatch.studies.scenarios import Plan

__all__ = ["Done", "LocalWorkers", "do"]

_TRIES = 3  # of a scenario whose worker died


@dataclass(frozen=True)
class Done:
    """What became of one scenario: a row, or the reason why there is none."""

    number: int
    row: Row | None
    trouble: str = ""


def do(plan: Plan, number: int) -> Done:
    """One scenario; what goes wrong in it is told and not raised, so that the others go on."""
    start_s = time.perf_counter()
    try:
        scenario = plan.scenario(number)
        row = {"scenario": number, "point": scenario.point, "seed": scenario.seed}
        row |= scenario.described(plan) | outcome_of(plan.study.kind, scenario)
    except Exception:  # noqa: BLE001 - whatever it is
        return Done(number, None, traceback.format_exc(limit=-3))
    return Done(number, row | {"wall_s": round(time.perf_counter() - start_s, 4)})


def _do_in_worker(plan: Plan, number: int) -> Done:
    # Ctrl-C reaches all processes of a terminal; the one that keeps the journal ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return do(plan, number)


class LocalWorkers:
    """`jobs` processes; with one, this process does everything itself."""

    def __init__(self, jobs: int | None, tell: Callable[[str], None]) -> None:
        self.jobs = jobs or os.cpu_count() or 1
        self._tell = tell

    def done(self, plan: Plan, numbers: Iterable[int]) -> Iterator[Done]:
        """Do the scenarios in any order.

        When a worker dies, as when memory runs out, all that were under way are done again one by one, so
        that it shows which of them was the reason; that one is given up at last.
        """
        if self.jobs == 1:
            for number in numbers:
                yield do(plan, number)
            return
        left = list(numbers)
        suspects: list[int] = []
        while left:
            begun: set[int] = set()
            try:
                for done in _parallel(self.jobs, plan, left, begun):
                    begun.discard(done.number)
                    left.remove(done.number)
                    yield done
            except BrokenProcessPool:
                self._tell(_death(sorted(begun)))
                suspects += sorted(begun)
                left = [number for number in left if number not in begun]
        for number in suspects:
            yield self._alone(plan, number)

    def _alone(self, plan: Plan, number: int) -> Done:
        for _ in range(_TRIES - 1):
            try:
                return next(_parallel(self.jobs, plan, [number], set()))
            except BrokenProcessPool:
                self._tell(_death([number]))
        return Done(number, None, f"its worker died {_TRIES} times")


def _parallel(jobs: int, plan: Plan, numbers: list[int], begun: set[int]) -> Iterator[Done]:
    """Results as they come; `begun` gets every number that is handed to a worker."""

    def tasks() -> Iterator[object]:
        for number in numbers.copy():
            begun.add(number)
            yield delayed(_do_in_worker)(plan, number)

    pool = Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=1, pre_dispatch=2 * jobs)
    yield from pool(tasks())


def _death(numbers: list[int]) -> str:
    which = ", ".join(map(str, numbers))
    return f"A worker died. Done again, one by one: scenario {which}." if numbers else "A worker died."
