"""Readings of all modules over some board time, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hatchwatch.link.dictionary import dictionary
from hatchwatch.link.packets import Readings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hatchwatch.link.packets import Packet

FloatArray = NDArray[np.float64]

__all__ = ["FRESH", "FloatArray", "ReadingsBlock"]

FRESH = 0  # state of a reading that can be used; every other value names a defect
ICE_POINT_K = 273.15


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

    @staticmethod
    def from_packets(packets: Iterable[Packet], modules: int) -> ReadingsBlock:
        """The readings among `packets`, as they were sent; other packets are passed over."""
        numbers = {name: number for number, name in dictionary().enums["sensor_state"].items()}
        sweeps = [
            (packet.board_time_s, packet.body) for packet in packets if isinstance(packet.body, Readings)
        ]
        shape = (len(sweeps), modules)
        return ReadingsBlock(
            np.array([time_s for time_s, _ in sweeps], dtype=np.float64),
            np.array([body.pressure_pa for _, body in sweeps], dtype=np.float64).reshape(shape),
            np.array([body.temperature_c for _, body in sweeps], dtype=np.float64).reshape(shape)
            + ICE_POINT_K,
            np.array(
                [[numbers[state] for state in body.state] for _, body in sweeps], dtype=np.uint8
            ).reshape(shape),
        )
