"""Run a study: what is done already is left alone, the rest is handed to workers, every result is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from hatchwatch.errors import Aborted
from hatchwatch.studies.identity import study_digest
from hatchwatch.studies.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from hatchwatch.progress import Progress
    from hatchwatch.studies.journal import Row
    from hatchwatch.studies.scenarios import Plan
    from hatchwatch.studies.work import Done

__all__ = ["Run", "Workers", "run_study"]


class Workers(Protocol):
    """Whoever does scenarios."""

    def done(self, plan: Plan, numbers: Iterable[int]) -> Iterator[Done]:
        """Do the scenarios in any order."""
        ...


@dataclass(frozen=True)
class Run:
    """What a study came to: its rows in the order of their numbers, and what went wrong by number."""

    digest: str
    rows: list[Row]
    found_done: int  # by an earlier run
    troubles: dict[int, str] = field(default_factory=dict)


def run_study(plan: Plan, folder: Path, workers: Workers, news: Progress) -> Run:
    """Do all scenarios that `folder` does not have yet.

    Raises Aborted on Ctrl-C, with how to go on; whatever is finished by then is kept. UsageError when the
    folder holds another study, OutputError when it can't be written.
    """
    digest = study_digest(plan)
    troubles: dict[int, str] = {}
    with Journal(folder, digest, plan.study.name) as journal:
        wanted = range(len(plan))
        left = [number for number in wanted if number not in journal.rows]
        found_done = len(wanted) - len(left)
        doing = f"study {plan.study.name}"
        news(doing, found_done, len(wanted))
        try:
            for count, done in enumerate(workers.done(plan, left), start=found_done + 1):
                if done.row is None:
                    troubles[done.number] = done.trouble
                else:
                    journal.add(done.row)
                news(doing, count, len(wanted))
        except KeyboardInterrupt:
            finished = sum(number in journal.rows for number in wanted)
            raise Aborted(
                f"Stopped by Ctrl-C; {finished} of {len(wanted)} scenarios are done and kept in {folder}.",
                cure="Run the same command again: it goes on from there.",
            ) from None
        rows = [journal.rows[number] for number in wanted if number in journal.rows]
    return Run(digest, rows, found_done, troubles)
