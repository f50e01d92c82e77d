"""What is done about a leak: find it, shut it off, join what is healthy, prove that the rest is tight.

Each purpose moves hatches, lets the pressures settle and measures; what was measured decides what comes next
(`purpose` and `phase` in the dictionary). Pure decisions: `order` moves a hatch, `tell` sends an event, and
nothing else leaves this file, so the same readings give the same decisions on board, in a replay and in a
study.

Crew: `strategies` and `isolating` shut nobody in. A hatch whose position is unknown is opened before any
other is shut, and in every step hatches open before others shut, so no state on the way is worse than both
its ends.
"""

# There is evidence, `locator.now`, where it is judged.
# pyright: reportOptionalMemberAccess=false

from micropython import const

from fsw.link import numbers
from fsw.station import isolating
from fsw.station.fixed import isqrt
from fsw.station.graph import members
from fsw.station.locating import FOUND, INCONCLUSIVE, NOBODY, NONE, Locator
from fsw.station.strategies import next_shut

_JUDGE_S = const(5)  # between two looks at the evidence
_STEPS_TO_EVIDENCE = const(3)  # of `Locator.judging`; there are slopes then
_LOOK_S = const(10)  # measured before the first closure
_MOVE_S = const(120)  # longest time for the moves of one step: sixteen hatches with retries
_NOISE_MPA = const(50)  # least noise of a mean of 1 s; how much there is, the scatter tells
_RATED_PA = const(8000)  # over the outside, at which leaks are compared
_LEAST_PA = const(500)  # below, a leak can't be compared
_ALL_PPM = const(1000000)
_DISTRUST_PPM = const(500000)  # that a hatch leaks through, to give it up: that can be undone
_LEAK_OR_DRIFT = (numbers.LEAK_MODULE, numbers.LEAK_SENSOR_DRIFTS)
_DRIFT_OR_LEAK = (numbers.LEAK_SENSOR_DRIFTS, numbers.LEAK_MODULE)
_Z95 = const(1645)  # one-sided 95 % in 1/1000 standard deviations
_Z99 = const(2576)  # two-sided 99 %


class Response:
    """Follows one leak from the alarm to the proof; call `second` once a second, and `work` in between.

    Mode, times and limits are parameters and act at once. Who moves a hatch meanwhile must call `stop`.
    `guarded` is the set of modules whose hatches must not open; `changed` says that something has changed
    that should outlive a reset.
    """

    def __init__(self, station, values, order, tell):
        """`station` is a `station.graph.Station`, `values` are those of the parameters.

        `order(hatch, position)` has a hatch moved, `tell(number, layout, *fields)` sends an event whose
        fields are packed as `struct` does.
        """
        self.station = station
        self.locator = Locator(station, values)
        self.purpose = numbers.PURPOSE_NONE
        self.phase = numbers.PHASE_WATCH
        self.reason = numbers.BECAUSE_ALARM
        self.seconds = 0  # in this phase
        self.shut = 0  # hatches that are to be shut, a set; all others are to be open
        self.part = 0  # modules that are shut off, or are about to be
        self.guarded = 0
        self.rated_npa_m3_s = 0  # leak of the part at 8 kPa over the outside when it was found, and its
        self.rated_sd_npa_m3_s = 0  # standard deviation
        self.changed = False
        self._values = values
        self._order = order
        self._tell = tell
        self._failed = 0  # hatches that do not go where they should, or leak through
        self._ordered = 0  # in this step
        self._before = 0  # hatches that were shut before the search began
        self._joined = 0  # hatches that were opened to tell a leak from a drift
        self._is_last = False  # no useful closure is left
        self._thought = None  # weighing of the evidence that is under way
        self._steps = 0  # of it

    @property
    def is_active(self):
        """Whether hatches may move or the pressures are measured: the watch for leaks rests meanwhile."""
        return numbers.PHASE_ASK <= self.phase <= numbers.PHASE_MEASURE

    @property
    def hypotheses(self):
        """The most probable explanations, as `Locator` has them."""
        return self.locator.hypotheses

    # --- what begins and ends it ---------------------------------------------------------------------------

    def locate(self, reason, positions):
        """Begin to search for the leak, in the state in which the hatches are."""
        self.locator.forget()
        self._failed = 0
        self._joined = 0
        self._is_last = False
        self.part = 0
        shut = self._shut_now(positions)
        self._before = shut
        self._propose(numbers.PURPOSE_LOCATE, shut, reason, positions)

    def approve(self):
        """Let the proposed step be made; only in PHASE_ASK."""
        self._go(numbers.BECAUSE_APPROVED)

    def verify(self, positions):
        """Measure what is shut off again, and compare; `part` and the rated leak say what it was."""
        self.purpose = numbers.PURPOSE_VERIFY
        self.shut = self._shut_now(positions)
        self.locator.forget()
        self._measure(numbers.BECAUSE_COMMAND)

    def stop(self, why):
        """End whatever is under way; the hatches are somebody else's from here on."""
        if self.is_active:
            self._end(numbers.PHASE_WATCH)
            self._tell(numbers.EVENT_RESPONSE_STOPPED, ">B", why)

    # --- time ----------------------------------------------------------------------------------------------

    def second(self, positions, level_q12_pa, known, pressure_pa):
        """Go on; `positions` has a value of `position` for each hatch, the others are for `Locator.add`."""
        self.seconds += 1
        if self.phase == numbers.PHASE_MOVE:
            self._move(positions)
        elif self.phase == numbers.PHASE_SETTLE:
            if self.seconds >= self._values[numbers.PARAMETER_SETTLE_S]:
                self._measure(self.reason)
        elif self.phase == numbers.PHASE_MEASURE:
            self.locator.add(level_q12_pa, known, pressure_pa)
            if self.seconds % _JUDGE_S == 0 and self._thought is None:
                self._thought = self.locator.judging(_NOISE_MPA, self._is_last)
                self._steps = 0

    @property
    def is_thinking(self):
        """Whether `work` has something to do."""
        return self._thought is not None

    def work(self, positions):
        """Think on, for some ten milliseconds on the board, and decide when that is done."""
        self._steps += 1
        if self._steps == _STEPS_TO_EVIDENCE and self._is_told_by_slopes():
            self._thought = None
        else:
            try:
                next(self._thought)  # pyright: ignore[reportArgumentType] - `is_thinking` says so
                return
            except StopIteration:
                self._thought = None
        self._judge(positions)

    def _is_told_by_slopes(self):
        """Whether no explanation is needed: a repair and a rest that is tight are told by their slopes."""
        if self.purpose == numbers.PURPOSE_REOPEN:
            return self._prove()[0] != isolating.LEAKS
        return self.purpose == numbers.PURPOSE_VERIFY

    def look_back(self, level_q12_pa, known, pressure_pa):
        """Take a second of the past as evidence on the state in which the search begins."""
        self.locator.add(level_q12_pa, known, pressure_pa)

    # --- hatches -------------------------------------------------------------------------------------------

    def _propose(self, purpose, shut, reason, positions):
        """Make a step to these hatches shut and all others open, or ask for it; measure if nothing moves."""
        self.purpose = purpose
        self.shut = shut | self.station.cut(self.guarded)
        if not self._to_move(positions):
            self._measure(reason)
        elif self._values[numbers.PARAMETER_RESPONSE_MODE] == numbers.RESPONSE_ADVISE:
            self._tell(numbers.EVENT_STEP_PROPOSED, ">BBH", purpose, reason, self.shut)
            self._enter(numbers.PHASE_ASK, reason)
        else:
            self._go(reason)

    def _go(self, reason):
        self._ordered = 0
        self._enter(numbers.PHASE_MOVE, reason)

    def _to_move(self, positions):
        """Return the hatches that are not where they should be, but for those that can't."""
        wrong = 0
        for hatch in range(self.station.hatches):
            wanted = numbers.POSITION_SHUT if self.shut >> hatch & 1 else numbers.POSITION_OPEN
            if positions[hatch] != wanted:
                wrong |= 1 << hatch
        return wrong & ~self._failed

    def _move(self, positions):
        for hatch in members(self._to_move(positions) & self._ordered):
            if positions[hatch] == numbers.POSITION_FAILED:
                self._lose(hatch, numbers.CUT_HATCH_FAILED)
                self.shut |= self._joined & 1 << hatch  # a module that stays alone must not seem to be joined
        wrong = self._to_move(positions)
        if not wrong:
            if self.reason == numbers.BECAUSE_NONE_FOUND:
                self._end(numbers.PHASE_DONE)
            else:
                self._enter(numbers.PHASE_SETTLE, self.reason)
        elif self.seconds > _MOVE_S:
            self._block(numbers.BLOCKED_HATCHES, NOBODY)
        else:
            self._send(wrong & ~self.shut or wrong)

    def _send(self, hatches):
        for hatch in members(hatches & ~self._ordered):
            self._ordered |= 1 << hatch
            shuts = self.shut >> hatch & 1
            self._order(hatch, numbers.POSITION_SHUT if shuts else numbers.POSITION_OPEN)

    def _lose(self, hatch, fault):
        """Take note that a hatch is of no use."""
        if not self._failed >> hatch & 1:
            self._failed |= 1 << hatch
            self._tell(numbers.EVENT_CUT_FAILED, ">BB", hatch, fault)

    def _shut_now(self, positions):
        shut = 0
        for hatch in range(self.station.hatches):
            if positions[hatch] == numbers.POSITION_SHUT:
                shut |= 1 << hatch
        return shut

    # --- decisions -----------------------------------------------------------------------------------------

    def _judge(self, positions):
        outcome = self.locator.outcome
        if self.purpose == numbers.PURPOSE_LOCATE:
            self._judge_search(outcome, positions)
        elif self.purpose == numbers.PURPOSE_ISOLATE:
            self._judge_cut(outcome, positions)
        elif self.purpose == numbers.PURPOSE_REOPEN:
            self._judge_rest(outcome, positions)
        else:
            self._judge_repair()

    def _judge_search(self, outcome, positions):
        locator = self.locator
        if outcome == FOUND:
            self._name(positions)
        elif outcome == NONE:
            self._tell(numbers.EVENT_NO_LEAK, ">i", locator.limit_npa_m3_s)
            self._reopen(numbers.BECAUSE_NONE_FOUND, positions)
        elif outcome == INCONCLUSIVE:
            self._give_up()
        elif locator.seconds >= self._enough_s():
            if self._is_last:
                self._open_suspect(positions)
            else:
                self._close_more(positions)

    def _enough_s(self):
        """Return how long a state is measured before one more hatch is shut."""
        if self.reason in (numbers.BECAUSE_ALARM, numbers.BECAUSE_COMMAND, numbers.BECAUSE_CONTINUED):
            return _LOOK_S
        return self._values[numbers.PARAMETER_MEASURE_S]

    def _close_more(self, positions):
        shut, reason, crew = next_shut(
            self.station, self._values, self.locator.cut_ppm, self.shut, self._failed
        )
        if shut != self.shut:
            self._propose(numbers.PURPOSE_LOCATE, shut, reason, positions)
        elif crew:
            self._block(numbers.BLOCKED_CREW, next(members(crew)))
        else:
            self._is_last = True

    def _open_suspect(self, positions):
        """Open a module alone whose sensor may drift as well as it may leak: beside others that shows."""
        rows = self.locator.hypotheses
        if len(rows) < 2 or rows[0][1] != rows[1][1]:
            return
        kinds = (rows[0][0], rows[1][0])
        if kinds != _LEAK_OR_DRIFT and kinds != _DRIFT_OR_LEAK:
            return
        if rows[0][3] + rows[1][3] < _ALL_PPM - self._values[numbers.PARAMETER_DOUBT_PPM]:
            return
        station = self.station
        cut = station.cut(1 << rows[0][1])
        openable = cut & ~self._failed & ~station.hatches_to(self.guarded | station.ambient)
        if openable and cut & self.shut == cut:
            self._joined = openable
            self._propose(
                numbers.PURPOSE_LOCATE, self.shut & ~openable, numbers.BECAUSE_LEAK_OR_DRIFT, positions
            )

    def _give_up(self):
        locator = self.locator
        self._tell(
            numbers.EVENT_LEAK_INCONCLUSIVE, ">BBH", locator.decider, locator.decider_index, locator.decider_s
        )
        self._end(numbers.PHASE_INCONCLUSIVE)

    def _name(self, positions):
        """Tell what was found, and shut it off."""
        locator = self.locator
        kind, first, second, _, leak_npa_m3_s, sd_npa_m3_s = locator.hypotheses[0]
        self._tell(numbers.EVENT_LEAK_FOUND, ">BBBIi", kind, first, second, locator.doubt_ppm, leak_npa_m3_s)
        if not locator.found:  # a sensor drifts, or a hatch leaks through: no gas is lost
            self._reopen(numbers.BECAUSE_NONE_FOUND, positions)
            return
        if kind == numbers.LEAK_MODULE_AND_HATCH:
            self._lose(second, numbers.CUT_LEAKS_THROUGH)
        self.rated_npa_m3_s = self._rated(first, leak_npa_m3_s)
        self.rated_sd_npa_m3_s = self._rated(first, sd_npa_m3_s)
        self._cut_off(locator.found, numbers.BECAUSE_FOUND, positions)

    def _rated(self, module, leak_npa_m3_s):
        """Return what a leak would be at 8 kPa over the outside, for one that grows with the difference."""
        outside_pa = self._values[numbers.PARAMETER_AMBIENT_PA]
        difference_pa = abs(self.locator.now.pressure_pa[module] - outside_pa)
        return leak_npa_m3_s * _RATED_PA // max(difference_pa, _LEAST_PA)

    def _cut_off(self, leaking, reason, positions):
        part, hatches, crew = isolating.isolation(
            self.station,
            leaking,
            self.shut,
            self._failed,
            self._values[numbers.PARAMETER_CREW_OVERRIDE],
        )
        if not part:
            self._block(numbers.BLOCKED_HATCHES, NOBODY)
        elif crew:
            self._block(numbers.BLOCKED_CREW, next(members(crew)))
        else:
            self.part = part
            was = self.shut
            self._propose(numbers.PURPOSE_ISOLATE, self.shut | hatches, reason, positions)
            if self.shut == was and self.phase == numbers.PHASE_MEASURE:  # it was measured just like this
                self._hold(positions)

    def _judge_cut(self, outcome, positions):
        """See by the pressures whether the hatches of the cut hold."""
        if self._cut_more(outcome, positions):
            return
        if outcome == FOUND and self.locator.found:
            self._hold(positions)
        elif self.seconds >= self._values[numbers.PARAMETER_MEASURE_MOST_S]:
            self._give_up()

    def _cut_more(self, outcome, positions):
        """Cut more off if a hatch of the cut leaks through, or more leaks; return whether that is so."""
        locator = self.locator
        if outcome != FOUND:
            return False
        kind, first, second, _, leak_npa_m3_s, _ = locator.hypotheses[0]
        leaks_through = (
            kind == numbers.LEAK_MODULE_AND_HATCH
            and self.station.cut(self.part) >> second & 1
            and self._least_ppm(self.station.pair(second)) >= _DISTRUST_PPM
        )
        if not leaks_through and not locator.found & ~self.part:
            return False
        self._tell(numbers.EVENT_LEAK_FOUND, ">BBBIi", kind, first, second, locator.doubt_ppm, leak_npa_m3_s)
        if leaks_through:
            self._lose(second, numbers.CUT_LEAKS_THROUGH)
        self._cut_off(self.part | locator.found, numbers.BECAUSE_NEXT_CUT, positions)
        return True

    def _least_ppm(self, modules):
        """Return the probability of the one of some modules that is least likely to have to be cut off."""
        return min([self.locator.cut_ppm[module] for module in members(modules)])

    def _hold(self, positions):
        """Nothing speaks against the cut: say so, and join what is healthy."""
        cut = self.station.cut(self.part)
        self._tell(numbers.EVENT_LEAK_ISOLATED, ">HH", self.part, cut)
        self.guarded |= self.part
        self.changed = True
        self._reopen(numbers.BECAUSE_REST_HEALTHY, positions)

    def _reopen(self, reason, positions):
        opened = isolating.to_reopen(self.station, self.part, self.shut & ~self._before, self._failed)
        shut = self.shut & ~opened
        if reason == numbers.BECAUSE_NONE_FOUND:
            shut |= self._to_shut_again()
        self._is_last = True
        if shut == self.shut and reason == numbers.BECAUSE_NONE_FOUND:
            self._end(numbers.PHASE_DONE)
        else:
            self._propose(numbers.PURPOSE_REOPEN, shut, reason, positions)

    def _to_shut_again(self):
        """Return the hatches that were shut before and opened for a look, if that shuts nobody in."""
        again = self._joined & self._before & ~self._failed
        now = self.shut | self._failed
        return 0 if isolating.shut_in(self.station, now, now | again) else again

    def _prove(self):
        values = self._values
        return isolating.prove(
            self.locator.now,
            self.station,
            self.part,
            values[numbers.PARAMETER_PROVE_NPA_M3_S],
            values[numbers.PARAMETER_AMBIENT_PA],
        )

    def _judge_rest(self, outcome, positions):
        """Tell whether the rest is solid; where it leaks, the hatches of the cut are suspected."""
        values = self._values
        if self.seconds < values[numbers.PARAMETER_MEASURE_S]:
            return
        verdict, bound, _, _ = self._prove()
        if verdict == isolating.LEAKS and self._cut_more(outcome, positions):
            return
        if verdict == isolating.SOLID or self.seconds >= values[numbers.PARAMETER_PROVE_S]:
            rest = self.station.inside & ~self.part
            self._tell(numbers.EVENT_REST_MEASURED, ">BHi", verdict == isolating.SOLID, rest, bound)
            self._end(numbers.PHASE_DONE)

    def _judge_repair(self):
        """Compare the leak with what it was, at one pressure."""
        loss = self.locator.now.loss(self.part, self._values[numbers.PARAMETER_AMBIENT_PA])
        time_up = self.seconds >= self._values[numbers.PARAMETER_MEASURE_MOST_S]
        if loss is None:
            if time_up:
                self._give_up()
            return
        module = next(members(self.part))
        leak = self._rated(module, loss[0])
        sd = self._rated(module, isqrt(loss[1]))
        both_sd = isqrt(sd * sd + self.rated_sd_npa_m3_s * self.rated_sd_npa_m3_s)
        change = leak - self.rated_npa_m3_s
        if 1000 * leak <= _Z95 * sd:
            repair = numbers.REPAIR_TIGHT
        elif 1000 * abs(change) <= _Z99 * both_sd:
            repair = numbers.REPAIR_SAME
        else:
            repair = numbers.REPAIR_BETTER if change < 0 else numbers.REPAIR_WORSE
        enough_s = self._values[numbers.PARAMETER_MEASURE_S]
        if time_up or (self.seconds >= enough_s and repair != numbers.REPAIR_SAME):
            self._tell(numbers.EVENT_REPAIR_VERIFIED, ">Bii", repair, self.rated_npa_m3_s, leak)
            self._end(numbers.PHASE_DONE)

    # --- phases --------------------------------------------------------------------------------------------

    def _measure(self, reason):
        self.locator.begin(self.shut)
        self._enter(numbers.PHASE_MEASURE, reason)

    def _block(self, why, module):
        self._tell(numbers.EVENT_RESPONSE_BLOCKED, ">BB", why, module)
        self._end(numbers.PHASE_BLOCKED)

    def _end(self, phase):
        self._enter(phase, self.reason)
        self.purpose = numbers.PURPOSE_NONE

    def _enter(self, phase, reason):
        self.phase = phase
        self.reason = reason
        self.seconds = 0
        self._thought = None
        self.changed = True
        self._tell(numbers.EVENT_RESPONSE_STEP, ">BBBH", self.purpose, phase, reason, self.shut)
