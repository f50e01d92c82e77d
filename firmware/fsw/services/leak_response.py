"""The watch for leaks and the response to them, joined with hatches, events, flash and the host.

The decisions lie in `station.leak_watch`, `station.alarm` and `station.response`. There is room for either
the watch or the response, so one is dropped when the other is needed; loading takes a turn of the loop for
each module.
"""

# What is at rest has fewer methods than the response; they are called only while that is there.
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false

import gc
import struct
from array import array

import micropython
from micropython import const

from fsw.link import numbers
from fsw.services.commands import PENDING, nothing_to_check, refusal
from fsw.services.leak_reports import NO_ALARM, LeakReports
from fsw.station.at_rest import AtRest
from fsw.station.graph import members
from fsw.station.history import SECONDS

_ARGUMENTS_AT = const(12)
_SELDOM_S = const(10)  # between two reports while nothing happens
# What outlives a reset: purpose, phase, modules shut off, where crew is; then come the leak and its deviation
# of each module, as they were rated.
_KEPT = ">BBHH"
_KEPT_BYTES = const(6)
_RATED_BYTES = const(4)
_NO_PAST = const(-1)
_LOOK_ON_S = const(3)  # after the alarm, before its leak is rated: noise helped to raise it
_STEPS_AT_ONCE = const(6)  # 10 ms each at the most
_STEPS_OF_ALL = const(54)  # for all modules together: with many, each step takes more heap to be collected

_GAVE_UP = (numbers.PHASE_INCONCLUSIVE, numbers.PHASE_BLOCKED)

_NOTHING = const(0)
_WATCH = const(1)
_ALARM = const(2)
_LOCATE = const(3)
_VERIFY = const(4)


class LeakResponse:
    """`turn` comes in every turn of the loop, after the sensors were read."""

    def __init__(
        self,
        watch,
        watch_overlay,
        alarm_overlay,
        response_overlay,
        search_overlay,
        contain_overlay,
        servos,
        motion,
        isolation,
        health,
        saving,
        record,
        events,
        writer,
        values,
    ):
        """`watch` is a `station.leak_watch.LeakWatch`; the overlays are `kernel.overlay.Overlay`s that end
        with `station.detection`, `alarm`, `response`, `searching` and `containing`; `record` is a
        `kernel.storage.Record` for what outlives a reset; `values` are those of the parameters.
        """
        self.alarm = NO_ALARM  # fields of the last one, as the report has them
        self._station = watch.station
        self._watch = watch
        self.response = self._rest = AtRest(watch.station.count)
        self._watch_overlay = watch_overlay
        self._alarm_overlay = alarm_overlay
        self._response_overlay = response_overlay
        self._search_overlay = search_overlay
        self._contain_overlay = contain_overlay
        self._wanted = _WATCH  # what waits for its overlay
        self._shut = 0  # hatches, when the watch was dropped
        self._reason = 0  # why it is wanted
        self._age_s = _NO_PAST  # since when the station has leaked
        self._positions = servos.positions
        self._motion = motion
        self._isolation = isolation
        self._health = health
        self._saving = saving
        self._record = record
        self._events = events
        self._writer = writer
        self._reports = LeakReports(writer, values)
        self._values = values
        self._look = self._watch.turn  # looked up once, for that takes heap
        self._tell = events.packed
        self._save_later = self._save
        self._since_s = 0  # the last report
        self._alarm_s = 0  # since the watch has raised one
        self._told_drifting = 0

    def functions(self):
        """Return the functions of service 8 that belong to it."""
        return {
            numbers.FUNCTION_LOCATE: (0, self._check_locate, self._locate),
            numbers.FUNCTION_APPROVE_STEP: (0, self._check_approve, self._approve),
            numbers.FUNCTION_STOP_RESPONSE: (0, nothing_to_check, self._stop),
            numbers.FUNCTION_VERIFY_REPAIR: (1, self._check_verify, self._verify),
            numbers.FUNCTION_RESUME_RESPONSE: (0, self._check_resume, self._resume),
            numbers.FUNCTION_SET_CREW: (2, self._check_crew, self._set_crew),
        }

    def tell_start(self):
        """Take up what a reset has interrupted; nothing moves before the sensors have something to say."""
        data = self._record.load()
        rated = _RATED_BYTES * self._station.count
        if data is None or len(data) != _KEPT_BYTES + 2 * rated:
            return
        response = self.response
        purpose, phase, response.part, occupied = struct.unpack(_KEPT, data[:_KEPT_BYTES])
        response.rated_npa_m3_s = array("i", data[_KEPT_BYTES : _KEPT_BYTES + rated])
        response.rated_sd_npa_m3_s = array("i", data[_KEPT_BYTES + rated :])
        if purpose != numbers.PURPOSE_NONE:
            if occupied != self._station.occupied:  # crew has moved since the bench file was written
                self._move_crew(occupied)
            continues = self._values[numbers.PARAMETER_CONTINUE_AFTER_RESET]
            response.interrupt(purpose, phase, continues, self._tell)

    # --- time ----------------------------------------------------------------------------------------------

    @micropython.native
    def turn(self):
        """Look, and once a second think. Allocates nothing while nothing is found."""
        if self._look():
            self._think()
        elif self._wanted:
            self._load()
        elif self.response.is_thinking:
            self._work()

    def _work(self):
        """Think on for some steps, in a turn that has the time."""
        response = self.response
        for _ in range(min(_STEPS_AT_ONCE, _STEPS_OF_ALL // self._station.count)):
            if response.is_thinking and self._has_decisions(response.contains):
                response.work(self._positions)
        self._saving.held = response.is_thinking
        if not response.is_thinking:
            gc.collect()  # what was weighed leaves room for a file
        self._add_marks(response.guarded & ~self._isolation.marks)
        if not response.is_active:
            self._end()

    def _has_decisions(self, contains):
        """Return whether what decides is there; else let go of what did before, and load one module of it."""
        overlay = self._contain_overlay if contains else self._search_overlay
        if overlay.is_loaded:
            return True
        (self._search_overlay if contains else self._contain_overlay).drop()
        overlay.load()
        return False

    def _think(self):
        if self._motion.commanded:
            self._motion.commanded = False
            self._stop_all(numbers.STOPPED_BY_MOVE)
            self._rest.closed = 0
        if self.response.is_active:
            self._respond()
        elif self._watch.detector is not None:
            self._guard()
        response = self.response
        self._since_s += 1
        if response.is_active or self._since_s >= _SELDOM_S:
            self._since_s = 0
            self.send_response()
        if response.changed:
            response.changed = False
            self._saving.want(self._save_later)

    def _guard(self):
        watch = self._watch
        if watch.second():
            gc.collect()  # to learn new volumes takes heap
        detector = watch.detector
        self._alarm_s = self._alarm_s + 1 if detector.alarm >= 0 else 0
        if self._alarm_s > _LOOK_ON_S and self._wanted == _NOTHING:
            self._wanted = _ALARM
        if detector.drifting != self._told_drifting:
            self._tell_drift(detector.drifting)
        if not self.response.is_free:
            self._go_on()

    def _go_on(self):
        """Continue by itself what a reset has interrupted, if that is wanted."""
        if self._values[numbers.PARAMETER_CONTINUE_AFTER_RESET] and self._may_move():
            self._want_interrupted()

    def _want_interrupted(self):
        verifies = self._rest.purpose == numbers.PURPOSE_VERIFY
        self._want(_VERIFY if verifies else _LOCATE, numbers.BECAUSE_CONTINUED, _NO_PAST)

    def _want(self, wanted, reason, age_s):
        """Have the response begin; the watch makes room for it."""
        self._wanted = wanted
        self._reason = reason
        self._age_s = age_s
        self._shut = self._watch.shut
        self._motion.commanded = False  # what was moved before is no reason to stop
        self._watch.rest()
        self._watch_overlay.drop()
        self._alarm_overlay.drop()  # an alarm may be waiting

    def _load(self):
        """Bring in one more module; with the last one begins what it is for."""
        wanted = self._wanted
        if wanted == _WATCH:
            module = self._watch_overlay.load()
        elif wanted == _ALARM:
            module = self._alarm_overlay.load()
        else:
            module = self._response_overlay.load()
        if module is None:
            return
        self._wanted = _NOTHING
        if wanted == _WATCH:
            self._watch.watch(module.Detector, self._positions)
        elif wanted == _ALARM:
            try:
                self._raise_alarm(module.Alarm)
            finally:
                self._alarm_overlay.drop()
        else:
            self._respond_with(module.Response, wanted)

    def _respond_with(self, response_class, wanted):
        response = response_class(self._station, self._values, self._motion.order, self._tell)
        rest = self._rest
        response.guarded = self._isolation.marks
        response.closed = rest.closed
        response.rated_npa_m3_s = rest.rated_npa_m3_s
        response.rated_sd_npa_m3_s = rest.rated_sd_npa_m3_s
        self.response = response
        if wanted == _LOCATE:
            self._begin()
        else:
            response.part = rest.part
            response.verify(self._positions)

    def _begin(self):
        """Begin to search; what was seen since the onset is evidence, if nothing has to move first."""
        watch = self._watch
        response = self.response
        if self._reason == numbers.BECAUSE_CONTINUED:
            response.part = self._rest.part
            response.go_on(self._positions)
            return
        response.locate(self._reason, self._positions)
        if response.phase == numbers.PHASE_MEASURE and self._shut == response.shut:
            watch.gather()
            for age_s in range(self._age_s, _NO_PAST, -1):
                watch.look_back(age_s)
                response.look_back(watch.past_q12_pa, watch.known, watch.pressure_pa)

    def _stop_all(self, why):
        if self.response.is_active:
            self.response.stop(why)
            self._end()
        else:
            if self._wanted > _ALARM:
                self._response_overlay.drop()
                self._wanted = _WATCH
                if self._rest.is_free:
                    self._tell(numbers.EVENT_RESPONSE_STOPPED, ">B", why)
            self._rest.stop(why, self._tell)

    def _end(self):
        """Remember what came of it, let it go, and watch again: what was disturbed is learned anew."""
        self._saving.held = False
        self._rest.take_over(self.response)
        self.response = self._rest
        self._search_overlay.drop()
        self._contain_overlay.drop()
        self._response_overlay.drop()
        self._wanted = _WATCH

    def _add_marks(self, modules):
        if modules:
            self._isolation.add(modules)
            for module in members(modules):
                self._events.u8_u8(numbers.EVENT_MODULE_ISOLATED, module, 1)

    def _respond(self):
        response = self.response
        measures = response.purpose == numbers.PURPOSE_VERIFY and response.phase == numbers.PHASE_MEASURE
        if not (measures or self._may_move()):
            self._stop_all(numbers.STOPPED_BY_MODE)
            return
        isolation = self._isolation
        watch = self._watch
        watch.gather()
        response.guarded = isolation.marks
        response.second(self._positions, watch.mean_q12_pa, watch.known, watch.pressure_pa)
        self._add_marks(response.guarded & ~isolation.marks)
        if not response.is_active:
            self._end()

    def _raise_alarm(self, alarm_class):
        """Tell of the leak, unless a hatch has moved meanwhile; then search, if that is wanted."""
        watch = self._watch
        values = self._values
        volume = watch.detector.alarm
        if volume < 0:
            return
        steady = watch.detector.is_steady(volume)
        if steady and not watch.volumes[volume] & ~self._isolation.marks:
            watch.detector.rearm(volume)  # that it leaks is why it is shut off
            return
        watch.gather()
        alarm = alarm_class(
            self._station,
            watch.detector,
            volume,
            watch.volumes[volume],
            watch.pressure_pa,
            self._writer.stamp[0],
            values[numbers.PARAMETER_AMBIENT_PA],
            values[numbers.PARAMETER_FLOOR_PERMILLE],
        )
        self.alarm = alarm.fields
        self._tell(
            numbers.EVENT_LEAK_ALARM, ">HiI", watch.volumes[volume], alarm.leak_npa_m3_s, alarm.reserve_s
        )
        self.send_alarm()
        # What a search could not find goes on; another one would not either, until something is changed.
        searched = steady and self.response.phase in _GAVE_UP
        if self._may_move() and self.response.is_free and not searched:
            self._want(_LOCATE, numbers.BECAUSE_ALARM, min(alarm.age_s, SECONDS - 1))
        else:
            watch.detector.rearm(volume)

    def _may_move(self):
        return (
            self._values[numbers.PARAMETER_RESPONSE_MODE] != numbers.RESPONSE_OFF
            and self._health.mode != numbers.MODE_SAFE
        )

    def _tell_drift(self, drifting):
        for module in members(drifting & ~self._told_drifting):
            self._events.u8(numbers.EVENT_SENSOR_DRIFTS, module)
        self._told_drifting = drifting

    def _save(self):
        """Store what outlives a reset, and the marks of what was shut off."""
        response = self.response
        purpose = response.purpose if response.phase <= numbers.PHASE_MEASURE else numbers.PURPOSE_NONE
        try:
            self._record.save(
                struct.pack(_KEPT, purpose, response.phase, response.part, self._station.occupied)
                + bytes(response.rated_npa_m3_s)
                + bytes(response.rated_sd_npa_m3_s)
            )
            self._isolation.keep()
        except OSError as error:
            self._events.u8_text(numbers.EVENT_STORAGE_FAILED, error.errno, "response")

    # --- commands ------------------------------------------------------------------------------------------

    def _check_locate(self, packet):
        if self._health.mode == numbers.MODE_SAFE:
            return refusal(numbers.REFUSED_SAFE_MODE)
        if not self._station.inside:
            return refusal(numbers.REFUSED_NO_BENCH)
        if not self._may_move():
            return refusal(numbers.REFUSED_VALUE, numbers.RESPONSE_OFF)
        return 0 if self._is_free() else refusal(numbers.REFUSED_BUSY)

    def _is_free(self):
        return self._wanted <= _ALARM and not self.response.is_active and self.response.is_free

    def _locate(self, packet):
        self._want(_LOCATE, numbers.BECAUSE_COMMAND, _NO_PAST)  # nobody knows since when it leaks
        return 0

    def _check_approve(self, packet):
        asks = self.response.phase == numbers.PHASE_ASK
        return 0 if asks else refusal(numbers.REFUSED_NOTHING_WAITS)

    def _approve(self, packet):
        self.response.approve()
        return 0

    def _stop(self, packet):
        self._stop_all(numbers.STOPPED_BY_COMMAND)
        return PENDING if self._motion.go_safe() else 0

    def _check_verify(self, packet):
        module = packet[_ARGUMENTS_AT]
        if module >= self._station.count:
            return refusal(numbers.REFUSED_INDEX, module)
        if not self._is_free():
            return refusal(numbers.REFUSED_BUSY)
        part = self._part_with(module)
        if part == self._station.inside or not sum([self._rest.rated_npa_m3_s[k] for k in members(part)]):
            return refusal(numbers.REFUSED_NOTHING_WAITS)
        moves = self._station.cut(part) & ~self._at_shut()
        return refusal(numbers.REFUSED_VALUE, numbers.RESPONSE_OFF) if moves and not self._may_move() else 0

    def _part_with(self, module):
        """Return the modules that are shut off together with one; all if it is not shut off."""
        station = self._station
        return station.reach(1 << module, self._at_shut() | station.cut(self._isolation.marks))

    def _at_shut(self):
        positions = self._positions
        hatches = range(self._station.hatches)
        return sum([1 << hatch for hatch in hatches if positions[hatch] == numbers.POSITION_SHUT])

    def _verify(self, packet):
        self._rest.part = self._part_with(packet[_ARGUMENTS_AT])
        self._want(_VERIFY, numbers.BECAUSE_COMMAND, _NO_PAST)
        return 0

    def _check_resume(self, packet):
        if self.response.phase != numbers.PHASE_INTERRUPTED or self._wanted > _ALARM:
            return refusal(numbers.REFUSED_NOTHING_WAITS)
        return 0 if self._may_move() else refusal(numbers.REFUSED_VALUE, numbers.RESPONSE_OFF)

    def _resume(self, packet):
        self._want_interrupted()
        return 0

    def _check_crew(self, packet):
        occupied = packet[_ARGUMENTS_AT] << 8 | packet[_ARGUMENTS_AT + 1]
        return refusal(numbers.REFUSED_VALUE, occupied) if occupied & ~self._station.inside else 0

    def _set_crew(self, packet):
        self._move_crew(packet[_ARGUMENTS_AT] << 8 | packet[_ARGUMENTS_AT + 1])
        self.response.changed = True  # a search that goes on after a reset must know
        return 0

    def _move_crew(self, occupied):
        self._station.occupied = occupied
        self._events.u16(numbers.EVENT_CREW_SET, occupied)

    def send_response(self):
        """Send how things stand."""
        self._reports.send_response(self.response, self._watch)

    def send_alarm(self):
        """Send the last alarm; all is 0 if there was none."""
        self._reports.send_alarm(self.alarm)
