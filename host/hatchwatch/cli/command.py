"""`hatchwatch command BENCH NAME`: every command of the dictionary, with its arguments typed and checked."""

from __future__ import annotations

import inspect
import json
import sys
from typing import TYPE_CHECKING, Any

from cyclopts import App
from rich.console import Console

from hatchwatch.bench import open_bench
from hatchwatch.bench.commanding import follow
from hatchwatch.boards import find_bench_file, list_bench_files, load_bench_file
from hatchwatch.cli.arguments import annotation, can_be_built, default_of, field_values, structure_names
from hatchwatch.cli.options import CrewClear, Json, PlantName, Port, Seed
from hatchwatch.cli.progress import obtain_image
from hatchwatch.errors import BenchFileError, UsageError
from hatchwatch.link.codec import LayoutError
from hatchwatch.link.commands import command as build_command
from hatchwatch.link.dictionary import dictionary
from hatchwatch.link.wording import packet_data, packet_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from hatchwatch.bench.commanding import Answer
    from hatchwatch.boards import BenchFile
    from hatchwatch.link.commands import Command
    from hatchwatch.link.dictionary import CommandEntry

__all__ = ["app_for", "called"]

HELP = """Send one command to a board, and show what became of it.

`hatchwatch command BENCH` lists the commands, `hatchwatch command BENCH NAME --help` tells their arguments.
All names and numbers are checked before anything is opened. Exit code 3 if the board refuses or fails.
On an emulated bench nothing outlives the command: use --port with a running `hatchwatch emulate`.
"""

_COMMON = (("port", Port, None), ("plant", PlantName, "quiet"), ("seed", Seed, 1), ("json_", Json, False))
NOT_DONE = 3


def app_for(benches: list[str]) -> App:
    """The commands of these benches, each below the name by which it was called."""
    made = App(name="command", help=HELP, help_format="markdown")
    for bench in benches:
        made.command(_bench_app(bench))
    return made


def __getattr__(name: str) -> App:
    """The attribute `app`: commands for all known benches, made when somebody asks for it."""
    if name == "app":
        return app_for(_known_benches())
    raise AttributeError(name)


def _known_benches() -> list[str]:
    """Names of the bench files that can be found and are right."""
    found = []
    for path in list_bench_files():
        try:
            load_bench_file(path)
        except BenchFileError:
            continue  # `hatchwatch boards list` tells of it
        found.append(path.stem)
    return found


def _bench_app(bench: str) -> App:
    file = load_bench_file(find_bench_file(bench))
    app = App(name=bench, help=f"Commands to {file.name}.", help_format="markdown")
    for entry in dictionary().commands.values():
        if can_be_built(entry, file.part_names):
            app.command(_typed(entry, bench, file), name=entry.name.replace("_", "-"))
    return app


def _typed(entry: CommandEntry, bench: str, file: BenchFile) -> Callable[..., int]:
    """A function whose signature has the fields of a command, for cyclopts to read."""

    def send(**typed: Any) -> int:
        bound = signature.bind(**typed)
        bound.apply_defaults()
        given = bound.arguments
        command = _checked(entry, given, file)
        structures = tuple(structure_names()[sid] for sid in _sids(entry, given, file))
        answer = _send(bench, command, structures, given)
        _print(command, answer, file, as_json=given["json_"])
        return 0 if answer.ok else NOT_DONE

    fields = [(item.name, annotation(item, file.part_names), default_of(item)) for item in entry.layout]
    common = [*_COMMON, *([("crew_clear", CrewClear, False)] if _may_shut(entry) else [])]
    parameters = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default)
        for name, kind, default in (*fields, *common)
    ]
    signature = inspect.Signature(parameters)
    send.__signature__ = signature  # type: ignore[attr-defined]
    send.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    send.__doc__ = entry.meaning[:1].upper() + entry.meaning[1:] + "."
    return send


def _may_shut(entry: CommandEntry) -> bool:
    return entry.name == "move_hatch"


def _checked(entry: CommandEntry, given: dict[str, Any], file: BenchFile) -> Command:
    """The command, built before anything opens; raises UsageError."""
    try:
        command = build_command(entry.name, **field_values(entry, given, file.part_names))
        command.pack(0)
    except LayoutError as error:
        raise UsageError(f"{entry.name} can't be built: {error}.", cure="See its --help.") from error
    return command


def _sids(entry: CommandEntry, given: dict[str, Any], file: BenchFile) -> list[int]:
    """The structures that a `report_once` asks for."""
    if entry.name != "report_once":
        return []
    return [group["sid"] for group in field_values(entry, given, file.part_names)["structures"]]


def _send(bench: str, command: Command, structures: tuple[str, ...], given: dict[str, Any]) -> Answer:
    obtain_image(given["port"])
    with open_bench(bench, given["port"], seed=given["seed"], plant=given["plant"]) as opened:
        if given.get("position") == "shut" and "crew_clear" in given:
            opened.require_crew_clear(crew_clear=given["crew_clear"])
        return follow(opened, command, structures)


def _print(command: Command, answer: Answer, file: BenchFile, *, as_json: bool) -> None:
    names = file.part_names
    if as_json:
        shown = [packet_data(packet, names) for packet in answer.packets]
        sys.stdout.write(json.dumps({"command": command.name, "ok": answer.ok, "packets": shown}) + "\n")
        return
    console = Console(highlight=False, soft_wrap=True)
    for packet in answer.packets:
        for line in packet_lines(packet, names):
            console.print(line, markup=False)


def called(arguments: list[str]) -> list[str]:
    """The benches to make commands for: the one named on the command line, or all that are known."""
    if arguments and not arguments[0].startswith("-"):
        return [arguments[0]]
    return _known_benches()
