"""How an error looks: what was seen, whose fault it is, what to do next."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from hatchwatch.errors import Aborted, HatchwatchError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["print_error", "result_of_error"]


def print_error(error: HatchwatchError) -> None:
    """Print one error to stderr, never as a traceback."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    word = "stopped" if isinstance(error, Aborted) else "error"
    console.print(Text.assemble((f"{word}: ", "bold red"), error.seen))
    console.print(Text.assemble(("at fault: ", "bold"), error.fault))
    if error.cure:
        console.print(Text.assemble(("next: ", "bold"), error.cure))
    if error.report is not None:
        console.print(Text.assemble(("report: ", "bold"), str(error.report)))


@contextmanager
def result_of_error(*, as_json: bool) -> Iterator[None]:
    """Print the result of a run that an error ends, as that of any other run; the error goes on.

    Without `as_json` its message tells where the report is.
    """
    try:
        yield
    except HatchwatchError as error:
        if as_json and error.result is not None:
            sys.stdout.write(error.result.read_text("utf-8"))
        raise
