"""`hatchwatch hatch`: one move of one hatch, with what the pressures did."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Literal

from cyclopts import Parameter
from rich.console import Console

from hatchwatch.bench import open_bench
from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.cli.options import BenchName, CrewClear, Json, PlantName, Port, Seed
from hatchwatch.cli.progress import obtain_image
from hatchwatch.errors import UsageError

__all__ = ["hatch"]

LOOK_S = 1.0  # how long the pressures are averaged before and after


def hatch(
    bench: BenchName,
    name: Annotated[str, Parameter(help="The hatch, as the bench file names it.")],
    position: Annotated[Literal["open", "shut"], Parameter(help="Where to.")],
    *,
    port: Port = None,
    arm: Annotated[
        bool,
        Parameter(negative=(), help="Arm it first: needed to open towards a module that is marked isolated."),
    ] = False,
    crew_clear: CrewClear = False,
    plant: PlantName = "quiet",
    seed: Seed = 1,
    json_: Json = False,
) -> int:
    """Move one hatch and wait until it has arrived; tell what the pressures on both sides did.

    Opening across a difference of 600 Pa or more, the board makes sure that the pressures equalise; it tries
    once more if they don't, then the hatch counts as FAILED.

    The hatch stays where it was put. On an emulated bench nothing outlives the command.
    """
    if arm and position == "shut":
        raise UsageError("--arm is for opening; nothing needs to be armed to shut a hatch.")
    moved = load_bench_file(find_bench_file(bench)).hatch(name)
    obtain_image(port)
    with open_bench(bench, port, seed=seed, plant=plant) as opened:
        if position == "shut":
            opened.require_crew_clear(crew_clear=crew_clear)
        opened.collect(0.0)
        before = opened.collect(LOOK_S).pressure_pa.mean(axis=0)
        opened.move_hatch(moved.name, position, arm=arm)
        opened.collect(0.0)
        after = opened.collect(LOOK_S).pressure_pa.mean(axis=0)
        sides = [
            (index, module.name)
            for index, module in enumerate(opened.file.modules)
            if module.name in moved.between
        ]
    if json_:
        data = {
            "hatch": moved.name,
            "position": position,
            "modules": {
                side: {"before_pa": before[index], "after_pa": after[index]} for index, side in sides
            },
        }
        sys.stdout.write(json.dumps(data) + "\n")
        return 0
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"{moved.name} is {position}.")
    for index, side in sides:
        change_pa = after[index] - before[index]
        console.print(
            f"  {side:<12} {before[index]:10.1f} Pa -> {after[index]:10.1f} Pa  ({change_pa:+.1f} Pa)"
        )
    console.print("Two sensors at one pressure may differ by 200 Pa: look at the changes.")
    return 0
