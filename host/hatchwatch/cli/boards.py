"""`hatchwatch boards`: bench files listed, checked and shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cyclopts import App
from rich.console import Console
from rich.table import Table

from hatchwatch.boards import BenchFile, find_bench_file, list_bench_files, load_bench_file
from hatchwatch.boards.tables import mux_rows, pin_rows, sensor_rows, servo_rows, wiring_notes
from hatchwatch.boards.terminal import station_text
from hatchwatch.cli.options import BenchName
from hatchwatch.errors import BenchFileError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["app"]

app = App(name="boards", help="Bench files: list, check and show them.")


@app.command(name="list")
def list_files() -> None:
    """List the bench files here and those that come with hatchwatch."""
    rows = [_list_row(path) for path in list_bench_files()]
    _print_table("", ("name", "modules", "hatches", "board", "what it is", "file"), rows)


@app.command
def check(file: BenchName) -> None:
    """Validate a bench file; every mistake is listed with what would be right."""
    path = find_bench_file(file)
    bench = load_bench_file(path)
    counts = f"modules {len(bench.modules)}, hatches {len(bench.hatches)}, muxes {len(bench.muxes)}"
    print(f"{path} is right: {bench.board.type}, {counts}.")


@app.command
def show(file: BenchName) -> None:
    """Draw the station and print how to wire it."""
    bench = load_bench_file(find_bench_file(file))
    console = Console(highlight=False)
    console.print(f"{bench.name}: {bench.description}" if bench.description else bench.name, markup=False)
    print(f"\n{station_text(bench, console.width)}\n")
    _print_table("Pins", ("pin", "header", "connected to"), pin_rows(bench))
    _print_table("Sensors (BMP280)", ("module", "connected to", "straps"), sensor_rows(bench))
    _print_table("Muxes (TCA9548A)", ("mux", "connected to", "straps"), mux_rows(bench))
    servo_columns = ("servo", "pin", "open µs", "shut µs", "limits µs", "travel ms", "held")
    _print_table(f"Servos ({bench.supply.max_moving} may move at once)", servo_columns, servo_rows(bench))
    for note in wiring_notes(bench):
        console.print(note, markup=False)


@app.command
def schema() -> None:
    """Print the JSON schema of bench files, for editors that check TOML while you type."""
    print(json.dumps(BenchFile.model_json_schema(), indent=2))


def _list_row(path: Path) -> tuple[str, ...]:
    try:
        bench = load_bench_file(path)
    except BenchFileError:
        return path.stem, "", "", "", f"has mistakes: hatchwatch boards check {path.stem}", str(path)
    counts = (str(len(bench.modules)), str(len(bench.hatches)))
    return bench.name, *counts, bench.board.type, bench.description, str(path)


def _print_table(title: str, columns: Iterable[str], rows: list[tuple[str, ...]]) -> None:
    if not rows:
        return
    table = Table(
        *columns, title=title or None, title_justify="left", title_style="bold", box=None, pad_edge=False
    )
    for column in table.columns:
        column.overflow = "fold"  # a path must stay whole
    for row in rows:
        table.add_row(*row)
    console = Console(highlight=False)
    console.print(table)
    console.print()
