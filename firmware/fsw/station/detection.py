"""Finds the onset of a leak of unknown size in the gas volumes that the hatches make.

Three CUSUMs run on what each volume holds over its baseline (`levels`, `baseline`, `cusums`): made for a
shift of 2, 0.7 and 0.28 deviations of a reading, so for leaks that are found within a second, ten, and a
minute or two. One that crosses its threshold is a leak, unless one sensor alone makes it. What a baseline
loses when it has just been learned is a leak, too, if it is more than a tight station may lose: it was there
before anybody watched.

Words that several files read stand here; each file has those that it needs as constants of its own, for the
compiler can't take them from elsewhere.
"""

from array import array

import micropython
from micropython import const

from fsw.station.baseline import allow, follow, judge
from fsw.station.cusums import compare, learn, step
from fsw.station.drifts import lone
from fsw.station.fixed import isqrt
from fsw.station.levels import find_residual, follow_sensors
from fsw.station.thresholds import threshold_q8

NO_VOLUME = 255
_NO_VOLUME = const(255)
_WATCHED = const(1)  # states
_ALARM = const(3)
_ALARM_HOURS = const(51)  # places of parameters
_SETTLE_S = const(54)
_PROVE_NPA_M3_S = const(61)
_LAST_TURN = const(9)  # of a second
_RING = const(128)  # seconds in the history

_SENSOR_WORDS = const(5)  # of `levels`
_SEEN_S = const(2)
_RUN = const(3)
_WEIGHT = const(4)
_HEAVIEST = const(63)  # weight; sixteen such sensors with the largest residual fit 32 bits

# What is remembered of each gas volume, in 32-bit words.
_LEVEL = const(0)  # expected for this second, q12 Pa
_SLOPE = const(1)  # of the baseline, q24 Pa/s
_START = const(2)  # level of the baseline where it ends, `_LAG` seconds ago, q12 Pa
_START_REST = const(3)  # and 1/64 of that
_LENGTH = const(4)  # memory of the baseline, in s
_LAG = const(5)
_WAIT = const(6)  # until the volume has settled, in s
_STATE = const(7)
_BELOW = const(8)  # 1: below ambient, a leak lets the pressure rise
_RESIDUAL = const(9)  # of a turn, and at its end of a second, q12 Pa
_SUM = const(10)  # of the residuals of the second
_TURNS = const(11)  # how many
_OLD = const(12)  # sum over the sensors of weight x what they had over the line at the lag, q12 Pa
_OLDS = const(13)  # sum of their weights
_DEPARTURES = const(14)  # sum of what the temperatures depart from their lines, q20 K
_SENSORS = const(15)  # how many there were in the second
_MEMORY_S = const(16)  # shortest memory of their temperatures
_PRESSURE_PA = const(17)
_NUMBER = const(18)
_ALLOWANCE = const(19)  # for a temperature that moves, q12 Pa
_ERRORS = const(20)  # sum of the last means' distances from them
_CALM_S = const(21)  # since a temperature moved last
_STIRRED_S = const(22)  # since it began to
_WHITE_SHARE = const(23)  # white noise of the mean over that of one sensor, mean squares, q8

# Then come its CUSUMs.
_SQUARE = const(1)
_SQUARES_S = const(2)
_ROOT = const(3)
_CUSUM = const(4)
_THRESHOLD = const(6)
_SINCE_S = const(7)
_CUSUM_WORDS = const(8)
_FAST = const(24)
_MIDDLE = const(32)
_SLOW = const(40)
_WORDS = const(48)

# Mean squares of one sensor as the datasheet has it, 0.85 Pa of white noise, in q26.
_DATASHEET = (3232428, 769626, 156408)
_DATASHEET_SQUARES = const(4)

# Half the shift in 1/256 deviations, sqrt(2/a - 1) in q8, seconds between independent squares, share of the
# baseline's error, threshold, mean square that may be white noise (twice that of the datasheet), and
# deviations that noise seldom exceeds. The exponential means have a = 1/8, 1/32 of readings, 1/16 of means
# of 1 s.
# The slowest CUSUM takes the baseline's own error for a leak, so it is not made for a smaller shift: at 0.16
# deviations of a reading alarms came five times as often as they should.
_DESIGNS = (
    (256, 991, 1, 12, 0, 2 * 3232428, 0),
    (90, 2032, 4, 49, 0, 2 * 769626, 0),
    (112, 1425, 16, 240, 0, 2 * 156408, 0),
)
_HALF_SHIFT = const(0)
_UNROOT = const(1)
_APART_S = const(2)
_LIMIT = const(4)
_RARE = const(6)
_VALUES_PER_HOUR = (36000, 36000, 3600)
_CHANCES = const(9)  # three CUSUMs, and twice as much again for noise that is not white
_KEPT_SQUARES = const(64)  # what is known of noise counts so much for a new gas volume
_LARGEST_SQUARE = const(10836 * 10836)


class Detector:
    """Watches the gas volumes that the hatches make of modules with the volumes `volume_ul`.

    `values` are those of the parameters, `history` is a `History`. `alarm` is the number of a gas volume that
    leaks, -1 for none; it stays until `rearm` or `regroup`. `drifting` has a bit for each module whose sensor
    is left out because it alone drifted; it stays until `readmit`.
    """

    def __init__(self, volume_ul, values, history):
        self.count = count = len(volume_ul)
        self.volumes = 0
        self.alarm = -1
        self.drifting = 0
        self.history = history
        self._values = values
        self._volume_ul = volume_ul
        self._steady = 0  # gas volumes that leaked before they were watched
        self._known = 0  # those whose loss was judged, or whose leak was told
        self._hours = 0
        self._group_of = bytearray([_NO_VOLUME] * count)
        self._member = bytearray(self._group_of)
        self._sensors = array("i", [0] * (_SENSOR_WORDS * count))
        for module in range(count):
            weight = _HEAVIEST * volume_ul[module] // max(volume_ul)
            self._sensors[_SENSOR_WORDS * module + _WEIGHT] = max(weight, 1)
        self._words = []
        self._designs = [array("i", design) for design in _DESIGNS]

    @micropython.native
    def take(self, amounts, second):
        """Take what `amounts` has of this turn; `second` is what its `take` returned. Return `alarm`.

        Steady: allocates nothing, unless a CUSUM crosses its threshold or `alarm_hours` was changed.
        """
        x = amounts.amount_q12_pa
        turn = _LAST_TURN if second else amounts.turn - 1
        if second:
            self.history.put(amounts.mean_q12_pa)
        for words in self._words:
            if find_residual(words, self._sensors, x, amounts.valid, self._member, turn):
                crossed = step(words, _FAST, 3) + step(words, _MIDDLE, 5)
                if crossed and words[_STATE] != _ALARM:
                    self._judge(words)
            if second:
                self._close_second(words, amounts.words)
        return self.alarm

    @micropython.native
    def _close_second(self, words, temperatures):
        if words[_WAIT]:
            words[_WAIT] -= 1
            return
        turns = words[_TURNS]
        history = self.history
        follow_sensors(words, self._sensors, temperatures, history.ring, self._member, history.last)
        words[_TURNS] = 0
        if words[_STATE] == _ALARM:
            words[_LAG] += words[_LAG] < _RING  # the baseline stays what it was
            return
        values = self._values
        follow(words, values)
        allow(words)
        judge(words, values)
        if words[_STATE] == _WATCHED and not self._known >> words[_NUMBER] & 1:
            self._judge_loss(words)
        if turns == 0:
            return
        if values[_ALARM_HOURS] != self._hours:
            self._set_limits()
        crossed = step(words, _SLOW, 4)
        k = _FAST
        for design in self._designs:
            learn(words, design, k)
            compare(words, design, k)
            k += _CUSUM_WORDS
        if crossed:
            self._judge(words)

    def regroup(self, group_of, volumes):
        """Watch other gas volumes, after `settle_s`: `group_of` has that of each module, or NO_VOLUME.

        What is known of noise is kept, per sensor; the rest is learned anew.
        """
        known = [self._noise_of(module) for module in range(self.count)]
        self.volumes = volumes
        self._group_of[:] = group_of
        self._count_members()
        self._words = [array("i", [0] * _WORDS) for _ in range(volumes)]
        for volume in range(volumes):
            self._begin(volume, known, self._values[_SETTLE_S])
        self._set_limits()
        self._steady = self._known = 0
        self.alarm = -1

    def rearm(self, volume):
        """End the alarm of a gas volume and learn it anew, the loss that it has included."""
        self._known |= 1 << volume
        self._steady &= ~(1 << volume)
        known = [self._noise_of(module) for module in range(self.count)]
        self._words[volume] = array("i", [0] * _WORDS)
        self._begin(volume, known, 1)
        self._find_alarm()

    def readmit(self, module):
        """Let a sensor take part again that was left out because it drifted."""
        self.drifting &= ~(1 << module)
        self._sensors[_SENSOR_WORDS * module + _SEEN_S] = 0
        self._count_members()
        for words in self._words:
            self._share_white(words)

    def modules(self, volume):
        """Return the modules of a gas volume whose sensors count."""
        return [module for module in range(self.count) if self._member[module] == volume]

    def state(self, volume):
        """Return how a gas volume is watched: GAS_LEARNING, _WATCHED, _HELD or _ALARM.

        It is held while a temperature moves too fast for small leaks to be seen.
        """
        return self._words[volume][_STATE]

    def is_steady(self, volume):
        """Return whether the alarm is for a leak that was there before the gas volume was watched."""
        return self._steady >> volume & 1 == 1

    def learned_s(self, volume):
        """Return in how many s the baseline was learned, and how many more it reaches from there to now."""
        words = self._words[volume]
        return words[_LENGTH], words[_LAG]

    def is_below(self, volume):
        """Return whether the pressure is below ambient, so that a leak lets it rise."""
        return self._words[volume][_BELOW] == 1

    def statistic_permille(self, volume):
        """Return how near a gas volume is to the alarm: the largest CUSUM in thousandths of its threshold."""
        words = self._words[volume]
        most = 0
        for k in range(_FAST, _WORDS, _CUSUM_WORDS):
            most = max(most, _share(words, k))
        return most

    def slope_upa_s(self, volume):
        """Return the slope of the baseline, in 1e-6 Pa/s: normal loss and drifts."""
        return self._words[volume][_SLOPE] * 15625 >> 18

    def deviation_q12_pa(self, volume, scale):
        """Return the deviation by noise of a value that a CUSUM takes, as learned at its time scale.

        Scales 0 and 1 take readings, 2 takes means of 1 s. It is without the error of the baseline.
        """
        root_q13 = isqrt(self._words[volume][_FAST + _CUSUM_WORDS * scale + _SQUARE])
        return root_q13 * _DESIGNS[scale][_UNROOT] >> 9

    def residuals(self, volume):
        """Return the means of the last seconds over the baseline, and in how many s before that was learned.

        A list in q12 Pa, newest first, None where there is none. It reaches back a little beyond the end of
        the baseline, for a small leak is older than that when it is found.
        """
        words = self._words[volume]
        lag_s = words[_LAG]
        seconds = min(lag_s + lag_s // 3 + 1, _RING)
        members = self.modules(volume)
        found = []
        for age_s in range(seconds):
            total = weights = 0
            for module in members:
                amount_q12 = self.history.amount_q12_pa(module, age_s)
                if amount_q12:
                    weight = self._weight(module)
                    total += weight * (amount_q12 - self._sensors[_SENSOR_WORDS * module])
                    weights += weight
            expected_q12 = words[_START] + (words[_SLOPE] * (lag_s - age_s) >> 12)
            found.append(total // weights - expected_q12 if weights else None)
        return found, max(words[_LENGTH] + lag_s - seconds, 0)

    def _noise_of(self, module):
        """Return mean square and weight at each scale, of one sensor by what its volume has learned."""
        volume = self._member[module]
        weights, squares = self._weights(self.modules(volume)) if volume != _NO_VOLUME else (0, 1)
        found = []
        for scale in range(3):
            apart_s = _DESIGNS[scale][_APART_S]
            square, seconds = _DATASHEET[scale], _DATASHEET_SQUARES * apart_s
            if volume != _NO_VOLUME:
                words = self._words[volume]
                k = _FAST + _CUSUM_WORDS * scale
                square = words[k + _SQUARE] * weights * weights // squares
                seconds = min(words[k + _SQUARES_S], _KEPT_SQUARES * apart_s)
            found.append((square, seconds))
        return found

    def _begin(self, volume, known, wait_s):
        words = self._words[volume]
        members = self.modules(volume)
        words[_NUMBER] = volume
        words[_WAIT] = wait_s
        words[_CALM_S] = 1000
        for module in members:
            self._sensors[_SENSOR_WORDS * module + _SEEN_S] = 0
        weights, _ = self._weights(members)
        self._share_white(words)
        for scale in range(3):
            k = _FAST + _CUSUM_WORDS * scale
            square = sum(known[module][scale][0] * self._weight(module) ** 2 for module in members)
            words[k + _SQUARE] = min(square // max(weights * weights, 1), _LARGEST_SQUARE)
            words[k + _ROOT] = isqrt(words[k + _SQUARE]) + 1
            words[k + _SQUARES_S] = min([known[module][scale][1] for module in members] or [0])

    def _weight(self, module):
        return self._sensors[_SENSOR_WORDS * module + _WEIGHT]

    def _weights(self, modules):
        """Return the sums of the weights and of their squares."""
        weights = [self._weight(module) for module in modules]
        return sum(weights), sum(weight * weight for weight in weights)

    def _share_white(self, words):
        weights, squares = self._weights(self.modules(words[_NUMBER]))
        words[_WHITE_SHARE] = (squares << 8) // max(weights * weights, 1)

    def _count_members(self):
        for module in range(self.count):
            out = self.drifting >> module & 1
            self._member[module] = _NO_VOLUME if out else self._group_of[module]

    def _set_limits(self):
        self._hours = self._values[_ALARM_HOURS]
        for scale in range(3):
            values = self._hours * _VALUES_PER_HOUR[scale] * self.volumes * _CHANCES
            design = self._designs[scale]
            design[_LIMIT] = threshold_q8(design[_HALF_SHIFT], values)
            design[_RARE] = isqrt(4 * design[_LIMIT] * design[_HALF_SHIFT])

    def _judge(self, words):
        """A CUSUM is over its threshold: leave out a sensor that drifts alone, else it is an alarm."""
        k = max(range(_FAST, _WORDS, _CUSUM_WORDS), key=lambda k: _share(words, k))
        members = self.modules(words[_NUMBER])
        falls = [self._fall(words, module, k) for module in members]
        alone = lone(falls, [self._weight(module) for module in members], words[_BELOW])
        if alone is None:
            words[_STATE] = _ALARM
            self._find_alarm()
            return
        self.drifting |= 1 << members[alone]
        self._count_members()
        self._share_white(words)
        for k in range(_FAST, _WORDS, _CUSUM_WORDS):
            words[k] = words[k + _CUSUM] = 0

    def _judge_loss(self, words):
        """The baseline has been learned: take what it loses for a leak if that is too much.

        That is more than `prove_npa_m3_s`, and five deviations of a slope while temperatures are learned.
        """
        volume = words[_NUMBER]
        volume_ul = sum([self._volume_ul[k] for k in range(self.count) if self._group_of[k] == volume])
        loss_q24 = words[_SLOPE] if words[_BELOW] else -words[_SLOPE]
        by_noise_q24 = (self.deviation_q12_pa(volume, 2) << 12) // isqrt(words[_LENGTH] ** 3 // 12)
        leak_npa_m3_s = (loss_q24 >> 8) * volume_ul >> 16
        self._known |= 1 << volume
        if leak_npa_m3_s > self._values[_PROVE_NPA_M3_S] and loss_q24 > 10 * by_noise_q24:
            self._steady |= 1 << volume
            words[_STATE] = _ALARM
            self._find_alarm()

    def _fall(self, words, module, k):
        """Return by how much a sensor fell below the baseline while a CUSUM rose; None: not known."""
        at = _SENSOR_WORDS * module
        if k == _FAST:
            return -self._sensors[at + _RUN]
        mean_q12_pa = self.history.mean_q12_pa(module, max(words[k + _SINCE_S], 2))
        return None if mean_q12_pa is None else words[_LEVEL] + self._sensors[at] - mean_q12_pa

    def _find_alarm(self):
        alarms = [volume for volume in range(self.volumes) if self.state(volume) == _ALARM]
        self.alarm = alarms[0] if alarms else -1


def _share(words, k):
    return min(1000 * words[k + _CUSUM] // max(words[k + _THRESHOLD], 1), 65535)
