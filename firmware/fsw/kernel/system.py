"""What is done in each turn of the loop, by the parts that `assembly` has joined."""

# The parts are attributes that `assembly` sets.
# pyright: reportAttributeAccessIssue=false

import gc

import micropython
from micropython import const

from fsw.kernel import storage, watchdog
from fsw.kernel.loop import TO_PROMPT
from fsw.link import numbers

_TELL_TURN = const(2)  # of ten; the rate groups are spread over the turns so that no turn does everything
_CHECK_TURN = const(3)
_SAVE_TURN = const(5)
_MEND_TURN = const(7)
_GUARD_TURN = const(9)
_HEAP_TURN = const(54)  # of six hundred
_LOG_TURN = const(65)


class System:
    """All parts, once `assembly.assemble` has made them; `start` is what is known of this start."""

    def __init__(self, start):
        self.start = start
        self._untold_errors = 0

    def action_steps(self, test_sensor):
        """Return what the sequences of `services.event_action` can do, by number."""
        return (
            lambda _: self.housekeeping.ask(numbers.SID_HOUSEKEEPING),
            lambda _: self.housekeeping.ask(numbers.SID_READINGS),
            test_sensor,
            lambda _: self.motion.order_safe(numbers.SAFE_BY_ACTION),
        )

    def reset_counters(self, _):
        """Set the counters of all parts to zero, for the command that says so."""
        self.health.reset_counters()
        self.sensors.reset_counters()
        return 0

    @micropython.native
    def tick(self, turn):
        """Do one turn; an error in it is told, and the next turn comes all the same."""
        try:
            self.clock.update()
            self.sensors.sweep()
            if self.motion.busy:
                self.motion.tick(self.clock.ms())
            self.leak_response.turn()
            self.housekeeping.tick()
            self.check_in(watchdog.TURN)
            if self.receiver.within_frame:
                self.receiver.tick()
            if self.actions.running:
                self.actions.tick()
            if self.logbook.reporting:
                self.logbook.send_some()
            self._do_rare_work(turn)
        except Exception as error:  # a fault of one part must not end the watch over all modules
            self._survive("turn", error)

    @micropython.native
    def listen(self):
        """Take bytes from the host; return whether somebody wants the prompt."""
        try:
            return self.receiver.take_some()
        except Exception as error:  # nothing that a host sends may end the loop
            self._survive("link", error)
            return False

    def _survive(self, where, error):
        """Tell of an error; never raises, for what it raised would end the loop."""
        try:
            gc.collect()  # in case it was for lack of memory
            self._tell_error(where, error)
        except Exception:  # most likely no memory for the text
            self._untold_errors += 1  # told when there is some again

    def _tell_error(self, where, error):
        self.events.text_text(numbers.EVENT_INTERNAL_ERROR, where, repr(error))

    def _tell_untold(self):
        text = "%d errors could not be told when they came" % self._untold_errors
        self._tell_error("report", text)
        self._untold_errors = 0

    @micropython.native
    def _do_rare_work(self, turn):
        second = turn % 10
        if second == 0:
            self.led.toggle()
        elif second == _TELL_TURN:
            self.console.flush()  # every packet does that too, but there may be none
            self.health.tell()
            self.events.tick()
            self.link_watch.tick()
            if self._untold_errors:
                self._tell_untold()
        elif second == _CHECK_TURN:
            self.calibration.tick()
            self.monitoring.tick()
        elif second == _SAVE_TURN:
            if storage.damaged:
                self.tell_damage()
            self.logbook.keep(turn == _LOG_TURN)
            self.saving.tick()
        elif second == _MEND_TURN:
            self.sensors.mend()
            self.watchdog.check_in(watchdog.SECOND)
        elif second == _GUARD_TURN:
            self.time_reports.tick()
            self._look_back()
        elif turn == _HEAP_TURN:
            self.health.check_heap()

    def tell_damage(self):
        """Tell of copies in flash that were found damaged."""
        while storage.damaged:
            self.events.text(numbers.EVENT_STORAGE_DAMAGED, storage.damaged.pop(0))

    def start_watchdog(self):
        """From here on a firmware that hangs is reset."""
        self.watchdog.start(self.parameters.values[numbers.PARAMETER_WATCHDOG_MS])

    def want_prompt(self):
        """Leave for the MicroPython prompt when this turn is over."""
        self.loop.want_prompt()

    def want_reset(self):
        """Reset the chip when this turn is over."""
        self.loop.want_reset()

    def leave_safe_mode(self):
        """Work normally again and forget the resets that led to the safe mode."""
        self._be_healthy()
        if self.health.mode == numbers.MODE_SAFE:
            self.health.mode = numbers.MODE_NORMAL
            self.events.plain(numbers.EVENT_SAFE_MODE_LEFT)

    def _look_back(self):
        """Call this start healthy when it has lasted long enough; the safe mode ends by command alone."""
        guard = self.start.guard
        if guard.healthy or self.health.mode == numbers.MODE_SAFE or self.saving.held:
            return
        if self.health.uptime_s() >= self.parameters.values[numbers.PARAMETER_HEALTHY_S]:
            self._be_healthy()

    def _be_healthy(self):
        guard = self.start.guard
        guard.be_healthy()
        self.health.unhealthy_boots = 0
        if guard.failed:
            self.events.u8_text(numbers.EVENT_STORAGE_FAILED, guard.failed, "boots")
        gc.collect()  # what the file system took goes back at once: the free heap stays comparable

    def tell_end(self, wanted):
        """Tell that the loop was left, if that is for the prompt; write what the log still has."""
        if wanted == TO_PROMPT:
            self.events.plain(numbers.EVENT_LEFT_FOR_REPL)
        self.logbook.close()
