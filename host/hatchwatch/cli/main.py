"""The `hatchwatch` command: registers the commands; every outcome becomes one message and one exit code."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

from cyclopts import App, CycloptsError
from rich.console import Console

from hatchwatch import __version__
from hatchwatch.cli.messages import print_error
from hatchwatch.errors import Aborted, HatchwatchError, UsageError, internal_error

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["build_app", "main", "run"]

HELP = """Leak tests for a bench of small pressure chambers.

With nothing plugged in, every command drives an emulated Pico that runs the official MicroPython;
with --port it drives a real one. Start with `hatchwatch demo`.

Exit codes: 0 done, or all modules pass, 1 a module fails, 2 inconclusive, 3 blocked or error,
64 usage, 130 stopped.
"""

DEBUG = "HATCHWATCH_DEBUG"  # set: an error inside hatchwatch shows its traceback

# name, where it is, what the list of commands says of it
COMMANDS = (
    ("demo", "demo:demo", "Find a hidden leak on the emulated station: the first thing to try."),
    ("test", "test:app", "Leak tests."),
    ("isolate", "isolate:isolate", "Let the board find a leak, shut it off and prove the rest."),
    ("verify", "verify:verify", "Let the board measure what it shut off again: is the repair any good?"),
    ("watch", "watch:watch", "Live table of all modules and hatches."),
    ("hatch", "hatch:hatch", "Move one hatch."),
    ("command", "command:app", "Send any command of the dictionary, typed and checked."),
    ("safe", "safe:safe", "Put a board into its safe state, whatever it runs."),
    ("parameters", "parameters:app", "Read, set and save the parameters of a board."),
    ("events", "events:events", "The log of events, and events as they happen."),
    ("clock", "clock:clock", "Compare the clocks of board and computer."),
    ("replay", "replay:replay", "Run the flight logic again over a recorded run."),
    ("sweep", "sweep:sweep", "Run thousands of simulated scenarios through the flight logic."),
    ("boards", "boards:app", "Bench files: list, check and show them."),
    ("emulate", "emulate:emulate", "Run an emulated board on a port of this computer."),
    (
        "dictionary",
        "dictionary:show",
        "What crosses the link, to read or for other tools.",
    ),
    ("forward", "forward:forward", "Pass bare packets to a ground system, and its commands to the board."),
    ("deploy", "deploy:deploy", "Put firmware and bench file on a board."),
    ("image", "image:image", "Obtain the MicroPython image and say where it lies."),
)


def build_app(arguments: Sequence[str] = (), *, listing: bool) -> App:
    """The command line; import strings load a command's libraries only when it runs.

    With `listing` each command gets its line for the list, which hides the longer text that it has itself.
    """
    app = App(
        name="hatchwatch",
        help=HELP,
        version=__version__,
        help_format="markdown",
        error_console=Console(stderr=True),
        exit_on_error=False,
        suppress_keyboard_interrupt=False,
        result_action="return_value",
    )
    for name, place, summary in COMMANDS:
        if name == "command" and arguments[:1] == [name]:
            app.command(_commands_of(arguments))
            continue
        app.command(f"hatchwatch.cli.{place}", name=name, help=summary if listing else None)
    app.register_install_completion_command(help="Install completion for the shell that is running.")
    return app


def _commands_of(arguments: Sequence[str]) -> App:
    """`command` for the bench that is named: its arguments take that bench's names."""
    from hatchwatch.cli.command import app_for, called  # noqa: PLC0415 - loaded only when it runs

    return app_for(called(list(arguments[1:])))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave the process with its exit code."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run one command; the return value is the exit code."""
    listing = not arguments or arguments[0].startswith("-")
    _end_well_on_signals()
    try:
        result = build_app(arguments, listing=listing)(arguments)
    except CycloptsError:
        return UsageError.exit_code  # cyclopts has printed what was wrong
    except HatchwatchError as error:
        print_error(error)
        return error.exit_code
    except KeyboardInterrupt:
        print_error(Aborted("Stopped by Ctrl-C.", cure="Run it again when you are ready."))
        return Aborted.exit_code
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        print_error(internal_error(error))
        return HatchwatchError.exit_code
    return result if isinstance(result, int) else 0


def _end_well_on_signals() -> None:
    """Let a closed terminal or a cancelled job end a test as Ctrl-C does: safe, with its result.

    SIGINT is among them since a shell starts background jobs with it ignored.
    """
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)
