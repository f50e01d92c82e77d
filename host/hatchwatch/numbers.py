"""Numbers for people: SI prefixes, digits that match the uncertainty, powers of ten."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Scale", "digits_for", "power_parts", "rate_text", "rounded", "scale_for", "significant"]

MISSING = "\N{EN DASH}"
_MINUS = "\N{MINUS SIGN}"
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_PREFIXES = {-12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M"}


@dataclass(frozen=True, slots=True)
class Scale:
    """A common SI prefix for numbers that stand in one column."""

    factor: float  # value in the base unit times this is the number to show
    prefix: str


def scale_for(value: float) -> Scale:
    """The prefix that brings `value` between 1 and 1000; numbers beyond pico or mega keep these."""
    if not math.isfinite(value) or value == 0.0:
        return Scale(1.0, "")
    exponent = 3 * math.floor(math.log10(abs(value)) / 3 + 1e-9)
    exponent = min(max(exponent, min(_PREFIXES)), max(_PREFIXES))
    return Scale(10.0**-exponent, _PREFIXES[exponent])


def digits_for(uncertainty: float) -> int:
    """Decimal places that show a standard uncertainty with two significant digits, at most eight."""
    if not math.isfinite(uncertainty) or uncertainty <= 0.0:
        return 3
    return min(max(1 - math.floor(math.log10(uncertainty)), 0), 8)


def rounded(value: float | None, places: int) -> str:
    """Fixed point with a true minus sign; a dash for a number that is not there."""
    if value is None or not math.isfinite(value):
        return MISSING
    text = f"{value:.{places}f}"
    if float(text) == 0.0:
        text = text.lstrip("-")
    return text.replace("-", _MINUS)


def significant(value: float | None, digits: int = 3) -> str:
    """Fixed point with so many significant digits."""
    if value is None or not math.isfinite(value) or value == 0.0:
        return rounded(value, 0)
    return rounded(value, max(digits - 1 - math.floor(math.log10(abs(value))), 0))


def power_parts(value: float) -> tuple[float, str]:
    """The power of ten just under `value`, as a number and as text with a raised exponent."""
    if not math.isfinite(value) or value == 0.0:
        return 1.0, ""
    exponent = math.floor(math.log10(abs(value)))
    return 10.0**exponent, f"10{str(exponent).translate(_SUPERSCRIPTS)}"


def rate_text(rate_pa_m3_s: float | None, digits: int = 3) -> str:
    """A rate with an SI prefix, such as 12.3 µPa·m³/s."""
    if rate_pa_m3_s is None:
        return "unknown"
    scale = scale_for(rate_pa_m3_s)
    return f"{significant(rate_pa_m3_s * scale.factor, digits)} {scale.prefix}Pa·m³/s"
