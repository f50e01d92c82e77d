"""How far a long job is: one moving line in a terminal, one line per step in a log."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from hatchwatch.image import ensure_image

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hatchwatch.progress import Progress as ProgressNews

__all__ = ["obtain_image", "progress_line"]


@contextmanager
def progress_line() -> Iterator[ProgressNews]:
    """Give a callable that shows what it is told, on standard error; the line goes away at the end."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _step_printer(console)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None, visible=False)

        def show(doing: str, done: int, total: int | None) -> None:
            bar.update(task, description=doing, completed=done, total=total, visible=True)

        yield show


def _step_printer(console: Console) -> ProgressNews:
    told: set[str] = set()

    def tell(doing: str, done: int, total: int | None) -> None:  # noqa: ARG001 - a log has no use for counts
        if doing not in told:
            told.add(doing)
            console.print(f"{doing} ...", highlight=False)

    return tell


def obtain_image(port: str | None = None) -> None:
    """Get the MicroPython image, with a line that tells it; a real board on a `port` has its own.

    Raises ImageError.
    """
    if port is None:
        with progress_line() as news:
            ensure_image(news)
        Console(stderr=True, highlight=False).print("Starting the emulated board ...", style="dim")
