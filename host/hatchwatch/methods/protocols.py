"""What a method needs of a bench, of a person beside it, and of whoever shows its progress."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

from hatchwatch.bench.operator import Operator
from hatchwatch.bench.readings import FRESH, ReadingsBlock

if TYPE_CHECKING:
    from hatchwatch.boards.model import BenchFile

__all__ = ["FRESH", "BenchLike", "NoProgress", "Operator", "Position", "Progress", "ReadingsBlock"]

Position = Literal["open", "shut"]


class Progress(Protocol):
    """Whoever shows how a test goes; called from the thread that runs the test."""

    def begin(self, phase: str, expected_s: float | None) -> None:
        """A phase starts; `expected_s` of board time, None when nobody can know."""

    def update(self, elapsed_s: float, note: str, latest: ReadingsBlock, share: float | None = None) -> None:
        """The phase goes on; `latest` are the newest readings.

        `share` is how much of a phase is done that ends by what is reached rather than by time, 0 to 1.
        """

    def end(self, phase: str) -> None:
        """The phase is over, whether it went well or not."""


class NoProgress:
    """Shows nothing."""

    def begin(self, phase: str, expected_s: float | None) -> None:
        """Show nothing."""

    def update(self, elapsed_s: float, note: str, latest: ReadingsBlock, share: float | None = None) -> None:
        """Show nothing."""

    def end(self, phase: str) -> None:
        """Show nothing."""


class BenchLike(Protocol):
    """A bench, emulated or real, as the methods use it. All times are board time."""

    @property
    def file(self) -> BenchFile:
        """The bench file."""

    @property
    def board_time_s(self) -> float:
        """Board time of the newest packet."""

    @property
    def operator(self) -> Operator | None:
        """The person beside a real bench; None for an emulated one, which starts filled."""

    def collect(self, duration_s: float) -> ReadingsBlock:
        """All readings of the next `duration_s`; consecutive calls lose none.

        Raises BlockedError kinds when readings stop to arrive.
        """

    def move_hatch(self, name: str, position: Position) -> None:
        """Move one hatch and wait until it has arrived; raises BlockedError kinds when the board refuses."""

    def move_injector(self, module: str, position: Position) -> None:
        """Move one module's injector and wait until it has arrived."""

    def safe(self) -> None:
        """Put everything into the declared safe state and wait for it."""

    def ambient(self) -> tuple[float, float]:
        """Pressure outside (Pa) and its standard uncertainty (Pa)."""

    def truth(self) -> dict[str, Any] | None:
        """What the plant of an emulated bench knows now (see `emulator.plant`); None on a real bench."""
