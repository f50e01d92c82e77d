"""What a start tells, in which order, and what it may do by itself."""

import time

from micropython import const

from fsw.link import numbers

_FIRST_MEASUREMENT_MS = const(50)  # the sensors need 43 ms; before that they have nothing to say


def announce(system, bench):
    """Tell of the start, and start the sensors of `system`: what is missing is told as well."""
    start = system.start
    system.clock.update()
    system.console.open_line()
    events = system.events
    events.u8_u8(numbers.EVENT_STARTED, start.reset_cause, bench.state)
    event, time_s = start.last_event
    events.u8_u16_u8_u32(
        numbers.EVENT_RESET_REPORT, start.reset_cause, system.health.boot_count, event, time_s
    )
    if start.guard.failed:
        events.u8_text(numbers.EVENT_STORAGE_FAILED, start.guard.failed, "boots")
    if start.guard.is_loop(system.parameters.values[numbers.PARAMETER_UNHEALTHY_BOOTS]):
        system.health.mode = numbers.MODE_SAFE
        events.u8(numbers.EVENT_BOOT_LOOP, start.guard.unhealthy)
    if bench.state != numbers.BENCH_VALID:
        events.u8_text(numbers.EVENT_BENCH_UNUSABLE, bench.state, bench.why)
    _tell_of_sag(system, start)
    system.calibration.load()
    system.tell_damage()
    system.parameter_service.tell_start()
    system.isolation.tell_start()
    system.leak_response.tell_start()
    system.sensors.start(events, system.parameters.values)
    system.calibration.meet_all()
    time.sleep_ms(_FIRST_MEASUREMENT_MS)
    _order_safe(system, start)


def _tell_of_sag(system, start):
    was_moving = system.move_mark.take()
    if was_moving and start.reset_cause in (numbers.RESET_POWER_ON, numbers.RESET_WATCHDOG):
        system.events.plain(numbers.EVENT_SAG_SUSPECTED)


def _order_safe(system, start):
    """Do what the parameters say; not in safe mode, for these very moves may be what resets the board."""
    if system.health.mode == numbers.MODE_SAFE:
        return
    values = system.parameters.values
    if values[numbers.PARAMETER_SAFE_AT_BOOT]:
        system.motion.order_safe(numbers.SAFE_BY_BOOT)
    elif values[numbers.PARAMETER_SAFE_AFTER_WATCHDOG] and start.reset_cause == numbers.RESET_WATCHDOG:
        system.motion.order_safe(numbers.SAFE_BY_WATCHDOG)
    system.motion.commanded = False  # nobody has said that what a reset interrupted is over
