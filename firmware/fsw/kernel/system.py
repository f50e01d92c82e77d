"""The parts of the firmware, joined, and what is done in each turn of the loop."""

import gc
import time

import micropython
from micropython import const

from fsw.kernel import resets, storage, watchdog
from fsw.kernel.eventlog import EventLog
from fsw.kernel.health import Health
from fsw.kernel.loop import TO_PROMPT, Loop
from fsw.kernel.move_mark import MoveMark
from fsw.kernel.receiver import Receiver
from fsw.kernel.saving import SaveCommand, Saving
from fsw.link import numbers
from fsw.link.telemetry import TelemetryWriter
from fsw.services.calibration import Calibration
from fsw.services.commands import Commands, nothing_to_check
from fsw.services.connection import Connection
from fsw.services.event_action import EventAction
from fsw.services.events import Events
from fsw.services.functions import Functions
from fsw.services.hatch_commands import HatchCommands
from fsw.services.housekeeping import Housekeeping
from fsw.services.isolation import Isolation
from fsw.services.link_watch import LinkWatch
from fsw.services.logbook import Logbook
from fsw.services.monitoring import Monitoring
from fsw.services.motion import Motion
from fsw.services.parameters import Parameters, ParameterService
from fsw.services.time_reports import TimeReports
from fsw.services.verification import Verification
from fsw.station.arming import Arming
from fsw.station.checks import Checks
from fsw.station.hatches import HatchWatch

# Slots of commands under way, after one for each servo: safe, parameters, log, calibration, isolated marks.
_OWN_SLOTS = const(5)
_FIRST_MEASUREMENT_MS = const(50)  # the sensors need 43 ms; before that they have nothing to say
_TELL_TURN = const(2)  # of ten; the rate groups are spread over the turns so that no turn does everything
_CHECK_TURN = const(3)
_SAVE_TURN = const(5)
_MEND_TURN = const(7)
_GUARD_TURN = const(9)
_HEAP_TURN = const(54)  # of six hundred
_LOG_TURN = const(65)


class System:
    """All parts. `hardware` brings sensors, servos and LED, `start` what is known of this start."""

    def __init__(self, bench, hardware, console, clock, start):
        self.clock = clock
        self._console = console
        self._start = start
        self.watchdog = watchdog.Watchdog()
        self._check_in = self.watchdog.check_in  # looked up once: a bound method takes heap
        self.sensors = hardware.sensors
        self.servos = hardware.servos
        self.led = hardware.led
        self._untold_errors = 0
        writer = TelemetryWriter(clock, console.write)
        self.parameters = Parameters(storage.Record("params", 1, 1))
        log = EventLog(clock.stamp)
        self.events = Events(writer, self.parameters.values, log, resets.remember_event)
        verification = Verification(writer, self.servos.count + _OWN_SLOTS)
        self.commands = Commands(clock, verification, self.events)
        self.health = Health(
            clock,
            start.reset_cause,
            bench.state,
            verification,
            self.commands,
            console,
            self.events,
            self.parameters,
        )
        self.health.boot_count = start.guard.starts & 0xFFFF
        self.health.unhealthy_boots = start.guard.unhealthy
        self.saving = Saving()
        hatch_commands = self._build_hatches(bench, hardware, verification)
        self.link_watch = LinkWatch(
            clock.stamp,
            console.sender,
            verification,
            self.health,
            self.events,
            self.motion,
            self.parameters.values,
        )
        self.calibration = Calibration(self.sensors, storage.Record("calib", 2, 1), self.events)
        self.housekeeping = Housekeeping(
            writer, self.sensors, self.servos, self._isolation, self.health, self.calibration
        )
        self.receiver = Receiver(console, self.commands, numbers.MAX_PACKET_BYTES + 2)
        self.loop = Loop(console, self.health)
        log.boot_count = self.health.boot_count
        if start.reset_cause == numbers.RESET_POWER_ON:  # what the registers kept is gone, the log is not
            start.last_event = log.newest()
        self.logbook = Logbook(log, writer, verification, self.servos.count + 3, self.events, self.saving)
        self._parameter_service = ParameterService(self.parameters, writer, self.events)
        self.time_reports = TimeReports(clock, self.health, self.parameters, writer)
        self.monitoring = Monitoring(
            Checks(self.sensors.count, self.parameters.values),
            self.sensors,
            self.calibration.offset_q8_pa,
            self.health,
            self.commands,
            self.parameters,
            writer,
            self.events,
        )
        connection = Connection(writer, start.identity, self.sensors)
        self.actions = EventAction(
            self.parameters, self.health, writer, self.events, self._action_steps(connection)
        )
        self.events.act = self.actions.hear
        functions = Functions(self.housekeeping, self)
        functions.offer(hatch_commands.functions())
        functions.offer(self._parameter_service.functions())
        functions.offer(self.calibration.functions())
        functions.offer(self._own_functions(verification))
        for service in (
            connection,
            self.events,
            self.housekeeping,
            functions,
            self._parameter_service,
            self.logbook,
            self.time_reports,
            self.monitoring,
            self.actions,
        ):
            self.commands.offer(service.handlers())

    def _build_hatches(self, bench, hardware, verification):
        """Join all that moves and marks; return the commands for it."""
        values = self.parameters.values
        arming = Arming(values)
        self._isolation = Isolation(
            storage.Record("station", 4, 1),
            hardware.sides,
            self.sensors.count,
            verification,
            self.servos.count + _OWN_SLOTS,
            self.events,
        )
        self._move_mark = MoveMark(self.saving)
        self.motion = Motion(
            self.servos,
            HatchWatch(hardware.sides, self.sensors, values),
            hardware.safe_positions,
            self._isolation,
            arming,
            self._move_mark,
            verification,
            self.events,
        )
        return HatchCommands(
            bench.state == numbers.BENCH_VALID,
            hardware,
            self.motion,
            self._isolation,
            arming,
            self.events,
            self.health,
            self.saving,
            self.clock.stamp,
            values,
        )

    def _own_functions(self, verification):
        """Return the functions that concern several parts."""
        slot = self.servos.count + 2  # of the commands that save; the log has the one between
        save_parameters = SaveCommand(
            self.saving, verification, slot, self.events, "parameters", self._parameter_service.save
        )
        save_calibration = SaveCommand(
            self.saving, verification, slot + 2, self.events, "calibration", self.calibration.save
        )
        return {
            numbers.FUNCTION_SAVE_PARAMETERS: save_parameters.function(),
            numbers.FUNCTION_SAVE_CALIBRATION: save_calibration.function(),
            numbers.FUNCTION_RESET_COUNTERS: (0, nothing_to_check, self._reset_counters),
        }

    def _action_steps(self, connection):
        """Return what the sequences of `services.event_action` can do, by number."""
        return (
            lambda _: self.housekeeping.ask(numbers.SID_HOUSEKEEPING),
            lambda _: self.housekeeping.ask(numbers.SID_READINGS),
            connection.tell_test,
            lambda _: self.motion.order_safe(numbers.SAFE_BY_ACTION),
        )

    def _reset_counters(self, packet):
        self.health.reset_counters()
        self.sensors.reset_counters()
        return 0

    @micropython.native
    def tick(self, turn):
        """Do one turn; an error in it is told, and the next turn comes all the same."""
        try:
            check_in = self._check_in
            self.clock.update()
            self.sensors.sweep()
            check_in(watchdog.SENSORS)
            if self.motion.busy:
                self.motion.tick(time.ticks_ms())
            check_in(watchdog.HATCHES)
            self.housekeeping.tick()
            check_in(watchdog.REPORTS)
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
            self._console.flush()  # every packet does that too, but there may be none
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
                self._tell_damage()
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

    def announce(self, bench):
        """Tell of the start, and start the sensors: what is missing is told as well."""
        self.clock.update()
        self._console.open_line()
        start = self._start
        self.events.u8_u8(numbers.EVENT_STARTED, start.reset_cause, bench.state)
        event, time_s = start.last_event
        self.events.u8_u16_u8_u32(
            numbers.EVENT_RESET_REPORT, start.reset_cause, self.health.boot_count, event, time_s
        )
        if start.guard.failed:
            self.events.u8_text(numbers.EVENT_STORAGE_FAILED, start.guard.failed, "boots")
        if start.guard.is_loop(self.parameters.values[numbers.PARAMETER_UNHEALTHY_BOOTS]):
            self.health.mode = numbers.MODE_SAFE
            self.events.u8(numbers.EVENT_BOOT_LOOP, start.guard.unhealthy)
        if bench.state != numbers.BENCH_VALID:
            self.events.u8_text(numbers.EVENT_BENCH_UNUSABLE, bench.state, bench.why)
        self._tell_of_sag()
        self.calibration.load()
        self._tell_damage()
        self._parameter_service.tell_start()
        self._isolation.tell_start()
        self.sensors.start(self.events, self.parameters.values)
        self.calibration.meet_all()
        time.sleep_ms(_FIRST_MEASUREMENT_MS)
        self._order_safe_at_start()

    def _tell_of_sag(self):
        was_moving = self._move_mark.take()
        if was_moving and self._start.reset_cause in (numbers.RESET_POWER_ON, numbers.RESET_WATCHDOG):
            self.events.plain(numbers.EVENT_SAG_SUSPECTED)

    def _order_safe_at_start(self):
        """Do what the parameters say; not in safe mode, for these very moves may be what resets the board."""
        if self.health.mode == numbers.MODE_SAFE:
            return
        values = self.parameters.values
        if values[numbers.PARAMETER_SAFE_AT_BOOT]:
            self.motion.order_safe(numbers.SAFE_BY_BOOT)
        elif (
            values[numbers.PARAMETER_SAFE_AFTER_WATCHDOG]
            and self._start.reset_cause == numbers.RESET_WATCHDOG
        ):
            self.motion.order_safe(numbers.SAFE_BY_WATCHDOG)

    def _tell_damage(self):
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
        guard = self._start.guard
        if guard.healthy or self.health.mode == numbers.MODE_SAFE:
            return
        if self.health.uptime_s() >= self.parameters.values[numbers.PARAMETER_HEALTHY_S]:
            self._be_healthy()

    def _be_healthy(self):
        guard = self._start.guard
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
