"""The person at the terminal beside a real bench."""

from __future__ import annotations

import sys

from rich.console import Console

from hatchwatch.errors import Aborted

__all__ = ["TerminalOperator"]


class TerminalOperator:
    """Tells and asks on the terminal; fits `bench.operator.Operator`."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)

    def tell(self, text: str) -> None:
        """Show a message and go on."""
        self._console.print(f"[bold cyan]>[/bold cyan] {text}")

    def confirm(self, text: str) -> None:
        """Ask for something to be done and wait for Enter; raises Aborted when there is nobody to answer."""
        self._console.print(f"[bold cyan]?[/bold cyan] {text} [dim]Enter when done, Ctrl-C to stop.[/dim]")
        if not sys.stdin.readline():
            raise Aborted(
                "Nobody can answer: standard input is closed.",
                fault="the way this was started",
                cure="Run it in a terminal.",
            )

    def alarm(self, text: str) -> None:
        """Show a warning with a bell."""
        self._console.bell()
        self._console.print(f"[bold white on red] {text} [/bold white on red]")
