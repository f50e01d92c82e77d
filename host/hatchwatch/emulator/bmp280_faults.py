"""What can be wrong with one BMP280; the side channel sets it, the register model obeys."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SensorFaults"]


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
    trimming: bytes | None = None  # damaged content of 0x88..0x9F
    status_stuck: int = 0  # status bits that never clear: 0x08 measuring, 0x01 im_update
