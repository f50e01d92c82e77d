"""`hatchwatch sweep STUDY`: thousands of simulated scenarios through the flight logic."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators
from rich.console import Console

from hatchwatch.cli.options import Json
from hatchwatch.cli.progress import progress_line
from hatchwatch.cli.study_table import study_tables
from hatchwatch.errors import UsageError
from hatchwatch.studies.cluster import ClusterWorkers
from hatchwatch.studies.files import find_study_file, load_study
from hatchwatch.studies.identity import study_digest
from hatchwatch.studies.kinds import measures_of
from hatchwatch.studies.page import build_page
from hatchwatch.studies.results import (
    PAGE,
    SUMMARY,
    TABLE,
    summarise,
    summary_data,
    write_summary,
    write_table,
    write_whole,
)
from hatchwatch.studies.runner import run_study
from hatchwatch.studies.scenarios import Plan
from hatchwatch.studies.wording import headline
from hatchwatch.studies.work import LocalWorkers

if TYPE_CHECKING:
    from collections.abc import Callable

    from hatchwatch.studies.results import PointSummary
    from hatchwatch.studies.runner import Run, Workers

__all__ = ["sweep"]

WENT_WRONG = 3
_DIGEST_DIGITS = 8  # in the name of a folder


def sweep(
    study: Annotated[str, Parameter(help="A study file, or the name of a shipped one.")],
    *,
    out: Annotated[
        Path | None,
        Parameter(
            name="--out",
            help="Folder for the results; by default one below runs/, named by the study. "
            "Scenarios that it has already are not done again.",
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        Parameter(
            name="--jobs",
            validator=validators.Number(gte=1),
            help="Processes at work; by default one for each processor.",
        ),
    ] = None,
    dask: Annotated[
        str | None, Parameter(name="--dask", help="Address of a dask scheduler whose workers do the work.")
    ] = None,
    json_: Json = False,
) -> int:
    """Run a study: many simulated stations, each through the firmware's own logic.

    It leaves a table of all scenarios, a summary and a page. Ctrl-C stops it; the same command goes on where
    it stopped. `host/docs/studies.md` tells what a study file may say. Exit code 3 if scenarios went wrong.
    """
    if dask is not None and jobs is not None:
        raise UsageError("--jobs says nothing of a cluster.", cure="Give --jobs or --dask.")
    path = find_study_file(study)
    plan = Plan.of(load_study(path))
    folder = out or Path("runs") / f"study-{plan.study.name}-{study_digest(plan)[:_DIGEST_DIGITS]}"
    errors = Console(stderr=True, highlight=False)
    workers = _workers(jobs, dask, lambda text: errors.print(text, style="yellow"))
    with progress_line() as news:
        run = run_study(plan, folder, workers, news)
    points = summarise(plan, run)
    _write(folder, plan, run, points, path.read_text("utf-8"))
    if json_:
        sys.stdout.write(json.dumps(summary_data(plan, run, points), indent=1) + "\n")
    else:
        _print(plan, run, points, folder)
    return WENT_WRONG if run.troubles else 0


def _workers(jobs: int | None, dask: str | None, tell: Callable[[str], None]) -> Workers:
    return LocalWorkers(jobs, tell) if dask is None else ClusterWorkers(dask, tell)


def _write(folder: Path, plan: Plan, run: Run, points: list[PointSummary], study_text: str) -> None:
    write_table(folder / TABLE, plan, run)
    write_summary(folder / SUMMARY, plan, run, points)
    page = build_page(plan, run, points, study_text)
    write_whole(folder / PAGE, lambda part: part.write_text(page, "utf-8"))


def _print(plan: Plan, run: Run, points: list[PointSummary], folder: Path) -> None:
    console = Console(highlight=False)
    for table in study_tables(points, measures_of(plan.study.kind), console.width):
        console.print(table)
        console.print()
    console.print(headline(len(run.rows), len(plan), len(points), len(run.troubles)), markup=False)
    for number, text in list(run.troubles.items())[:1]:
        console.print(f"scenario {number}: {text.strip().splitlines()[-1]}", markup=False, style="red")
    console.print(f"with 95 % intervals and figures: {folder / PAGE}", markup=False, soft_wrap=True)
