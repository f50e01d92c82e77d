"""`hatchwatch parameters`: read, set and save what can be set on a board."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hatchwatch.bench import open_bench
from hatchwatch.bench.parameters import read_parameters, restore_defaults, save_parameters, set_parameters
from hatchwatch.boards.names import pick_all
from hatchwatch.cli.arguments import checked_parameter
from hatchwatch.cli.options import BenchName, Json, Port, Seed
from hatchwatch.cli.progress import obtain_image
from hatchwatch.errors import UsageError
from hatchwatch.link.dictionary import dictionary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hatchwatch.bench import Bench
    from hatchwatch.link.dictionary import ParameterEntry

__all__ = ["app"]

HELP = """Read, set and save the parameters of a board.

`hatchwatch dictionary parameters` tells what they mean. On an emulated bench nothing outlives the command:
setting and saving are for a board on --port, which may be a running `hatchwatch emulate`.
"""

app = App(name="parameters", help=HELP, help_format="markdown")

Settings = Annotated[
    tuple[str, ...], Parameter(help="NAME=VALUE, in the unit of the parameter.", negative="")
]


@app.command
def get(
    bench: BenchName,
    names: Annotated[tuple[str, ...], Parameter(help="Only these.", negative="")] = (),
    *,
    port: Port = None,
    seed: Seed = 1,
    json_: Json = False,
) -> None:
    """Show the values in use and which of them are not the default; for NAMES also range and meaning."""
    known = dictionary().parameters
    wanted = pick_all("parameter", [name.replace("-", "_") for name in names], known)
    obtain_image(port)
    with open_bench(bench, port, seed=seed) as opened:
        _show(opened, read_parameters(opened, wanted), as_json=json_, explain=bool(wanted))


@app.command(name="set")
def set_(
    bench: BenchName,
    settings: Settings,
    *,
    port: Port = None,
    seed: Seed = 1,
    save: Annotated[bool, Parameter(negative="", help="Keep all values in use over resets.")] = False,
    json_: Json = False,
) -> None:
    """Use these values from now on: all of them, or none if one is refused."""
    values = dict(checked_parameter(text) for text in settings)
    if len(values) < len(settings):
        raise UsageError("A parameter is set twice.", cure="Name each parameter once.")
    obtain_image(port)
    with open_bench(bench, port, seed=seed) as opened:
        set_parameters(opened, values)
        if save:
            save_parameters(opened)
        _show(opened, read_parameters(opened, tuple(values)), as_json=json_)


@app.command
def save(bench: BenchName, *, port: Port = None, seed: Seed = 1) -> None:
    """Keep the values in use over resets."""
    obtain_image(port)
    with open_bench(bench, port, seed=seed) as opened:
        save_parameters(opened)
        _tell_unsaved(opened)


@app.command
def defaults(bench: BenchName, *, port: Port = None, seed: Seed = 1) -> None:
    """Use the default of every parameter; what is saved stays until `parameters save`."""
    obtain_image(port)
    with open_bench(bench, port, seed=seed) as opened:
        restore_defaults(opened)
        _tell_unsaved(opened)


def _show(bench: Bench, values: Mapping[str, int], *, as_json: bool, explain: bool = True) -> None:
    known = dictionary().parameters
    if as_json:
        data = {"values": dict(values), "unsaved": bench.housekeeping().unsaved_parameters}
        sys.stdout.write(json.dumps(data) + "\n")
        return
    console = Console(highlight=False)
    table = Table("parameter", "value", "default", box=None, pad_edge=False)
    for name, value in values.items():
        entry = known[name]
        style = "" if value == entry.default else "bold yellow"
        table.add_row(name, Text(f"{value} {entry.unit}", style=style), _default(entry, value))
    console.print(table)
    if explain:
        for name in values:
            entry = known[name]
            span = f"{entry.minimum} to {entry.maximum} {entry.unit}".rstrip()
            console.print(f"{name}: {entry.meaning} ({span})", markup=False)
    _tell_unsaved(bench)


def _default(entry: ParameterEntry, value: int) -> str:
    return "yes" if value == entry.default else f"no, it is {entry.default}"


def _tell_unsaved(bench: Bench) -> None:
    unsaved = bench.housekeeping().unsaved_parameters
    if unsaved:
        text = f"{unsaved} values in use are not saved: a reset brings back the saved ones."
    else:
        text = "All values in use are saved."
    Console(highlight=False, soft_wrap=True).print(text)
