"""Which module leaks? The probability of every explanation, from the slopes in all states of the hatches.

An explanation is a part of `hypotheses`, two of them, or nothing. The likelihood of its parameters is
Gaussian; integrated over priors that are flat in the logarithm over six decades it is (Laplace's method)

    exp(z^2/2) sqrt(2 pi)/(z ln 10^6)      for each parameter, z = parameter over its standard deviation

with z at least 1, where a parameter can't be seen. A leak has the sign of a loss. When even the best
explanation leaves more scatter than the slopes should have, all likelihoods are spread by that much (Birge).

A module is named when the probability that it has to be cut off, summed over all explanations, leaves less
doubt than `doubt_ppm`. So an explanation that adds what can't be seen takes nothing away.
"""

from array import array

from micropython import const

from fsw.link import numbers
from fsw.station.evidence import Evidence
from fsw.station.fixed import exp_q16, isqrt, ln_q16
from fsw.station.graph import members
from fsw.station.hypotheses import DRIFT, Explanations, Patterns, explain
from fsw.station.priors import module_shares_q16, rarity_q16
from fsw.station.reports import NOBODY, Sums
from fsw.station.slopes import Slopes

UNDECIDED = const(0)
FOUND = const(1)
NONE = const(2)
INCONCLUSIVE = const(3)

_ALL_PPM = const(1000000)
_MOST_STATES = const(6)  # that are remembered; older ones but the first are told again by the later ones
_REPORTED = const(3)
_MISFIT_Q10 = const(9 * 1024)  # chi^2 per slope beyond which no explanation is believed
_NEWS_Q10 = const(4 * 1024)  # beyond which one that holds in all states is doubted
_ALIKE_Q16 = const(2 * 65536)  # z^2 that tells nothing apart
_FULL_PA = const(2000)  # over the outside; a module with more that keeps less than 1/4 has emptied
_EMPTIED = const(4)
_KEPT = const(2)
_EXCESS_PA = const(1000)  # over the outside; with less a leak is not seen
_ELSEWHERE_PPM = const(50000)  # probability of one more module to be cut off that is worth a longer look
_PROBABLE_PPM = const(500000)
_LONGEST_S = const(7200)

_TOP_Q16 = const(8 * 65536)  # e^8 in q16 is the weight of the best explanation


class Locator:
    """Gathers evidence with `begin` and `add`, decides with `judge`, or `judging` bit by bit.

    `left_out` is a set of modules that are shut off already: what happens in gas volumes of theirs alone is
    no news.

    After that `outcome` is UNDECIDED, FOUND, NONE or INCONCLUSIVE; `found` the set of modules to cut off,
    `drifting` that of sensors that drift with it, `doubt_ppm` how probable it is that this is wrong.
    `hypotheses` has rows (kind, first, second, probability_ppm, leak_npa_m3_s, leak_sd_npa_m3_s), the most
    probable one first, in the terms of the event leak_found; the leak is that of the first module at the
    pressure it has now, through a hatch at 8 kPa, of a drift 0. `cut_ppm` is the probability of each module
    that it has to be cut off. `limit_npa_m3_s` is the upper bound of the leak of all modules together (95 %),
    -1 if one was not measured. After INCONCLUSIVE `decider`, `decider_index` and `decider_s` say what would
    decide.
    """

    def __init__(self, station, values):
        """`values` are the parameters."""
        self._station = station
        self._values = values
        self.left_out = 0
        self.forget()

    def forget(self):
        """Forget all evidence."""
        count = self._station.count
        self.states = []  # evidence of earlier states of the hatches
        self._slopes = Slopes(count)
        self._shut = 0
        self.now = None  # Evidence of the present state
        self.first = None  # that of the one in which it began
        self.outcome = UNDECIDED
        self.found = 0
        self.drifting = 0
        self.doubt_ppm = _ALL_PPM
        self.hypotheses = []
        self.cut_ppm = array("i", [0] * count)
        self.limit_npa_m3_s = -1
        self.decider = numbers.DECIDES_LONGER
        self.decider_index = NOBODY
        self.decider_s = 0

    def begin(self, shut):
        """Begin to measure with the hatches of the set `shut` shut; the pressures have settled.

        What was measured before stays as the last `judge` saw it. Levels must keep their references.
        """
        if self.now and self.now.rows:
            self.states.append(self.now)
            if len(self.states) == _MOST_STATES:
                self.states.pop(1)
        self.now = None
        self._shut = shut
        self._slopes = Slopes(self._station.count)

    def add(self, level_q12_pa, valid, pressure_pa):
        """Take one second: mean reduced pressure, whether it counts, and pressure of each module."""
        self._slopes.add(level_q12_pa, valid, pressure_pa)

    @property
    def seconds(self):
        """How long the present state has been measured."""
        return self._slopes.seconds

    def judge(self, noise_mpa, last=True):
        """Weigh all evidence at once and return `outcome`; see `judging`."""
        for _ in self.judging(noise_mpa, last):
            pass
        return self.outcome

    def judging(self, noise_mpa, last=True):
        """Weigh all evidence: a generator, so that it can be done in small pieces between other things.

        `noise_mpa` is the least noise of a mean of 1 s, `last` whether no closure is left. Only then come
        NONE (from measure_s on, when nothing is seen and the leak of all modules is below prove_npa_m3_s)
        and INCONCLUSIVE (from measure_most_s on).
        """
        station = self._station
        values = self._values
        self.outcome = UNDECIDED
        time_up = last and self.seconds >= values[numbers.PARAMETER_MEASURE_MOST_S]
        self._slopes.fit(noise_mpa, values[numbers.PARAMETER_SLOPE_FLOOR_UPA_S])
        yield
        self.now = None  # the last one makes room
        self.now = now = Evidence(station, self._shut, self._slopes, self.left_out)
        self.first = self.first or now
        yield
        sums = None
        if now.rows:
            patterns = Patterns(station, self.states + [now], values[numbers.PARAMETER_AMBIENT_PA])
            found = Explanations(patterns)
            for _ in explain(station, patterns, found):
                yield
            self._misfit_q10 = patterns.misfit_q10(found.best_q16)
            spread_q10 = patterns.spread_q10(found.best_q16)
            sums = Sums(patterns, station, module_shares_q16(station, values, now.left_out))
            for _ in self._sum_up(found.rows, spread_q10, sums):
                yield
            if self._is_news(now):
                self.found = 0
            else:
                self.outcome = self._outcome(now, last, time_up)
            if self.outcome == UNDECIDED:
                self._find_emptied(now)
        if time_up and self.outcome == UNDECIDED:
            self.outcome = INCONCLUSIVE
            self._advise(now, sums)

    # --- probabilities -------------------------------------------------------------------------------------

    def _sum_up(self, rows, spread_q10, sums):
        """Weigh all explanations, and take over what they come to."""
        logarithms_q16 = []
        for row in rows:
            logarithms_q16.append((row[0] << 9) // spread_q10 + rarity_q16(row))
            yield
        rows.append(None)  # nothing leaks
        logarithms_q16.append(0)
        best_q16 = max(logarithms_q16)
        for k in range(len(rows)):
            weight = exp_q16(logarithms_q16[k] - best_q16 + _TOP_Q16)
            if weight:
                sums.add(weight, rows[k])
                yield
        for module in range(self._station.count):
            self.cut_ppm[module] = sums.cut_ppm(module)
        self.hypotheses = sums.most_probable(_REPORTED)
        self.drifting = 0
        best = sums.best[1]
        for part in best[1] if best else ():
            if part[0] == DRIFT:
                self.drifting |= 1 << part[1]

    # --- decisions -----------------------------------------------------------------------------------------

    def _is_news(self, now):
        """Return whether the states do not go together: a leak has grown, or come, meanwhile.

        Then nothing is decided before the present state has been measured for measure_s; after that the
        earlier ones are forgotten.
        """
        if self._misfit_q10 <= _NEWS_Q10 or not self.states:
            return False
        if now.seconds >= self._values[numbers.PARAMETER_MEASURE_S]:
            self.states = []
        return True

    def _outcome(self, now, last, time_up):
        values = self._values
        station = self._station
        self.found = 0
        least_ppm = _ALL_PPM - values[numbers.PARAMETER_DOUBT_PPM]
        surest_ppm = _ALL_PPM
        elsewhere = False
        enough_ppm = least_ppm
        if time_up and max(self.cut_ppm) >= least_ppm:
            enough_ppm = min(least_ppm, _PROBABLE_PPM)  # what is probable goes too
        for module in range(station.count):
            ppm = self.cut_ppm[module]
            if ppm >= enough_ppm:
                self.found |= 1 << module
                surest_ppm = min(surest_ppm, ppm)
            elif ppm >= _ELSEWHERE_PPM:
                elsewhere = True
        kind, _, _, ppm, _, _ = self.hypotheses[0]
        if not self.found:
            surest_ppm = ppm
        self.doubt_ppm = max(_ALL_PPM - surest_ppm, 1)  # rounded up
        loss = now.loss(station.inside & ~now.left_out, values[numbers.PARAMETER_AMBIENT_PA])
        self.limit_npa_m3_s = max(loss[0], 0) + 1645 * isqrt(loss[1]) // 1000 if loss else -1
        if self._misfit_q10 > _MISFIT_Q10:
            self.found = 0
            return UNDECIDED
        if self.found:
            return UNDECIDED if elsewhere and not time_up else FOUND
        is_full = self._emptied(now) == NOBODY
        if is_full and ppm >= least_ppm and kind != numbers.LEAK_NONE and not elsewhere:
            return FOUND
        is_tight = 0 <= self.limit_npa_m3_s < values[numbers.PARAMETER_PROVE_NPA_M3_S]
        is_quiet = kind == numbers.LEAK_NONE and 2 * ppm >= _ALL_PPM
        is_long = now.seconds >= values[numbers.PARAMETER_MEASURE_S]
        if last and is_full and is_tight and is_quiet and is_long:
            return NONE
        return UNDECIDED

    def _find_emptied(self, now):
        """Find a module that has emptied by itself while all others kept their gas.

        It leaks faster than slopes tell, and no sensor drifts like that.
        """
        ambient_pa = self._values[numbers.PARAMETER_AMBIENT_PA]
        first = self.first or now
        emptied = NOBODY
        for module in members(self._station.inside & ~now.left_out):
            before_pa = abs(first.excess_pa(module, ambient_pa))
            left_pa = abs(now.excess_pa(module, ambient_pa))
            if before_pa < _FULL_PA or not now.has_sensor(module):
                return
            if left_pa * _EMPTIED < before_pa and emptied == NOBODY:
                emptied = module
            elif left_pa * _KEPT < before_pa:
                return
        loss = now.loss(1 << emptied, ambient_pa) if emptied != NOBODY else None
        if loss:
            self.outcome = FOUND
            self.found = 1 << emptied
            self.doubt_ppm = 1
            self.cut_ppm[emptied] = _ALL_PPM
            leak = (max(loss[0], 0), isqrt(loss[1]))
            self.hypotheses = [(numbers.LEAK_MODULE, emptied, NOBODY, _ALL_PPM) + leak]

    def _emptied(self, now):
        """Return a module with too little pressure over the outside for a leak to show, or NOBODY."""
        for module in members(self._station.inside & ~now.left_out):
            excess_pa = now.excess_pa(module, self._values[numbers.PARAMETER_AMBIENT_PA])
            if now.has_sensor(module) and abs(excess_pa) < _EXCESS_PA:
                return module
        return NOBODY

    def needs(self, decider, index):
        """Take note of what would decide."""
        self.decider = decider
        self.decider_index = index
        self.decider_s = 0

    def _advise(self, now, sums):
        """Say what would decide: a sensor, gas, another state of the hatches, or more time."""
        for module in members(self._station.inside):
            if not now.has_sensor(module):
                self.needs(numbers.DECIDES_SENSOR, module)
                return
        emptied = self._emptied(now)
        if emptied != NOBODY:
            self.needs(numbers.DECIDES_PRESSURE, emptied)
            return
        self.needs(numbers.DECIDES_CLOSURE, NOBODY)
        if sums is None or self._misfit_q10 > _MISFIT_Q10:
            return
        (one, best, _), (other, second, place) = sums.best, sums.next_best
        if best and second and best[0] >= 16 << 16 and abs(best[0] - second[0]) < _ALIKE_Q16:
            self.decider_index = place
            return
        self.decider = numbers.DECIDES_LONGER
        needed_q16 = ln_q16(_ALL_PPM * 65536 // self._values[numbers.PARAMETER_DOUBT_PPM])
        parted_q16 = ln_q16((one << 16) // max(other, 1))
        factor_q20 = (needed_q16 << 20) // max(parted_q16, 1)  # z^2 grows with the square of time or faster
        self.decider_s = min(self.seconds * isqrt(factor_q20) >> 10, _LONGEST_S)
