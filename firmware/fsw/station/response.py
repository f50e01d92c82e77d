"""What is done about a leak: find it, shut it off, join what is healthy, prove that the rest is tight.

Each purpose moves hatches, lets the pressures settle and measures; what was measured decides what comes next
(`purpose` and `phase` in the dictionary). Here are the phases, and the way of the hatches from one step to
the next; the decisions are in `searching` until there is a leak to shut off, in `containing` from then on.
All of it is pure: `order` moves a hatch, `tell` sends an event, and nothing else leaves these files, so the
same readings give the same decisions on board, in a replay and in a study.

Crew: `strategies` and `isolating` shut nobody in, and who moves meanwhile is looked after while hatches do: a
step that would shut somebody in after all is undone. A hatch whose position is unknown is opened before any
other is shut, and in every step hatches open before others shut, so no state on the way is worse than both
its ends. Hatches to isolated modules are not opened whatever is unknown; they are shut if that shuts nobody
in.
"""

from array import array

from micropython import const

from fsw.link import numbers
from fsw.station.crew import shut_in
from fsw.station.graph import members
from fsw.station.locating import FOUND, Locator
from fsw.station.reports import NOBODY

_JUDGE_S = const(5)  # between two looks at the evidence
_STEPS_TO_EVIDENCE = const(3)  # of `Locator.judging`; there are slopes then
_MOVE_S = const(120)  # longest time for the moves of one step: sixteen hatches with retries
_ALL_PPM = const(1000000)
_LARGEST = const(0x7FFFFFFF)
_NOISE_MPA = const(50)  # least noise of a mean of 1 s; how much there is, the scatter tells


class Response:
    """Follows one leak from the alarm to the proof; call `second` once a second, and `work` in between.

    Mode, times and limits are parameters and act at once. Who moves a hatch meanwhile must call `stop`.
    `guarded` is the set of modules whose hatches must not open; `closed` that of the hatches which an earlier
    search has shut and nobody has moved since. `changed` says that something has changed that should outlive
    a reset. `rated_npa_m3_s` and `rated_sd_npa_m3_s` have the leak of each module at 8 kPa over the outside
    when it was found, 0 where none was, and its standard deviation.
    """

    def __init__(self, station, values, order, tell):
        """`station` is a `station.graph.Station`, `values` are those of the parameters.

        `order(hatch, position)` has a hatch moved, `tell(number, layout, *fields)` sends an event whose
        fields are packed as `struct` does.
        """
        self.station = station
        self.values = values
        self.tell = tell
        self.locator = Locator(station, values)
        self.purpose = numbers.PURPOSE_NONE
        self.phase = numbers.PHASE_WATCH
        self.reason = numbers.BECAUSE_ALARM
        self.seconds = 0  # in this phase
        self.shut = 0  # hatches that are to be shut, a set; all others are to be open
        self.failed = 0  # hatches that do not go where they should, leak through, or must be left alone
        self.before = 0  # hatches that were shut before the search began
        self.joined = 0  # hatches that were opened to tell a leak from a drift
        self.is_last = False  # no useful closure is left
        self.part = 0  # modules that are shut off, or are about to be
        self.guarded = 0
        self.closed = 0
        self.rated_npa_m3_s = array("i", [0] * station.count)
        self.rated_sd_npa_m3_s = array("i", self.rated_npa_m3_s)
        self.changed = False
        self._order = order
        self._ordered = 0  # hatches, in this step
        self._was = 0  # hatches that were no way for anybody before it
        self._thought = None  # weighing of the evidence that is under way
        self._steps = 0  # of it
        self._is_weighed = False  # and a decision is due

    @property
    def is_active(self):
        """Whether hatches may move or the pressures are measured: the watch for leaks rests meanwhile."""
        return numbers.PHASE_ASK <= self.phase <= numbers.PHASE_MEASURE

    @property
    def hypotheses(self):
        """The most probable explanations, as `Locator` has them."""
        return self.locator.hypotheses

    # --- what begins and stops it --------------------------------------------------------------------------

    def locate(self, reason, positions):
        """Begin to search for the leak, in the state in which the hatches are."""
        self.locator.forget()
        self.locator.left_out = self.guarded
        self.failed = 0
        self.joined = 0
        self.is_last = False
        self.part = 0
        shut = self._at(numbers.POSITION_SHUT, positions)
        self.before = shut & ~self.closed
        self.propose(numbers.PURPOSE_LOCATE, shut, reason, positions)

    def go_on(self, positions):
        """Begin where a reset has ended it: prove the rest tight if `part` was shut off, else search anew."""
        part = self.part & self.guarded
        if not part:
            self.locate(numbers.BECAUSE_CONTINUED, positions)
            return
        self.part = part
        self.is_last = True
        self.locator.left_out = self.guarded & ~part
        self.propose(numbers.PURPOSE_REOPEN, self.station.cut(part), numbers.BECAUSE_CONTINUED, positions)

    def approve(self):
        """Let the proposed step be made; only in PHASE_ASK."""
        self._go(numbers.BECAUSE_APPROVED)

    def verify(self, positions):
        """Measure `part` again, and compare with the rated leaks; only the hatches around it may move."""
        self.locator.forget()
        shut = self._at(numbers.POSITION_SHUT, positions) | self.station.cut(self.part)
        self.failed = self._all & ~shut & ~self._at(numbers.POSITION_OPEN, positions)
        self.propose(numbers.PURPOSE_VERIFY, shut, numbers.BECAUSE_COMMAND, positions)

    def stop(self, why):
        """End whatever is under way; the hatches are somebody else's from here on."""
        if self.is_active:
            self.end(numbers.PHASE_WATCH)
            self.tell(numbers.EVENT_RESPONSE_STOPPED, ">B", why)

    # --- time ----------------------------------------------------------------------------------------------

    def second(self, positions, level_q12_pa, known, pressure_pa):
        """Go on; `positions` has a value of `position` for each hatch, the others are for `Locator.add`."""
        self.seconds += 1
        if self.phase == numbers.PHASE_MOVE:
            self._move(positions)
        elif self.phase == numbers.PHASE_ASK:
            if self.values[numbers.PARAMETER_RESPONSE_MODE] == numbers.RESPONSE_ACTIVE:
                self._go(self.reason)
        elif self.phase == numbers.PHASE_SETTLE:
            if self.seconds >= self.values[numbers.PARAMETER_SETTLE_S]:
                self._measure(self.reason)
        elif self.phase == numbers.PHASE_MEASURE:
            self.locator.add(level_q12_pa, known, pressure_pa)
            if self.seconds % _JUDGE_S == 0 and not self.is_thinking:
                self._thought = self.locator.judging(_NOISE_MPA, self.is_last)
                self._steps = 0

    def look_back(self, level_q12_pa, known, pressure_pa):
        """Take a second of the past as evidence on the state in which the search begins."""
        self.locator.add(level_q12_pa, known, pressure_pa)

    @property
    def is_thinking(self):
        """Whether `work` has something to do."""
        return self._thought is not None or self._is_weighed

    @property
    def contains(self):
        """Whether `containing` decides from here on, else `searching`: there is room for one of them."""
        if self.purpose != numbers.PURPOSE_LOCATE:
            return True
        return self._is_weighed and self.locator.outcome == FOUND and self.locator.found != 0

    def work(self, positions):
        """Think on, for some ten milliseconds on the board, and decide when that is done."""
        if self._is_weighed:
            judge = self._judge
            self._is_weighed = False
            judge(self, positions)
            return
        self._steps += 1
        if self._steps == _STEPS_TO_EVIDENCE and self._is_told_by_slopes():
            self._thought = None
        else:
            try:
                next(self._thought)  # pyright: ignore[reportArgumentType] - `is_thinking` says so
                return
            except StopIteration:
                self._thought = None
        self._is_weighed = True

    # What is imported here is loaded already on the board, if whoever runs this looked after that.

    @property
    def _judge(self):
        if self.contains:
            from fsw.station.containing import judge
        else:
            from fsw.station.searching import judge
        return judge

    def _is_told_by_slopes(self):
        if self.purpose == numbers.PURPOSE_LOCATE:
            return False
        from fsw.station.containing import is_told_by_slopes

        return is_told_by_slopes(self)

    # --- what is decided -----------------------------------------------------------------------------------

    def propose(self, purpose, shut, reason, positions):
        """Make a step to these hatches shut and all others open, or ask for it; measure if nothing moves."""
        self.purpose = purpose
        self.shut = self._guard(shut, positions)
        self._was = self._all & ~self._at(numbers.POSITION_OPEN, positions) | self.failed
        if not self._to_move(positions):
            if self._is_put_back():
                self.end(numbers.PHASE_DONE)
            else:
                self._measure(reason)
        elif self.values[numbers.PARAMETER_RESPONSE_MODE] == numbers.RESPONSE_ADVISE:
            self.tell(numbers.EVENT_STEP_PROPOSED, ">BBH", purpose, reason, self.shut)
            self._enter(numbers.PHASE_ASK, reason)
        else:
            self._go(reason)

    def lose(self, hatch, fault):
        """Take note that a hatch is of no use."""
        if not self.failed >> hatch & 1:
            self.failed |= 1 << hatch
            self.tell(numbers.EVENT_CUT_FAILED, ">BB", hatch, fault)

    def tell_found(self):
        """Tell the most probable explanation, and how probable it is that it is wrong.

        That a module has to be cut off may be surer: several explanations ask for it.
        """
        locator = self.locator
        kind, first, second, ppm, leak, _ = locator.hypotheses[0]
        doubt_ppm = locator.doubt_ppm if kind == numbers.LEAK_MODULE else max(_ALL_PPM - ppm, 1)
        self.tell(numbers.EVENT_LEAK_FOUND, ">BBBIi", kind, first, second, doubt_ppm, min(leak, _LARGEST))

    def give_up(self, decider=None, index=NOBODY):
        """End without a decision, and say what would bring one: by default what `Locator` says."""
        locator = self.locator
        if decider is not None:
            locator.needs(decider, index)
        self.tell(
            numbers.EVENT_LEAK_INCONCLUSIVE, ">BBH", locator.decider, locator.decider_index, locator.decider_s
        )
        self.end(numbers.PHASE_INCONCLUSIVE)

    def block(self, why, number):
        """End because no step is left that may be made; `number` is the module of whose crew that is."""
        self.tell(numbers.EVENT_RESPONSE_BLOCKED, ">BB", why, number)
        self.end(numbers.PHASE_BLOCKED)

    def end(self, phase):
        """Have done, in one of the phases in which nothing is under way."""
        self._enter(phase, self.reason)
        self.purpose = numbers.PURPOSE_NONE

    # --- from one phase to the next ------------------------------------------------------------------------

    def _go(self, reason):
        self._ordered = 0
        self._enter(numbers.PHASE_MOVE, reason)

    def _move(self, positions):
        crew = self._shuts_in(self._was, self.shut)
        if crew:
            self._undo()
            self.block(numbers.BLOCKED_CREW, next(members(crew)))
            return
        for hatch in members(self._to_move(positions) & self._ordered):
            if positions[hatch] == numbers.POSITION_FAILED:
                self.lose(hatch, numbers.CUT_HATCH_FAILED)
                self.shut |= 1 << hatch  # gas that stays parted must not seem to be joined
        wrong = self._to_move(positions)
        if not wrong:
            if self._is_put_back():
                self.end(numbers.PHASE_DONE)
            else:
                self._enter(numbers.PHASE_SETTLE, self.reason)
        elif self.seconds > _MOVE_S:
            self.block(numbers.BLOCKED_HATCHES, NOBODY)
        else:
            self._send(wrong & ~self.shut or wrong)

    def _is_put_back(self):
        """Return whether the step ends a search without a cut: there is no rest to be proved tight."""
        return self.purpose == numbers.PURPOSE_REOPEN and not self.part

    def _to_move(self, positions):
        """Return the hatches that are not where they should be, but for those that can't."""
        right = self._at(numbers.POSITION_SHUT, positions) & self.shut
        right |= self._at(numbers.POSITION_OPEN, positions) & ~self.shut
        return self._all & ~(right | self.failed)

    def _guard(self, shut, positions):
        """Return the hatches to be shut for a step to `shut` that opens none to an isolated module.

        Nor is one to the outside opened. What may be neither opened nor shut is left alone, for gas to go
        through and nobody else.
        """
        station = self.station
        kept = station.hatches_to(self.guarded | station.ambient)
        was = self._at(numbers.POSITION_SHUT, positions)  # what is unknown may be a way
        shut |= kept & was
        guarding = shut | station.cut(self.guarded)
        if not self._shuts_in(was, guarding):
            shut = guarding
        self.failed |= kept & ~(shut | self._at(numbers.POSITION_OPEN, positions))
        return shut

    def _shuts_in(self, was, shut):
        """Return the modules whose crew loses its way from `was` to `shut`, unless that is an order."""
        if self.values[numbers.PARAMETER_CREW_OVERRIDE]:
            return 0
        return shut_in(self.station, was, shut)

    @property
    def _all(self):
        return (1 << self.station.hatches) - 1

    def _at(self, position, positions):
        """Return the hatches that are in a position."""
        hatches = 0
        for hatch in range(self.station.hatches):
            if positions[hatch] == position:
                hatches |= 1 << hatch
        return hatches

    def _send(self, hatches):
        for hatch in members(hatches & ~self._ordered):
            self._ordered |= 1 << hatch
            shuts = self.shut >> hatch & 1
            self._order(hatch, numbers.POSITION_SHUT if shuts else numbers.POSITION_OPEN)

    def _undo(self):
        """Open again what this step has shut, or was about to."""
        for hatch in members(self._ordered & self.shut & ~self._was):
            self._order(hatch, numbers.POSITION_OPEN)

    def _measure(self, reason):
        self.locator.begin(self.shut)
        self._enter(numbers.PHASE_MEASURE, reason)

    def _enter(self, phase, reason):
        self.phase = phase
        self.reason = reason
        self.seconds = 0
        self._thought = None
        self._is_weighed = False
        self.changed = True
        self.tell(numbers.EVENT_RESPONSE_STEP, ">BBBH", self.purpose, phase, reason, self.shut)
