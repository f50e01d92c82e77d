"""`hatchwatch safe`: the declared safe state, whatever version the board runs."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from hatchwatch.bench import open_bench
from hatchwatch.bench.safing import make_safe
from hatchwatch.cli.options import Port, Seed
from hatchwatch.cli.progress import obtain_image
from hatchwatch.errors import UsageError

__all__ = ["safe"]

BenchOrNothing = Annotated[
    str | None, Parameter(help="Bench file or name; with --port nothing is asked of it.")
]


def safe(bench: BenchOrNothing = None, *, port: Port = None, seed: Seed = 1) -> None:
    """Put a board into its declared safe state: injectors shut, hatches as its bench file says.

    With --port the board may run any version of the firmware and any bench. A board that waits at the
    MicroPython prompt is started first.
    """
    started = False
    if port is not None:
        started = make_safe(port)
    elif bench is not None:
        obtain_image()
        with open_bench(bench, seed=seed) as opened:
            opened.safe()
    else:
        raise UsageError("Nobody said which board.", cure="Add --port PORT, or name a bench to emulate.")
    told = "The firmware had to be started; " if started else ""
    Console(highlight=False, soft_wrap=True).print(f"{told}the board is in its safe state.".capitalize())
