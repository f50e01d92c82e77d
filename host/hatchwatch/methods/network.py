"""The station as the analysis sees it: chambers with volumes, shut hatches between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from hatchwatch.boards.model import BenchFile
    from hatchwatch.methods.results import FloatArray

__all__ = ["OUTSIDE", "HatchSides", "Network"]

OUTSIDE = -1  # index that stands for the ambient side of a hatch


@dataclass(frozen=True, slots=True)
class HatchSides:
    """A hatch and the chambers on both sides, as indices into the network's chambers, or OUTSIDE."""

    name: str
    names: tuple[str, str]
    first: int
    second: int


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Chambers in the order of the bench file, ambient sensors left out."""

    names: tuple[str, ...]
    columns: tuple[int, ...]  # of each chamber in a block of readings
    volume_m3: FloatArray  # (chambers,) as stated
    volume_standard_m3: FloatArray
    hatches: tuple[HatchSides, ...]

    @classmethod
    def of(cls, bench: BenchFile) -> Network:
        """The network of a bench file."""
        chambers = bench.chambers
        names = tuple(module.name for module in chambers)
        index = {name: number for number, name in enumerate(names)}
        return cls(
            names=names,
            columns=tuple(i for i, module in enumerate(bench.modules) if not module.ambient),
            volume_m3=np.array([module.volume_m3 for module in chambers]),
            volume_standard_m3=np.array([module.volume_uncertainty_m3 for module in chambers]),
            hatches=tuple(
                HatchSides(
                    hatch.name,
                    hatch.between,
                    index.get(hatch.between[0], OUTSIDE),
                    index.get(hatch.between[1], OUTSIDE),
                )
                for hatch in bench.hatches
            ),
        )
