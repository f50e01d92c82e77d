"""The parts of the firmware, joined, and what is done in each turn of the loop."""

import gc
import time

import micropython
from micropython import const

from fsw.kernel import storage
from fsw.kernel.health import Health
from fsw.kernel.loop import TO_PROMPT, Loop
from fsw.kernel.receiver import Receiver
from fsw.kernel.saving import Saving
from fsw.link import numbers
from fsw.link.telemetry import TelemetryWriter
from fsw.services.commands import Commands
from fsw.services.connection import Connection
from fsw.services.events import Events
from fsw.services.functions import Functions
from fsw.services.housekeeping import Housekeeping
from fsw.services.motion import Motion
from fsw.services.parameters import Parameters, ParameterService
from fsw.services.verification import Verification

_FIRST_MEASUREMENT_MS = const(50)  # the sensors need 43 ms; before that they have nothing to say
_TELL_TURN = const(2)  # of ten; the rate groups are spread over the turns so that no turn does everything
_SAVE_TURN = const(5)
_MEND_TURN = const(7)
_HEAP_TURN = const(54)  # of six hundred


class System:
    """All parts. `hardware` brings sensors, servos and LED, `start` what is known of this start."""

    def __init__(self, bench, hardware, console, clock, start):
        self.clock = clock
        self._console = console
        self._reset_cause = start.reset_cause
        self.sensors = hardware.sensors
        self.servos = hardware.servos
        self.led = hardware.led
        self._untold_errors = 0
        writer = TelemetryWriter(clock, console.write)
        self.parameters = Parameters(storage.Record("params", 1, 1))
        self.events = Events(writer)
        verification = Verification(writer, self.servos.count + 2)
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
        self.motion = Motion(
            self.servos,
            hardware.safe_positions,
            bench.state == numbers.BENCH_VALID,
            verification,
            self.events,
        )
        self.housekeeping = Housekeeping(writer, self.sensors, self.servos, self.health)
        self.receiver = Receiver(console, self.commands, numbers.MAX_PACKET_BYTES + 2)
        self.loop = Loop(console, self.health)
        self.saving = Saving()
        self._parameter_service = ParameterService(
            self.parameters, writer, verification, self.servos.count + 2, self.events, self.saving
        )
        functions = Functions(self.housekeeping, self.servos, self.motion, self.loop)
        functions.offer(self._parameter_service.functions())
        for service in (
            Connection(writer, start.identity),
            self.housekeeping,
            functions,
            self._parameter_service,
        ):
            self.commands.offer(service.handlers())

    @micropython.native
    def tick(self, turn):
        """Do one turn; an error in it is told, and the next turn comes all the same."""
        try:
            self.clock.update()
            self.sensors.sweep()
            if self.servos.busy:
                self.motion.tick(time.ticks_ms())
            self.housekeeping.tick()
            if self.receiver.within_frame:
                self.receiver.tick()
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
            self.health.tell()
            if self._untold_errors:
                self._tell_untold()
        elif second == _SAVE_TURN:
            self.saving.tick()
        elif second == _MEND_TURN:
            self.sensors.mend()
        elif turn == _HEAP_TURN:
            self.health.check_heap()

    def announce(self, bench):
        """Tell of the start, and start the sensors: what is missing is told as well."""
        self.clock.update()
        self._console.open_line()
        self.events.u8_u8(numbers.EVENT_STARTED, self._reset_cause, bench.state)
        if bench.state != numbers.BENCH_VALID:
            self.events.u8_text(numbers.EVENT_BENCH_UNUSABLE, bench.state, bench.why)
        self._tell_of_storage()
        self.sensors.start(self.events.u8_u8)
        time.sleep_ms(_FIRST_MEASUREMENT_MS)

    def _tell_of_storage(self):
        while storage.damaged:
            self.events.text(numbers.EVENT_STORAGE_DAMAGED, storage.damaged.pop(0))
        self._parameter_service.tell_start()

    def tell_end(self, wanted):
        """Tell that the loop was left, if that is for the prompt."""
        if wanted == TO_PROMPT:
            self.events.plain(numbers.EVENT_LEFT_FOR_REPL)
