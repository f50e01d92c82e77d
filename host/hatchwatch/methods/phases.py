"""Phases of a procedure: their names, their times, and what is shown while they last."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

from hatchwatch.methods.protocols import ReadingsBlock
from hatchwatch.methods.results import Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hatchwatch.methods.protocols import BenchLike, Progress

__all__ = ["Conductor"]


class Conductor:
    """Runs phases on a bench, remembers when each was, and shows how it goes."""

    STEP_S: ClassVar[float] = 1.0  # readings are fetched in steps of this, so that the display lives

    def __init__(self, bench: BenchLike, progress: Progress) -> None:
        self._bench = bench
        self._progress = progress
        self._done: list[Phase] = []
        self.current = "start"

    @property
    def phases(self) -> tuple[Phase, ...]:
        """All phases that are over."""
        return tuple(self._done)

    @contextmanager
    def phase(self, name: str, expected_s: float | None = None) -> Iterator[None]:
        """A phase that lasts as long as the block below it, well ended or not."""
        start_s = self._bench.board_time_s
        self.current = name
        self._progress.begin(name, expected_s)
        try:
            yield
        finally:
            self._done.append(Phase(name, start_s, self._bench.board_time_s))
            self._progress.end(name)

    def step(self) -> ReadingsBlock:
        """The readings of one step."""
        return self._bench.collect(self.STEP_S)

    def collect(
        self, duration_s: float, note: Callable[[float], str], before_s: float = 0.0
    ) -> ReadingsBlock:
        """Readings of `duration_s`, step by step, when `before_s` of the phase are over.

        `note` tells what to show after so many seconds of the phase.
        """
        blocks: list[ReadingsBlock] = []
        elapsed_s = 0.0
        while not blocks or elapsed_s < duration_s - 1e-6:
            step_s = min(self.STEP_S, duration_s - elapsed_s)
            blocks.append(self._bench.collect(step_s))
            elapsed_s += step_s
            self.show(before_s + elapsed_s, note(before_s + elapsed_s), blocks[-1])
        return ReadingsBlock.joined(blocks)

    def discard(self) -> None:
        """Drop the readings that came in while nobody collected, because a person was waited for."""
        self._bench.collect(0.0)

    def show(self, elapsed_s: float, note: str, latest: ReadingsBlock, share: float | None = None) -> None:
        """Tell how the phase goes; arguments as for `Progress.update`."""
        self._progress.update(elapsed_s, note, latest, share)
