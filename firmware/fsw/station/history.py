"""The last two minutes of every module: means of 1 s of the reduced pressure."""

# ptr8 and the like are names of viper; ruff checks all others.
# pyright: reportUndefinedVariable=false

from array import array

import micropython
from micropython import const

SECONDS = 128
_SECONDS = const(128)
_MASK = const(127)


@micropython.viper
def _write(ring, mean_q12_pa, place: int):
    to = ptr32(ring)
    means = ptr32(mean_q12_pa)
    count = int(len(mean_q12_pa))
    at = place
    i = 0
    while i < count:
        to[at] = means[i]
        at += _SECONDS
        i += 1


class History:
    """A ring of SECONDS means for each of `count` modules."""

    def __init__(self, count):
        self.ring = array("i", [0] * (_SECONDS * count))
        self.last = 0  # place of the last mean in the ring of each module

    def put(self, mean_q12_pa):
        """Keep the means of a second, 0 where there is none. Steady: allocates nothing."""
        self.last = (self.last + 1) & _MASK
        _write(self.ring, mean_q12_pa, self.last)

    def amount_q12_pa(self, module, age_s):
        """Return the mean of a module `age_s` seconds ago (0: the last one, below SECONDS); 0 for none."""
        return self.ring[module * _SECONDS + ((self.last - age_s) & _MASK)]

    def mean_q12_pa(self, module, window_s):
        """Return the mean of a module over the last `window_s`, None where most of it is missing."""
        window_s = min(window_s, _SECONDS)
        total = 0
        count = 0
        for age_s in range(window_s):
            amount_q12_pa = self.amount_q12_pa(module, age_s)
            if amount_q12_pa:
                total += amount_q12_pa
                count += 1
        return total // count if 2 * count > window_s else None


assert (SECONDS, _MASK) == (_SECONDS, _SECONDS - 1)
