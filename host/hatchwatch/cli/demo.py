"""`hatchwatch demo`: the emulated station with a leak in one module that the seed chooses."""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING

from rich.console import Console

from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.cli.options import Json, OutFolder, Seed
from hatchwatch.cli.phases import PhaseBars
from hatchwatch.cli.progress import obtain_image
from hatchwatch.cli.verdicts import print_run
from hatchwatch.evidence.session import RunOptions, run_decay
from hatchwatch.methods.procedure import DecaySettings
from hatchwatch.methods.results import Verdict

if TYPE_CHECKING:
    from hatchwatch.evidence.result import ResultDocument

__all__ = ["demo"]

BENCH = "station6"
LIMIT_PA_M3_S = 1e-4
SMALLEST_DECADE, LARGEST_DECADE = -3.5, -2.5  # the planted leak is 3 to 30 times the limit
NOT_FOUND = 3


def demo(*, seed: Seed = 1, out: OutFolder = None, json_: Json = False) -> int:
    """Plant a leak in one module of the emulated station, then find and measure it over the serial port.

    Exits with 0 when the test named just the planted module, its true leak lies in the printed 95 % interval,
    and all others pass.
    """
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    module, leak_pa_m3_s = _draw(seed)
    console.print(
        f"Six modules on an emulated Pico; seed {seed} has hidden a leak in one. Hatches shut, gauges read:"
    )
    options = RunOptions(
        bench=BENCH,
        settings=DecaySettings(limit_pa_m3_s=LIMIT_PA_M3_S, crew_clear=True),
        seed=seed,
        leaks_pa_m3_s={module: leak_pa_m3_s},
        out=out,
        command=f"hatchwatch demo --seed {seed}",
    )
    obtain_image()
    with PhaseBars() as bars:
        run = run_decay(options, bars)
    if json_:
        sys.stdout.write(run.document.to_json())
    else:
        print_run(run)
    found = _found(run.document, module)
    console.print(
        f"Planted was {leak_pa_m3_s:.2e} Pa·m³/s in {module}: "
        + (
            "[bold green]found, and nothing else.[/bold green]"
            if found
            else "[bold red]not found.[/bold red]"
        )
    )
    return 0 if found else NOT_FOUND


def _draw(seed: int) -> tuple[str, float]:
    """The module and its leak in Pa·m³/s at 8 kPa."""
    dice = random.Random(f"demo {seed}")  # noqa: S311 - a game, not a secret
    chambers = load_bench_file(find_bench_file(BENCH)).chambers
    return dice.choice(chambers).name, 10.0 ** dice.uniform(SMALLEST_DECADE, LARGEST_DECADE)


def _found(document: ResultDocument, planted: str) -> bool:
    for module in document.modules:
        if module.verdict is not (Verdict.FAIL if module.name == planted else Verdict.PASS):
            return False
        low, truth, high = module.leak_low_pa_m3_s, module.truth_pa_m3_s, module.leak_high_pa_m3_s
        if module.name == planted and (
            low is None or truth is None or high is None or not low <= truth <= high
        ):
            return False
    return True
