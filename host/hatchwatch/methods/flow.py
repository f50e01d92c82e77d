"""How a leak's flow depends on the pressures on both sides."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hatchwatch.methods.results import FloatArray

__all__ = ["DEFAULT_AT_PA", "laminar_drive", "law_ratios"]

DEFAULT_AT_PA: Final = 8_000.0  # pressure over ambient at which leaks are stated


def laminar_drive(upstream_pa: FloatArray, downstream_pa: FloatArray | float) -> FloatArray:
    """What drives compressible laminar flow through a capillary: the difference of squared pressures, Pa²."""
    return upstream_pa**2 - downstream_pa**2


def law_ratios(pressure_pa: float, reference_pa: float, ambient_pa: float) -> tuple[float, float]:
    """Flow at `reference_pa` over flow at `pressure_pa`, of a laminar leak and of an orifice.

    An orifice at these small differences passes sqrt(upstream pressure x difference). Both are absolute.
    Raises ValueError unless both pressures lie on the same side of ambient.
    """
    gauge_pa, reference_gauge_pa = pressure_pa - ambient_pa, reference_pa - ambient_pa
    if gauge_pa * reference_gauge_pa <= 0.0:
        raise ValueError(f"{pressure_pa} and {reference_pa} Pa are not on the same side of {ambient_pa} Pa")
    laminar = (reference_pa**2 - ambient_pa**2) / (pressure_pa**2 - ambient_pa**2)
    upstream, reference_upstream = max(pressure_pa, ambient_pa), max(reference_pa, ambient_pa)
    orifice = math.sqrt(reference_upstream * reference_gauge_pa / (upstream * gauge_pa))
    return laminar, orifice
