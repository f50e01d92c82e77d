"""`hatchwatch test`: leak tests."""

from __future__ import annotations

import shlex
import sys
from typing import Annotated

from cyclopts import App, Parameter

from hatchwatch.cli.messages import result_of_error
from hatchwatch.cli.operator import TerminalOperator
from hatchwatch.cli.options import BenchName, CrewClear, Json, OutFolder, PlantName, Port, Seed
from hatchwatch.cli.phases import PhaseBars
from hatchwatch.cli.planted import planted_leaks
from hatchwatch.cli.progress import obtain_image
from hatchwatch.cli.verdicts import print_run
from hatchwatch.errors import UsageError
from hatchwatch.evidence.folder import RunFolder
from hatchwatch.evidence.session import RunOptions, checked, run_decay
from hatchwatch.methods.procedure import DecaySettings

__all__ = ["app"]

app = App(name="test", help="Leak tests.", help_format="markdown")


@app.command
def decay(
    bench: BenchName,
    *,
    port: Port = None,
    modules: Annotated[str | None, Parameter(help="Only these modules, as A,B,C; all by default.")] = None,
    limit: Annotated[
        float | None, Parameter(help="Largest leak that passes, Pa·m³/s; the smallest decidable by default.")
    ] = None,
    duration: Annotated[float, Parameter(help="Length of the measurement in seconds of board time.")] = 60.0,
    at: Annotated[float, Parameter(help="Pressure over ambient at which leaks are stated, Pa.")] = 8000.0,
    leak: Annotated[
        list[str] | None,
        Parameter(
            negative="",
            help="NAME=RATE: plant a leak of RATE Pa·m³/s at 8 kPa in an emulated module. Repeatable.",
        ),
    ] = None,
    fault: Annotated[
        list[str] | None,
        Parameter(
            negative="", help="KIND=PART: break a part of an emulated bench, such as silence=PrK. Repeatable."
        ),
    ] = None,
    open_: Annotated[
        str | None, Parameter(name="--open", help="Open the injectors of these modules (A,B) as known leaks.")
    ] = None,
    crew_clear: CrewClear = False,
    plant: PlantName = "quiet",
    seed: Seed = 1,
    out: OutFolder = None,
    json_: Json = False,
) -> int:
    """Measure the leaks of all modules at once by pressure decay, and judge them against a limit.

    All hatches shut, the pressures settle, and one regression over all modules tells the leak of each hull
    with its 95 % interval. On a real bench the command leads through venting, zeroing and filling. Every
    end, Ctrl-C included, leaves the bench in its safe state.
    """
    wanted = RunOptions(
        bench=bench,
        settings=DecaySettings(
            limit_pa_m3_s=limit,
            duration_s=duration,
            at_pa=at,
            tested=_names(modules),
            crew_clear=crew_clear,
            open_injectors=_names(open_) or (),
        ),
        port=port,
        seed=seed,
        plant=plant,
        leaks_pa_m3_s=planted_leaks(leak),
        faults=tuple(_fault(text) for text in fault or ()),
        out=out,
        command=shlex.join(["hatchwatch", *sys.argv[1:]]),
    )
    options = checked(wanted)
    RunFolder.require_free(out)
    obtain_image(port)
    with result_of_error(as_json=json_), PhaseBars() as bars:
        run = run_decay(options, bars, TerminalOperator())
    if json_:
        sys.stdout.write(run.document.to_json())
    else:
        conditions = run.document.conditions
        print_run(run, chosen_limit=conditions.limit_pa_m3_s if conditions and limit is None else None)
    return run.document.exit_code


def _names(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(name.strip() for name in text.split(",") if name.strip())


def _fault(text: str) -> tuple[str, str]:
    kind, equals, target = text.partition("=")
    if not (kind and equals and target):
        raise UsageError(f"--fault {text} breaks nothing.", cure="Write KIND=PART, such as silence=PrK.")
    return kind, target
