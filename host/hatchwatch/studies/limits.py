"""How small a leak a sealed module shows at all: the unit in which a study may state leaks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hatchwatch.emulator.plant import PlantPreset

__all__ = ["LIMIT_S", "detection_limit_pa_m3_s"]

LIMIT_S: Final = 60.0  # how long the sealed module is watched
_ERRORS: Final = 3.29  # standard deviations: 5 % false alarms and 5 % missed (Currie)
_WHITE_PA: Final = 1.3  # of one conversion, datasheet BST-BMP280-DS001-26, Table 8, x16
_CONVERSIONS_HZ: Final = 26.32  # Table 14, x16/x2
_FLICKER: Final = 2.44  # times Allan floor over duration is the standard deviation of a slope


def detection_limit_pa_m3_s(volume_m3: float, noise: float, preset: PlantPreset) -> float:
    """3.29 u(Q) of one sealed module in 60 s: from white noise (`noise` times the datasheet's) and flicker.

    The slope of N equal steps has the standard deviation sigma sqrt(12/(f T³)); drifts are left out.
    """
    white_pa_s = noise * _WHITE_PA * math.sqrt(12.0 / (_CONVERSIONS_HZ * LIMIT_S**3))
    flicker_pa_s = _FLICKER * preset.flicker_pa / LIMIT_S
    return _ERRORS * volume_m3 * math.hypot(white_pa_s, flicker_pa_s)
