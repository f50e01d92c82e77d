"""`hatchwatch replay RUN`: does the flight logic decide again what the board decided?"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hatchwatch.cli.options import Json
from hatchwatch.evidence.folder import RunFolder
from hatchwatch.evidence.replay import replay as replay_recording

if TYPE_CHECKING:
    from hatchwatch.evidence.replay import Replay
    from hatchwatch.evidence.replay.decisions import Decision

__all__ = ["replay"]

DIFFERENT = 1


def replay(
    run: Annotated[Path, Parameter(help="The folder of a run, or its run.mcap.")], *, json_: Json = False
) -> int:
    """Feed the recorded sweeps through the flight logic again and compare every decision.

    The firmware's own files run here, with the parameters that the board reported: states of sensors,
    arrival, retry and failure of hatches, and the checks of each module. Exit code 1 if they differ.
    """
    path = RunFolder(run).recording_path if run.is_dir() else run
    found = replay_recording(path)
    if json_:
        data = asdict(found) | {"same": found.same}
        sys.stdout.write(json.dumps(data, indent=1) + "\n")
    else:
        _print(found)
    return 0 if found.same else DIFFERENT


def _print(found: Replay) -> None:
    console = Console(highlight=False, soft_wrap=True)
    if found.comparisons:
        table = Table(
            "board time", "decision", "part", "on what grounds", "decided by", box=None, pad_edge=False
        )
        for one in found.comparisons:
            decision = one.decision
            style = "green" if one.outcome == "same" else "bold red"
            who = "both" if one.outcome == "same" else one.outcome
            table.add_row(
                f"{decision.time_s:.1f} s",
                decision.what,
                decision.part,
                decision.grounds + _across(decision),
                Text(who, style=style),
            )
        console.print(table)
    differing = sum(one.outcome != "same" for one in found.comparisons)
    console.print(
        f"{found.sweeps} sweeps, {len(found.comparisons)} decisions, {differing} of them different."
    )
    if found.gaps:
        console.print(f"Sweeps are missing at {found.gaps} places; what was decided behind them may differ.")
    if not found.parameters_recorded:
        console.print("The recording holds no parameters: their defaults were used.")


def _across(decision: Decision) -> str:
    return "" if decision.difference_pa is None else f" ({decision.difference_pa} Pa)"
