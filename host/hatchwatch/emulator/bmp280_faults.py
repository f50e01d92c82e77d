"""What can be wrong with one BMP280; the side channel sets it, the register model obeys."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["TRIMMING_DAMAGE", "SensorFaults", "damaged"]

TRIMMING_DAMAGE = ("zeros", "ones", "flipped")


@dataclass(slots=True)
class SensorFaults:
    """Present faults of one sensor; the defaults are a healthy one."""

    silent: bool = False  # answers nothing
    frozen: bool = False  # keeps its last sample
    refusals_left: int = 0  # transactions still to be refused: a passing I/O error
    pressure_offset_pa: float = 0.0
    temperature_offset_k: float = 0.0
    spike_pa: float = 0.0  # added to the next `spikes_left` conversions
    spikes_left: int = 0
    chip_id: int | None = None  # 0x60 for a BME280 sold as a BMP280, 0x00, 0xFF
    trimming: str | None = None  # damage to 0x88..0x9F, one of TRIMMING_DAMAGE
    status_stuck: int = 0  # status bits that never clear: 0x08 measuring, 0x01 im_update


def damaged(trimming: bytes, damage: str | None) -> bytes:
    """The trimming bytes as they read: all zeros, all ones, or with the low byte of T1 and P1 flipped."""
    if damage == "zeros":
        return bytes(len(trimming))
    if damage == "ones":
        return b"\xff" * len(trimming)
    if damage == "flipped":
        return bytes(byte ^ 0xFF if place in {0, 6} else byte for place, byte in enumerate(trimming))
    return trimming
