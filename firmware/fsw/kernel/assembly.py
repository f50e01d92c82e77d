"""All parts of the firmware, made and joined once, in a start. Nothing here is needed afterwards.

So no part may keep a function of this module: its globals, and with them all of it, would stay in the heap.
"""

from micropython import const

from fsw.kernel import resets, storage, watchdog
from fsw.kernel.eventlog import EventLog
from fsw.kernel.health import Health
from fsw.kernel.loop import Loop
from fsw.kernel.move_mark import MoveMark
from fsw.kernel.overlay import Overlay
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
from fsw.services.leak_response import LeakResponse
from fsw.services.link_watch import LinkWatch
from fsw.services.logbook import Logbook
from fsw.services.monitoring import Monitoring
from fsw.services.motion import Motion
from fsw.services.parameters import Parameters, ParameterService
from fsw.services.time_reports import TimeReports
from fsw.services.verification import Verification
from fsw.station.arming import Arming
from fsw.station.checks import Checks
from fsw.station.graph import Station
from fsw.station.hatches import HatchWatch
from fsw.station.leak_watch import LeakWatch

# Slots of commands under way, after one for each servo: safe, parameters, log, calibration, isolated marks.
_OWN_SLOTS = const(5)
# Loaded while the station is watched, or while a leak is sought: what is imported comes first.
_WATCH_MODULES = ("thresholds", "drifts", "baseline", "cusums", "levels", "detection")
_ALARM_MODULES = ("onset", "reserve_time", "alarm")
_RESPONSE_MODULES = (
    "crew",
    "slopes",
    "evidence",
    "hypotheses",
    "priors",
    "reports",
    "locating",
    "response",
)
# Loaded beside the last ones, one or the other.
_SEARCH_MODULES = ("strategies", "searching")
_CONTAIN_MODULES = ("isolating", "rating", "containing")


def assemble(system, bench, hardware, console, clock, start):
    """Make all parts and join them; `start` is what is known of this start."""
    system.clock = clock
    system.console = console
    system.watchdog = watchdog.Watchdog()
    system.check_in = system.watchdog.check_in  # looked up once: a bound method takes heap
    system.sensors = hardware.sensors
    system.servos = hardware.servos
    system.led = hardware.led
    writer = TelemetryWriter(clock, console.write)
    system.parameters = Parameters(storage.Record("params", 1, 1))
    # The largest buffers of all: they come while the free heap is still in one piece.
    leak_watch = LeakWatch(_station(bench, hardware), system.sensors, system.parameters.values)
    log = EventLog(clock.stamp)
    system.events = Events(writer, system.parameters.values, log, resets.remember_event)
    verification = Verification(writer, system.servos.count + _OWN_SLOTS)
    system.commands = Commands(clock, verification, system.events)
    system.health = Health(
        clock,
        start.reset_cause,
        bench.state,
        verification,
        system.commands,
        console,
        system.events,
        system.parameters,
    )
    system.health.boot_count = start.guard.starts & 0xFFFF
    system.health.unhealthy_boots = start.guard.unhealthy
    system.saving = Saving()
    hatch_commands = _build_hatches(system, bench, hardware, verification)
    system.link_watch = LinkWatch(
        clock.stamp,
        console.sender,
        verification,
        system.health,
        system.events,
        system.motion,
        system.parameters.values,
    )
    system.calibration = Calibration(system.sensors, storage.Record("calib", 2, 1), system.events)
    system.housekeeping = Housekeeping(
        writer, system.sensors, system.servos, system.isolation, system.health, system.calibration
    )
    system.receiver = Receiver(console, system.commands, numbers.MAX_PACKET_BYTES + 2)
    system.loop = Loop(console, system.health)
    log.boot_count = system.health.boot_count
    if start.reset_cause == numbers.RESET_POWER_ON:  # what the registers kept is gone, the log is not
        start.last_event = log.newest()
    system.logbook = Logbook(log, writer, verification, system.servos.count + 3, system.events, system.saving)
    system.parameter_service = ParameterService(system.parameters, writer, system.events)
    system.time_reports = TimeReports(clock, system.health, system.parameters, writer)
    system.monitoring = Monitoring(
        Checks(system.sensors.count, system.parameters.values),
        system.sensors,
        system.calibration.offset_q8_pa,
        system.health,
        system.commands,
        system.parameters,
        writer,
        system.events,
    )
    connection = Connection(writer, start.identity, system.sensors)
    system.actions = EventAction(
        system.parameters, system.health, writer, system.events, system.action_steps(connection.tell_test)
    )
    system.events.act = system.actions.hear
    functions = Functions(system.housekeeping, system)
    functions.offer(hatch_commands.functions())
    functions.offer(system.parameter_service.functions())
    functions.offer(system.calibration.functions())
    functions.offer(_own_functions(system, verification))
    system.leak_response = _build_response(system, leak_watch, writer)
    functions.offer(system.leak_response.functions())
    for service in (
        connection,
        system.events,
        system.housekeeping,
        functions,
        system.parameter_service,
        system.logbook,
        system.time_reports,
        system.monitoring,
        system.actions,
    ):
        system.commands.offer(service.handlers())


def _build_hatches(system, bench, hardware, verification):
    """Join all that moves and marks; return the commands for it."""
    values = system.parameters.values
    arming = Arming(values)
    system.isolation = Isolation(
        storage.Record("station", 4, 1),
        hardware.sides,
        system.sensors.count,
        verification,
        system.servos.count + _OWN_SLOTS,
        system.events,
    )
    system.move_mark = MoveMark(system.saving)
    system.motion = Motion(
        system.servos,
        HatchWatch(hardware.sides, system.sensors, values),
        hardware.safe_positions,
        system.isolation,
        arming,
        system.move_mark,
        verification,
        system.events,
    )
    return HatchCommands(
        bench.state == numbers.BENCH_VALID,
        hardware,
        system.motion,
        system.isolation,
        arming,
        system.events,
        system.health,
        system.saving,
        system.clock.stamp,
        values,
    )


def _build_response(system, leak_watch, writer):
    """Join the watch for leaks with all that follows an alarm."""
    response = LeakResponse(
        leak_watch,
        Overlay("fsw.station", _WATCH_MODULES),
        Overlay("fsw.station", _ALARM_MODULES),
        Overlay("fsw.station", _RESPONSE_MODULES),
        Overlay("fsw.station", _SEARCH_MODULES),
        Overlay("fsw.station", _CONTAIN_MODULES),
        system.servos,
        system.motion,
        system.isolation,
        system.health,
        system.saving,
        storage.Record("response", 5, 2),
        system.events,
        writer,
        system.parameters.values,
    )
    system.housekeeping.send_response = response.send_response
    system.housekeeping.send_alarm = response.send_alarm
    return response


def _own_functions(system, verification):
    """Return the functions that concern several parts."""
    slot = system.servos.count + 2  # of the commands that save; the log has the one between
    save_parameters = SaveCommand(
        system.saving, verification, slot, system.events, "parameters", system.parameter_service.save
    )
    save_calibration = SaveCommand(
        system.saving, verification, slot + 2, system.events, "calibration", system.calibration.save
    )
    return {
        numbers.FUNCTION_SAVE_PARAMETERS: save_parameters.function(),
        numbers.FUNCTION_SAVE_CALIBRATION: save_calibration.function(),
        numbers.FUNCTION_RESET_COUNTERS: (0, nothing_to_check, system.reset_counters),
    }


def _station(bench, hardware):
    volumes_ul = [row[0] for row in bench.modules]
    volumes_sd_ul = [row[1] for row in bench.modules]
    owners = bytes([row[2] for row in bench.modules])
    return Station(
        hardware.sides, volumes_ul, volumes_sd_ul, owners, bench.occupied, bench.lifeboat, bench.ambient
    )
