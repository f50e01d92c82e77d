"""What the control registers of a BMP280 ask for: oversampling, filter, mode, and the times that follow."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hatchwatch.emulator.bmp280_noise import (
    PRESSURE_NOISE_PA,
    TABLE8_TEMPERATURE_OVERSAMPLING,
    TEMPERATURE_NOISE_K,
)

__all__ = ["FORCED", "NORMAL", "SLEEP", "Settings", "noise_of_pressure_converter_pa"]

SLEEP, FORCED, NORMAL = 0, 1, 3  # mode bits; 2 means forced as well

_OVERSAMPLING = (0, 1, 2, 4, 8, 16, 16, 16)  # by osrs code (Tables 21 and 22); 0 skips the channel
_FILTER = (1, 2, 4, 8, 16, 16, 16, 16)  # by filter code
_STANDBY_S = (0.5e-3, 62.5e-3, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0)  # by t_sb code (Table 11)


def _step(oversampling: int) -> int:
    """Size of one converter step in 20-bit counts: 16 bits at x1, one more per doubling."""
    return 16 // oversampling


@dataclass(frozen=True, slots=True)
class Settings:
    """Decoded ctrl_meas (0xF4) and config (0xF5)."""

    temperature_oversampling: int  # 0 skipped, else 1, 2, 4, 8, 16
    pressure_oversampling: int
    mode: int  # SLEEP, FORCED or NORMAL
    filter_coefficient: int  # 1 off, else 2, 4, 8, 16
    standby_s: float

    @classmethod
    def decode(cls, ctrl_meas: int, config: int) -> Settings:
        """Decode the two registers."""
        mode = ctrl_meas & 3
        return cls(
            temperature_oversampling=_OVERSAMPLING[ctrl_meas >> 5 & 7],
            pressure_oversampling=_OVERSAMPLING[ctrl_meas >> 2 & 7],
            mode=FORCED if mode == 2 else mode,
            filter_coefficient=_FILTER[config >> 2 & 7],
            standby_s=_STANDBY_S[config >> 5 & 7],
        )

    def conversion_s(self, stretch: float) -> float:
        """Duration of one conversion; `stretch` goes from 0 (typical) to 1 (maximum).

        Reproduces all of Table 13: typ = 1 + 2 t + (2 p + 0.5), max = 1.25 + 2.3 t + (2.3 p + 0.575) ms.
        """
        t, p = self.temperature_oversampling, self.pressure_oversampling
        typical_ms = 1 + 2 * t + (2 * p + 0.5 if p else 0)
        maximum_ms = 1.25 + 2.3 * t + (2.3 * p + 0.575 if p else 0)
        return (typical_ms + stretch * (maximum_ms - typical_ms)) * 1e-3

    def pressure_centre_s(self, stretch: float) -> float:
        """How long before the end of a conversion its pressure part is half done: temperature comes first."""
        p = self.pressure_oversampling
        return ((1 - stretch) * (p + 0.25) + stretch * (1.15 * p + 0.2875)) * 1e-3

    @property
    def temperature_step(self) -> int:
        """Converter step of the temperature in 20-bit counts."""
        return _step(self.temperature_oversampling or 1)

    @property
    def pressure_step(self) -> int:
        """Converter step of the pressure in 20-bit counts."""
        return _step(self.pressure_oversampling or 1)

    def temperature_noise_k(self, kelvin_per_count: float) -> float:
        """Converter noise of the temperature that, with the rounding to steps, makes up Table 9; K rms."""
        total_k = TEMPERATURE_NOISE_K[self.temperature_oversampling or 1]
        rounding_k = self.temperature_step * kelvin_per_count / math.sqrt(12)
        return math.sqrt(total_k**2 - rounding_k**2)


def noise_of_pressure_converter_pa(
    oversampling: int, crosstalk_pa_k: float, pascal_per_count: float
) -> float:
    """Noise of the pressure count that gives the *compensated* pressure the noise of Table 8; Pa rms.

    Three things make up the table's figure: noise of the pressure converter, its rounding, and temperature
    noise, which the compensation turns into pressure. What the last two contribute is taken off.
    """
    temperature_k = TEMPERATURE_NOISE_K[TABLE8_TEMPERATURE_OVERSAMPLING[oversampling]]
    rounding_pa = _step(oversampling) * pascal_per_count / math.sqrt(12)
    variance = PRESSURE_NOISE_PA[oversampling] ** 2 - (crosstalk_pa_k * temperature_k) ** 2 - rounding_pa**2
    return math.sqrt(variance)
