"""What the sign of a flow rules out: gas does not enter a module through its hull against the pressure.

Two shut modules at different pressures show two rates, but three flows make them: two hulls and the seal
between. The prior on the seal settles that in most tests, where the pressures are nearly equal. Where they
are not, a module that gains gas can only have got it through a hatch, and that says more of the seal than
the prior.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.stats import norm

if TYPE_CHECKING:
    from hatchwatch.methods.regression import Estimate
    from hatchwatch.methods.results import FloatArray

__all__ = ["rule_out_inflow"]

_BLUR_FACTOR: Final = 3.0  # a tight module may seem to gain this many standard uncertainties
_BELIEVABLE: Final = 5.0  # a bound farther out than this is no matter of seals, but of something not modelled
_PASSES: Final = 3


def rule_out_inflow(
    estimate: Estimate, hulls: slice, seals: slice, blur: FloatArray, side: float
) -> Estimate:
    """The estimate given that no hull leak is below zero by more than `blur` explains.

    `hulls` and `seals` are the places of the parameters, `blur` (hulls,) the standard uncertainties of the
    hull leaks from all that is not the seals, `side` -1 when the modules are below ambient. Each bound
    truncates the normal distribution of one leak whose uncertainty is mostly that of the seals, the worst
    first. The others follow by their covariance, and the outcome is taken for normal again, with the same
    first two moments (assumed density filtering).
    """
    mean, covariance = estimate.parameters.copy(), estimate.covariance.copy()
    places = range(*hulls.indices(len(mean)))
    if seals.start == seals.stop:
        return estimate
    for _ in range(_PASSES):
        for order in np.argsort(side * mean[hulls] / blur):
            place = places[order]
            standard = math.sqrt(covariance[place, place])
            excess = (-_BLUR_FACTOR * blur[order] - side * mean[place]) / standard
            if not 0.0 < excess < _BELIEVABLE or standard < math.sqrt(2.0) * blur[order]:
                continue
            shift = float(np.exp(norm.logpdf(excess) - norm.logsf(excess)))
            gain = covariance[:, place] / standard
            mean = mean + gain * (side * shift)
            covariance = covariance - np.outer(gain, gain) * (shift * (shift - excess))
    return replace(estimate, parameters=mean, covariance=covariance)
