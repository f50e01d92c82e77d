"""What a method needs of a bench, of a person beside it, and of whoever shows its progress."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hatchwatch.boards.model import BenchFile
    from hatchwatch.methods.results import FloatArray

__all__ = ["FRESH", "BenchLike", "NoProgress", "Operator", "Position", "Progress", "ReadingsBlock"]

Position = Literal["open", "shut"]
FRESH = 0  # state of a reading that can be used; every other value names a defect


@dataclass(frozen=True, slots=True, eq=False)
class ReadingsBlock:
    """Readings of all modules over some board time; columns in the order of the bench file's modules."""

    time_s: FloatArray  # (n,) board time, ascending
    pressure_pa: FloatArray  # (n, modules) absolute
    temperature_k: FloatArray  # (n, modules) of the sensor chips
    state: NDArray[np.uint8]  # (n, modules) 0 = fresh

    def __post_init__(self) -> None:
        """Refuse arrays that don't belong together."""
        shapes = {self.pressure_pa.shape, self.temperature_k.shape, self.state.shape}
        if len(shapes) != 1 or self.pressure_pa.shape[:1] != self.time_s.shape:
            raise ValueError(f"readings don't belong together: {self.time_s.shape}, {sorted(shapes)}")

    def __len__(self) -> int:
        """Number of readings."""
        return len(self.time_s)

    @property
    def usable(self) -> NDArray[np.bool_]:
        """(n, modules): which values may enter an analysis."""
        finite = np.isfinite(self.pressure_pa) & np.isfinite(self.temperature_k)
        fresh: NDArray[np.bool_] = (self.state == FRESH) & finite
        return fresh

    def between(self, start_s: float, end_s: float) -> ReadingsBlock:
        """The readings with start_s <= time < end_s."""
        keep = (self.time_s >= start_s) & (self.time_s < end_s)
        return ReadingsBlock(
            self.time_s[keep], self.pressure_pa[keep], self.temperature_k[keep], self.state[keep]
        )

    @staticmethod
    def joined(blocks: Sequence[ReadingsBlock]) -> ReadingsBlock:
        """Blocks that follow each other in time as one; at least one is needed."""
        return ReadingsBlock(
            np.concatenate([block.time_s for block in blocks]),
            np.concatenate([block.pressure_pa for block in blocks]),
            np.concatenate([block.temperature_k for block in blocks]),
            np.concatenate([block.state for block in blocks]),
        )


class Operator(Protocol):
    """The person beside a real bench."""

    def tell(self, text: str) -> None:
        """Show a message and go on."""

    def confirm(self, text: str) -> None:
        """Ask for something to be done and wait until the person says it is; raises Aborted on refusal."""

    def alarm(self, text: str) -> None:
        """Show a warning that can't be overlooked, and go on."""


class Progress(Protocol):
    """Whoever shows how a test goes; called from the thread that runs the test."""

    def begin(self, phase: str, expected_s: float | None) -> None:
        """A phase starts; `expected_s` of board time, None when nobody can know."""

    def update(self, elapsed_s: float, note: str, latest: ReadingsBlock) -> None:
        """The phase goes on; `latest` are the newest readings."""

    def end(self, phase: str) -> None:
        """The phase is over, whether it went well or not."""


class NoProgress:
    """Shows nothing."""

    def begin(self, phase: str, expected_s: float | None) -> None:
        """Show nothing."""

    def update(self, elapsed_s: float, note: str, latest: ReadingsBlock) -> None:
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
