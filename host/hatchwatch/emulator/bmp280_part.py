"""What differs from one BMP280 to the next, drawn by seed within the datasheet's limits."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hatchwatch.emulator.bmp280_formula import PUBLISHED_TRIMMING, Trimming

__all__ = ["CHIP_ID_BME280", "CHIP_ID_BMP280", "Part", "Surroundings"]

CHIP_ID_BMP280 = 0x58
CHIP_ID_BME280 = 0x60

# Half-widths of the spread around a published set: parts of one type differ this much, and the converter
# still reaches 0 above 1450 hPa. Words that hardly differ between known parts (T3, P3, P6..P9) stay.
_SPREAD = {"t1": 150, "t2": 150, "p1": 200, "p2": 40, "p4": 200, "p5": 10}


@dataclass(frozen=True, slots=True)
class Part:
    """One sensor as it left the factory and was soldered; its errors are constants in what it reports."""

    trimming: Trimming = PUBLISHED_TRIMMING[0]
    chip_id: int = CHIP_ID_BMP280
    conversion_stretch: float = 0.0  # 0 typical, 1 maximum conversion time (Table 13)
    standby_factor: float = 1.0  # of t_sb; ±5 % typically (Table 2)
    copy_s: float = 2.5e-3  # trimming copied from memory after power-up; 2 ms are not always enough
    pressure_offset_pa: float = 0.0
    pressure_gain: float = 0.0  # error per Pa away from 101325 Pa
    tco_pa_k: float = 0.0  # pressure error per kelvin away from 25 °C
    temperature_offset_k: float = 0.0
    measuring_bit_delay_s: float = 0.0  # some parts raise the bit late; 1.5 ms is an assumption

    @classmethod
    def draw(cls, seed: int, sensor: int) -> Part:
        """A plausible part; the same for the same seed and sensor number."""
        dice = np.random.Generator(np.random.Philox(np.random.SeedSequence(seed, spawn_key=(sensor, 2))))

        def within(half_width: float) -> float:
            return float(dice.uniform(-half_width, half_width))

        base = PUBLISHED_TRIMMING[int(dice.integers(len(PUBLISHED_TRIMMING)))]
        spread = {word: getattr(base, word) + round(within(width)) for word, width in _SPREAD.items()}
        return cls(
            trimming=replace(base, **spread),
            conversion_stretch=float(dice.triangular(0, 0, 1)),
            standby_factor=1 + within(0.05),
            copy_s=float(dice.uniform(2.2e-3, 4e-3)),
            pressure_offset_pa=within(100),  # absolute accuracy ±1 hPa
            pressure_gain=within(12 / 20_000),  # relative accuracy ±0.12 hPa over 700..900 hPa
            tco_pa_k=within(1.5),
            temperature_offset_k=within(1.0),
        )


@dataclass(frozen=True, slots=True)
class Surroundings:
    """How the chip sits in its module, and how its reading wanders. The plant preset says."""

    chip_lag_s: float = 2.0  # the chip follows the gas with this time constant
    self_heating_k: float = 0.0  # rise of the chip when it converts without a pause
    self_heating_lag_s: float = 5.0
    flicker_pa: float = 0.0  # floor of the Allan deviation
