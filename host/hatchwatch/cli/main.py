"""The `hatchwatch` command: registers the commands; every outcome becomes one message and one exit code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cyclopts import App, CycloptsError
from rich.console import Console

from hatchwatch import __version__
from hatchwatch.cli.messages import print_error
from hatchwatch.errors import Aborted, HatchwatchError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["app", "main"]

HELP = """Leak tests for a bench of small pressure chambers.

With nothing plugged in, every command drives an emulated Pico that runs the official MicroPython;
with --port it drives a real one. Start with `hatchwatch demo`.

Exit codes: 0 all modules pass, 1 a module fails, 2 inconclusive, 3 blocked or error,
64 usage, 130 stopped.
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
# Import strings: a command's libraries are loaded only when it runs.
app.command("hatchwatch.cli.demo:demo", name="demo")
app.command("hatchwatch.cli.test:app", name="test")
app.command("hatchwatch.cli.watch:watch", name="watch")
app.command("hatchwatch.cli.hatch:hatch", name="hatch")
app.command("hatchwatch.cli.boards:app", name="boards")
app.command("hatchwatch.cli.emulate:emulate", name="emulate")
app.command("hatchwatch.cli.deploy:deploy", name="deploy")
app.command("hatchwatch.cli.image:image", name="image")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave the process with its exit code."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run one command; the return value is the exit code."""
    try:
        result = app(arguments)
    except CycloptsError:
        return UsageError.exit_code  # cyclopts has printed what was wrong
    except HatchwatchError as error:
        print_error(error)
        return error.exit_code
    except KeyboardInterrupt:
        print_error(Aborted("Stopped by Ctrl-C."))
        return Aborted.exit_code
    return result if isinstance(result, int) else 0
