"""PASS, FAIL or INCONCLUSIVE by guard band.

For an upper limit L and a standard uncertainty u: PASS when Q + 1.645 u <= L, FAIL when Q - 1.645 u > L,
otherwise INCONCLUSIVE. Each error then has a chance of at most 5 % (ISO 14253-1, JCGM 106). A test whose u
could not get below L / (4 x 1.645) is not worth starting (accuracy four times better than the limit: ASTM
E2930).
"""

from __future__ import annotations

import math
from typing import Final

from hatchwatch.methods.results import Verdict

__all__ = ["GUARD_FACTOR", "LIMIT_OVER_GUARD", "judge"]

GUARD_FACTOR: Final = 1.645  # one-sided 95 %
LIMIT_OVER_GUARD: Final = 4.0  # a limit is decidable when 1.645 u is at most this part of it
_IMPOSSIBLE_FACTOR: Final = 3.0  # gas flowing against the pressure by more than this many u can't be chance


def judge(leak_pa_m3_s: float, standard_pa_m3_s: float, limit_pa_m3_s: float) -> tuple[Verdict, str]:
    """Verdict and one sentence why.

    `leak_pa_m3_s` is positive when gas flows the way the pressure drives it. Gas that seems to flow against
    it by more than three standard uncertainties and a quarter of the limit is no proof of tightness:
    INCONCLUSIVE. Raises ValueError for a leak that is not a number, or an uncertainty or limit that is not
    positive.
    """
    if not (math.isfinite(leak_pa_m3_s) and standard_pa_m3_s > 0.0 and limit_pa_m3_s > 0.0):
        raise ValueError(
            f"no verdict on {leak_pa_m3_s} with u = {standard_pa_m3_s} and limit {limit_pa_m3_s} Pa·m³/s"
        )
    guard = GUARD_FACTOR * standard_pa_m3_s
    against_pressure = -_IMPOSSIBLE_FACTOR * standard_pa_m3_s - limit_pa_m3_s / LIMIT_OVER_GUARD
    if leak_pa_m3_s < against_pressure:
        return Verdict.INCONCLUSIVE, "gas seems to flow against the pressure: look for drifting temperature"
    if leak_pa_m3_s + guard <= limit_pa_m3_s:
        return Verdict.PASS, "the leak is under the limit with 95 % confidence"
    if leak_pa_m3_s - guard > limit_pa_m3_s:
        return Verdict.FAIL, "the leak is over the limit with 95 % confidence"
    return Verdict.INCONCLUSIVE, "the limit lies within the guard band around the leak: measure longer"
