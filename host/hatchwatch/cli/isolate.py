"""`hatchwatch isolate`: the board finds a leak, shuts it off, and proves that the rest is tight."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.text import Text

from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.cli.messages import result_of_error
from hatchwatch.cli.operator import TerminalOperator
from hatchwatch.cli.options import BenchName, CrewClear, Json, OutFolder, PlantName, Port, Seed
from hatchwatch.cli.planted import planted_leaks
from hatchwatch.cli.progress import obtain_image
from hatchwatch.cli.response_view import ResponseView
from hatchwatch.evidence.folder import RunFolder
from hatchwatch.evidence.response.isolate import checked_leaks, run_isolation
from hatchwatch.evidence.response.session import Surroundings
from hatchwatch.methods.isolation import IsolationSettings, Mode, Strategy

if TYPE_CHECKING:
    from hatchwatch.evidence.response.session import ResponseRun

__all__ = ["isolate", "print_response"]


def isolate(
    bench: BenchName,
    *,
    port: Port = None,
    mode: Annotated[
        Mode, Parameter(help="advise: the board asks before each step; active: it acts by itself.")
    ] = "active",
    strategy: Annotated[
        Strategy,
        Parameter(help="close-all: all hatches at once; outwards: from the suspect outwards, one by one."),
    ] = "close-all",
    wait: Annotated[
        bool, Parameter(name="--wait", negative="", help="Wait for the alarm, instead of searching at once.")
    ] = False,
    leak: Annotated[
        list[str] | None,
        Parameter(
            negative="",
            help="NAME=RATE: plant a leak of RATE Pa·m³/s at 8 kPa in an emulated module. Repeatable.",
        ),
    ] = None,
    crew_clear: CrewClear = False,
    plant: PlantName = "quiet",
    seed: Seed = 1,
    out: OutFolder = None,
    json_: Json = False,
) -> int:
    """Let the board find the module that leaks, shut it off, and prove that the rest is solid.

    The decisions are the board's; in mode advise it asks before it moves hatches. Ctrl-C stops it, and the
    bench goes into its safe state. What was shut off stays shut. Exit codes: 0 the rest is solid, or nothing
    leaks; 1 the rest is not proved solid; 2 inconclusive; 3 blocked or error; 130 stopped.
    """
    where = Surroundings(
        bench,
        "isolation",
        port=port,
        seed=seed,
        plant=plant,
        out=out,
        command=shlex.join(["hatchwatch", *sys.argv[1:]]),
    )
    settings = IsolationSettings(mode, strategy, wait=wait, crew_clear=crew_clear)
    file = load_bench_file(find_bench_file(bench))
    leaks = checked_leaks(where, planted_leaks(leak))
    RunFolder.require_free(out)
    obtain_image(port)
    with result_of_error(as_json=json_), ResponseView(file) as view:
        run = run_isolation(where, settings, view, leaks_pa_m3_s=leaks, operator=TerminalOperator())
    print_response(run, as_json=json_)
    return run.document.exit_code


def print_response(run: ResponseRun, *, as_json: bool) -> None:
    """Print what came of a response, and where its files are."""
    document = run.document
    if as_json:
        sys.stdout.write(document.to_json())
        return
    console = Console(highlight=False, soft_wrap=True)
    for check in document.story.checks if document.story is not None else ():
        mark = ("✔ ", "bold green") if check.ok else ("✖ ", "bold red")
        console.print(Text.assemble(mark, check.expected, (f"  {check.came}", "dim")))
    console.print(Text(document.summary, style="bold"))
    for warning in document.warnings:
        console.print(f"note: {warning}")
    console.print(f"report: {run.folder.report_path}")
