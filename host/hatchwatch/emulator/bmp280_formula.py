"""The BMP280's compensation formula in double precision, forwards and backwards.

Datasheet BST-BMP280-DS001-26 section 8.1, with t_fine kept as a real number as in its worked example (3.12).
Shares no code with the firmware: the emulated sensor inverts the formula to find what its converters would
have seen.
"""

from __future__ import annotations

import math
import struct
from dataclasses import astuple, dataclass

__all__ = ["PUBLISHED_TRIMMING", "InverseFormula", "Trimming", "pressure_pa", "temperature_c"]

_WORDS = struct.Struct("<HhhHhhhhhhhh")  # Table 17: T1 and P1 unsigned, the others signed, little endian


@dataclass(frozen=True, slots=True)
class Trimming:
    """The twelve trimming words of one part, named as in the datasheet (dig_T1 .. dig_P9)."""

    t1: int
    t2: int
    t3: int
    p1: int
    p2: int
    p3: int
    p4: int
    p5: int
    p6: int
    p7: int
    p8: int
    p9: int

    def to_bytes(self) -> bytes:
        """The 24 bytes of registers 0x88..0x9F."""
        return _WORDS.pack(*astuple(self))

    @classmethod
    def from_bytes(cls, data: bytes) -> Trimming:
        """Read the 24 bytes of registers 0x88..0x9F."""
        return cls(*_WORDS.unpack(data))


PUBLISHED_TRIMMING: tuple[Trimming, ...] = (
    # The worked example of the datasheet, section 3.12.
    Trimming(27504, 26435, -1000, 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000),
    # A part in the field: BoschSensortec/BMP280_driver issue 16.
    Trimming(27631, 26030, -1000, 37784, -10731, 3024, 5610, 146, -7, 15500, -14600, 6000),
    # Another: BoschSensortec/BMP280_driver issue 17; P9 was not reported, all other known parts have 6000.
    Trimming(28256, 26879, -1000, 36243, -10606, 3024, 4102, 154, -7, 15500, -14600, 6000),
    # A part with a positive quadratic temperature term, from public driver code.
    Trimming(27730, 25970, 50, 37256, -10566, 3024, 6799, -70, -7, 15500, -14600, 6000),
)


def _t_fine(trimming: Trimming, adc_t: float) -> float:
    var1 = (adc_t / 16384 - trimming.t1 / 1024) * trimming.t2
    var2 = (adc_t / 131072 - trimming.t1 / 8192) ** 2 * trimming.t3
    return var1 + var2


def temperature_c(trimming: Trimming, adc_t: float) -> float:
    """Compensated temperature in °C of a 20-bit converter value (datasheet 8.1)."""
    return _t_fine(trimming, adc_t) / 5120


def pressure_pa(trimming: Trimming, adc_t: float, adc_p: float) -> float:
    """Compensated pressure in Pa of two 20-bit converter values (datasheet 8.1)."""
    d = trimming
    v1 = _t_fine(d, adc_t) / 2 - 64000
    v2 = v1 * v1 * d.p6 / 32768
    v2 = v2 + v1 * d.p5 * 2
    v2 = v2 / 4 + d.p4 * 65536
    v1 = (d.p3 * v1 * v1 / 524288 + d.p2 * v1) / 524288
    v1 = (1 + v1 / 32768) * d.p1
    p = 1048576 - adc_p
    p = (p - v2 / 4096) * 6250 / v1
    v1 = d.p9 * p * p / 2147483648
    v2 = p * d.p8 / 32768
    return p + (v1 + v2 + d.p7) / 16


class InverseFormula:
    """Converter values that compensate to a given temperature and pressure; exact, by two quadratics."""

    __slots__ = ("_b", "_c0", "_four_a", "_p", "_t1_counts", "_t2", "_t3_16", "_trimming")

    def __init__(self, trimming: Trimming) -> None:
        self._trimming = trimming
        self._t1_counts = trimming.t1 * 16.0
        self._t2 = float(trimming.t2)
        self._t3_16 = trimming.t3 / 16
        # Steps 9 to 11 are a p² + b p + P7/16 = P with these:
        self._four_a = 4 * trimming.p9 / 2**35
        self._b = 1 + trimming.p8 / 2**19
        self._c0 = trimming.p7 / 16
        # Steps 1 to 6 as polynomials of u = t_fine/2 - 64000: v2/4096 and v1.
        self._p = (
            trimming.p6 / (32768 * 4 * 4096),
            trimming.p5 / (2 * 4096),
            trimming.p4 * 16.0,
            trimming.p1 * trimming.p3 / (524288.0 * 524288 * 32768),
            trimming.p1 * trimming.p2 / (524288.0 * 32768),
            float(trimming.p1),
        )

    def adc_t(self, celsius: float) -> float:
        """Real-valued temperature count for a compensated temperature in °C."""
        t_fine = celsius * 5120
        # t_fine = T2 x + T3/64 x² with x = adc/16384 - T1/1024; this form of the root has no cancellation.
        x = 2 * t_fine / (self._t2 + math.sqrt(self._t2 * self._t2 + self._t3_16 * t_fine))
        return x * 16384 + self._t1_counts

    def adc_p(self, pascal: float, celsius: float) -> tuple[float, float]:
        """Pressure count (real) for a compensated pressure in Pa at a temperature in °C; and Pa per count.

        Pa per count is negative: the count falls as the pressure rises.
        """
        a2, a1, a0, g2, g1, g0 = self._p
        u = celsius * 2560 - 64000
        offset = (a2 * u + a1) * u + a0
        gain = (g2 * u + g1) * u + g0
        excess = pascal - self._c0
        root = math.sqrt(self._b * self._b + self._four_a * excess)
        linear = 2 * excess / (self._b + root)
        return 1048576 - offset - linear * gain / 6250, -6250 * root / gain

    def crosstalk_pa_k(self, pascal: float, celsius: float) -> float:
        """How far the compensated pressure moves per kelvin of temperature reading, at a fixed count."""
        count, _ = self.adc_p(pascal, celsius)
        step_k = 0.01
        above = pressure_pa(self._trimming, self.adc_t(celsius + step_k), count)
        below = pressure_pa(self._trimming, self.adc_t(celsius - step_k), count)
        return (above - below) / (2 * step_k)
