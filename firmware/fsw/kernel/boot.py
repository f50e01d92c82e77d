"""From power-up to the loop, and from the loop to the prompt or to a reset."""

# The parts are attributes that `assembly` sets.
# pyright: reportAttributeAccessIssue=false

# ruff: noqa: E402 - the collector and the imports are set up before the imports that need it
import gc

# What files leave behind when they are loaded must be collected in between, or it cuts the free heap into
# pieces: with 90 kB free, the largest had 1.4 kB. It costs 20 ms; more often costs more, and gains nothing.
gc.threshold(90000)

from fsw.kernel import quick_import

quick_import.begin()
try:
    import sys
    import time

    import machine

    import fsw.kernel.assembly
    import fsw.kernel.starting
    import fsw.station.config
    from fsw.kernel import loop, resets
    from fsw.kernel.boot_guard import BootGuard
    from fsw.kernel.clock import BoardClock
    from fsw.kernel.console import Console
    from fsw.kernel.hardware import Hardware
    from fsw.kernel.overlay import forget
    from fsw.kernel.system import System
    from fsw.services.connection import identity_data
finally:  # whoever comes to the prompt after a failure finds everything as it should be
    quick_import.end()
del quick_import
gc.threshold(-1)

BENCH_FILE = "bench.json"


class Start:
    """What is known of this start of the firmware."""

    def __init__(self, reset_cause, last_event, guard):
        self.reset_cause = reset_cause
        self.last_event = last_event  # before the reset: number, board time in s
        self.guard = guard
        self.identity = b""


def build():
    """Set up the hardware that the bench file names and return (system, bench), ready to run.

    Whatever is wrong with the file or the wiring, a system comes back that answers over the link.
    """
    reset_cause = resets.take_reset_cause()
    start = Start(reset_cause, resets.take_last_event(), BootGuard(reset_cause))
    clock = BoardClock(time.ticks_us, time.ticks_diff, resets.since_reset_us())
    bench = fsw.station.config.load_bench(BENCH_FILE)
    try:
        hardware = Hardware(bench)
    except Exception as error:  # pins or parts that the checks of the file can't know
        bench = bench.refused(repr(error))
        hardware = Hardware(bench)
    version = ".".join(str(part) for part in sys.implementation.version[:3])
    start.identity = identity_data(version, machine.unique_id(), reset_cause, bench)
    system = System(start)
    fsw.kernel.assembly.assemble(system, bench, hardware, Console(), clock, start)
    return system, bench


def start():
    """Build the system, tell of the start, and let go of all that is needed for that alone: 9 kB of heap."""
    system, bench = build()
    fsw.kernel.starting.announce(system, bench)
    del bench
    forget("fsw.kernel", "quick_import")
    forget("fsw.kernel", "assembly")
    forget("fsw.kernel", "starting")
    forget("fsw.station", "config")
    gc.collect()  # the last for long: from here on nothing is allocated while all is well
    return system


def run():
    """Run the firmware; returns when somebody wants the MicroPython prompt.

    Ctrl-C must be an ordinary byte by then (`kbd_intr(-1)` in main.py), see link.parser.
    """
    try:
        system = start()
        try:
            system.start_watchdog()
            system.health.check_heap()
            wanted = system.loop.run(system)
        finally:
            system.motion.off()  # nobody looks after them from here on, whatever ended the loop
        system.tell_end(wanted)
        if wanted == loop.TO_RESET:
            resets.reset_chip()
    finally:
        resets.leave_for_prompt()
