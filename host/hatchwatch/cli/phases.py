"""How a running test looks: one bar per phase, with the newest values beside it."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

import rich.progress
from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from hatchwatch.methods.protocols import ReadingsBlock

__all__ = ["PhaseBars", "console"]


def console() -> Console:
    """Where progress goes: standard error, so that a result on standard output stays clean."""
    return Console(stderr=True, highlight=False)


class PhaseBars:
    """Shows the phases of a test; fits `methods.protocols.Progress`.

    On a terminal bars move; elsewhere each phase is one line when it ends, as in a log.
    """

    def __init__(self, out: Console | None = None) -> None:
        self._out = out or console()
        self._bars = rich.progress.Progress(
            SpinnerColumn(finished_text=" "),
            TextColumn("{task.description:<9}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[board]:>8}"),
            TextColumn("{task.fields[note]}"),
            TimeElapsedColumn(),
            console=self._out,
            transient=False,
        )
        self._task: TaskID | None = None
        self._elapsed_s = 0.0
        self._note = ""
        self._share: float | None = None  # done of a phase that time says nothing of

    def __enter__(self) -> Self:
        if self._out.is_terminal:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._out.is_terminal:
            self._bars.stop()

    def begin(self, phase: str, expected_s: float | None) -> None:
        """Begin a bar; one that nobody can know the length of pulses."""
        self._elapsed_s, self._note, self._share = 0.0, "", None
        self._task = self._bars.add_task(phase, total=expected_s, board="", note="")

    def update(
        self,
        elapsed_s: float,
        note: str,
        latest: ReadingsBlock,  # noqa: ARG002 - the note says it
        share: float | None = None,
    ) -> None:
        """Move the bar on: to `share` if the phase tells one, else to `elapsed_s` of board time."""
        self._elapsed_s, self._note = elapsed_s, note
        if self._task is None:
            return
        self._bars.update(self._task, board=f"{elapsed_s:.1f} s", note=note)
        if share is not None:
            self._share = share
            self._bars.update(self._task, total=1.0, completed=share)
        elif self._share is None:
            self._bars.update(self._task, completed=elapsed_s)

    def end(self, phase: str) -> None:
        """Fill the bar, unless its phase told how much was reached."""
        if self._task is not None:
            if self._share is None:
                self._bars.update(self._task, total=max(self._elapsed_s, 1e-9), completed=self._elapsed_s)
            self._bars.stop_task(self._task)
        if not self._out.is_terminal:
            lasted = f"{self._elapsed_s:6.1f} s  {self._note}" if self._elapsed_s else "  done"
            self._out.print(f"{phase:<9} {lasted}".rstrip(), soft_wrap=True)
        self._task = None
