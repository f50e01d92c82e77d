"""`hatchwatch demo`: the emulated station with a leak that the seed chooses, or one of the stories."""

from __future__ import annotations

import json
import random
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators
from rich.console import Console
from rich.text import Text

from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.cli.isolate import print_response
from hatchwatch.cli.messages import result_of_error
from hatchwatch.cli.options import Json, OutFolder
from hatchwatch.cli.phases import PhaseBars
from hatchwatch.cli.progress import obtain_image
from hatchwatch.cli.response_view import ResponseView
from hatchwatch.cli.verdicts import print_run
from hatchwatch.errors import UsageError
from hatchwatch.evidence.folder import RunFolder
from hatchwatch.evidence.session import RunOptions, run_decay
from hatchwatch.methods.procedure import DecaySettings
from hatchwatch.methods.results import Verdict
from hatchwatch.stories.files import find_story, list_stories, load_story
from hatchwatch.stories.run import play_story

if TYPE_CHECKING:
    from hatchwatch.evidence.result import ResultDocument
    from hatchwatch.stories.schema import FormName

__all__ = ["demo"]

BENCH = "station6"
LIMIT_PA_M3_S = 1e-4
SMALLEST_DECADE, LARGEST_DECADE = -3.5, -2.5  # the planted leak is 3 to 30 times the limit
NOT_FOUND = 3


def demo(
    *,
    story: Annotated[
        str | None,
        Parameter(help="Play this story instead: a name, or a file of your own; `list` tells the names."),
    ] = None,
    full: Annotated[
        bool, Parameter(name="--full", negative="", help="Play the story at full length, not its short form.")
    ] = False,
    seed: Annotated[
        int | None,
        Parameter(
            validator=validators.Number(gte=0),
            help="Seed of the emulated bench: same seed, same run. 1, or the story's own.",
        ),
    ] = None,
    out: OutFolder = None,
    json_: Json = False,
) -> int:
    """Plant a leak in one module of the emulated station, then find and measure it over the serial port.

    Exits with 0 when the test named just the planted module, its true leak lies in the printed 95 % interval,
    and all others pass. With --story the board meets what the station has met, and exits with 0 when all came
    as the story expects, 1 when not.
    """
    if story == "list":
        _print_stories(as_json=json_)
        return 0
    if story is not None:
        return _play(story, "full" if full else "short", seed, out, as_json=json_)
    if full:
        raise UsageError("--full is for a story.", cure="Add --story NAME.")
    return _find_hidden_leak(1 if seed is None else seed, out, as_json=json_)


def _print_stories(*, as_json: bool) -> None:
    titles = {path.stem: load_story(path).title for path in list_stories()}
    if as_json:
        stories = [{"name": name, "title": title} for name, title in titles.items()]
        sys.stdout.write(json.dumps(stories, indent=2) + "\n")
        return
    console = Console(highlight=False, soft_wrap=True)
    for name, title in titles.items():
        console.print(f"{name:<18}{title}", markup=False)


def _play(name: str, form: FormName, seed: int | None, out: Path | None, *, as_json: bool) -> int:
    path = find_story(name)
    story = load_story(path)
    RunFolder.require_free(out)
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(Text.assemble((f"{story.title}\n", "bold"), story.text.strip()))
    obtain_image()
    view = ResponseView(load_bench_file(find_bench_file(story.bench)))
    with result_of_error(as_json=as_json), view:
        run = play_story(
            path,
            form,
            seed=seed,
            out=out,
            command=shlex.join(["hatchwatch", *sys.argv[1:]]),
            on_step=lambda _bench, log: view.show(log),
        )
    print_response(run, as_json=as_json)
    return run.document.exit_code


def _find_hidden_leak(seed: int, out: Path | None, *, as_json: bool) -> int:
    RunFolder.require_free(out)
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
    with result_of_error(as_json=as_json), PhaseBars() as bars:
        run = run_decay(options, bars)
    if as_json:
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
