"""How an error looks: what was seen, whose fault it is, what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from hatchwatch.errors import Aborted

if TYPE_CHECKING:
    from hatchwatch.errors import HatchwatchError

__all__ = ["print_error"]


def print_error(error: HatchwatchError) -> None:
    """Print one error to stderr, never as a traceback."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    word = "stopped" if isinstance(error, Aborted) else "error"
    console.print(Text.assemble((f"{word}: ", "bold red"), error.seen))
    console.print(Text.assemble(("at fault: ", "bold"), error.fault))
    if error.cure:
        console.print(Text.assemble(("next: ", "bold"), error.cure))
