"""`hatchwatch dictionary`: what crosses the link, for people and for other programs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table as TerminalTable
from rich.text import Text

from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.errors import OutputError, UsageError
from hatchwatch.link.dictionary import dictionary
from hatchwatch.link.export.markdown import dictionary_markdown
from hatchwatch.link.export.plain import dictionary_data
from hatchwatch.link.export.tables import dictionary_tables
from hatchwatch.link.export.xtce import BenchShape, dictionary_xtce

if TYPE_CHECKING:
    from hatchwatch.link.export.tables import Table

__all__ = ["show"]

TableName = Literal["commands", "telemetry", "events", "parameters", "codes", "enumerations"]
XtceFile = Annotated[Path | None, Parameter(allow_leading_hyphen=True, help="Write it as XTCE 1.2.")]
XtceBench = Annotated[
    str | None,
    Parameter(help="The bench that the XTCE is for, with its names. Without it: six modules, five hatches."),
]
MarkdownFile = Annotated[
    Path | None, Parameter(allow_leading_hyphen=True, help="Write it as a page of Markdown.")
]
JsonFile = Annotated[
    Path | None, Parameter(name="--json", allow_leading_hyphen=True, help="Write it as JSON.")
]


def show(
    table: Annotated[TableName | None, Parameter(help="Only this table.")] = None,
    *,
    xtce: XtceFile = None,
    bench: XtceBench = None,
    markdown: MarkdownFile = None,
    json_: JsonFile = None,
) -> None:
    """Show all commands, telemetry packets, events, parameters, codes and names that cross the link.

    A FILE of - is the standard output. Without a file the tables go to the terminal. XTCE is what ground
    systems such as Yamcs read; lists of modules and hatches have a fixed length there, so it is made for one
    bench.
    """
    known = dictionary()
    if bench is not None and xtce is None:
        raise UsageError("--bench is for the XTCE only.", cure="Add --xtce FILE, or leave --bench out.")
    if xtce is not None:
        shape = None if bench is None else BenchShape.of(load_bench_file(find_bench_file(bench)).part_names)
        _write(xtce, dictionary_xtce(known, shape))
    if markdown is not None:
        _write(markdown, dictionary_markdown(known))
    if json_ is not None:
        _write(json_, json.dumps(dictionary_data(known), indent=1) + "\n")
    if markdown is None and json_ is None and xtce is None:
        _print(None if table is None else (table,))


def _write(file: Path, text: str) -> None:
    if str(file) == "-":
        sys.stdout.write(text)
        return
    try:
        file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(
            f"{file} can't be written: {error.strerror or error}.",
            fault="the file's place",
            cure="Name another file.",
        ) from error


def _print(names: tuple[str, ...] | None) -> None:
    known = dictionary()
    console = Console(highlight=False)
    for table in dictionary_tables(known, names):
        console.print(table.name.capitalize(), style="bold")
        console.print(table.intro, markup=False)
        console.print(_terminal_table(table))
        console.print()
    console.print(f"firmware {known.firmware_version}, dictionary {known.hash:08x}", markup=False)


def _terminal_table(table: Table) -> TerminalTable:
    """A nested table takes one column less: fields stand indented below what they belong to."""
    rows, columns = table.rows, table.columns
    if table.nested:
        columns = columns[:1] + columns[2:]
        rows = tuple((row[0] or f"  {row[1]}", *row[2:]) for row in rows)
    shown = TerminalTable(box=None, pad_edge=False)
    for name in columns[:-1]:
        shown.add_column(name, no_wrap=True)
    shown.add_column(columns[-1])
    for row in rows:
        shown.add_row(*(Text(cell) for cell in row))
    return shown
