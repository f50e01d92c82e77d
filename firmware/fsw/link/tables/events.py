"""What the board tells once, when it happens: number, name, fields, text."""

from fsw.link import numbers as n
from fsw.link.tables.leak_events import LEAK_EVENTS

EVENTS = (
    (
        n.EVENT_STARTED,
        "started",
        (("reset_cause", "reset_cause", "", ""), ("bench_state", "bench_state", "", "")),
        "firmware started after {reset_cause}; bench file {bench_state}",
    ),
    (
        n.EVENT_BENCH_UNUSABLE,
        "bench_unusable",
        (("bench_state", "bench_state", "", ""), ("why", "str", "", "")),
        "no usable bench file ({bench_state}): {why}",
    ),
    (n.EVENT_LEFT_FOR_REPL, "left_for_repl", (), "leaving for the MicroPython prompt"),
    (
        n.EVENT_HATCH_ARRIVED,
        "hatch_arrived",
        (("hatch", "hatch", "", ""), ("position", "position", "", ""), ("proof", "proof", "", "")),
        "hatch {hatch} is {position} (told by {proof})",
    ),
    (
        n.EVENT_INJECTOR_ARRIVED,
        "injector_arrived",
        (("injector", "injector", "", ""), ("position", "position", "", "")),
        "injector of {injector} is {position}",
    ),
    (
        n.EVENT_SLIPPED,
        "slipped",
        (
            ("slips", "u32", "", "since the start"),
            ("loop_us", "u32", "us", "longest turn lately"),
        ),
        "the loop slipped ({slips} since the start, longest turn {loop_us} us)",
    ),
    (
        n.EVENT_FRAMES_BAD,
        "frames_bad",
        (("frames", "u16", "", "since the start, modulo 65536"),),
        "damaged frames came in ({frames} since the start)",
    ),
    (
        n.EVENT_PACKETS_DROPPED,
        "packets_dropped",
        (("packets", "u16", "", "since the start, modulo 65536"),),
        "telemetry was dropped, the host did not read ({packets} packets since the start)",
    ),
    (
        n.EVENT_INTERNAL_ERROR,
        "internal_error",
        (("where", "str", "", "part of the firmware"), ("what", "str", "", "the exception")),
        "error inside the firmware, in {where}: {what}",
    ),
    (
        n.EVENT_RESET_REPORT,
        "reset_report",
        (
            ("reset_cause", "reset_cause", "", ""),
            ("boot_count", "u16", "", ""),
            ("event", "event", "", "the last one before the reset"),
            ("time_s", "u32", "s", "of that event, in board time"),
        ),
        "start number {boot_count}, after {reset_cause}; the last event before was {event} at {time_s} s",
    ),
    (
        n.EVENT_BOOT_LOOP,
        "boot_loop",
        (("resets", "u8", "", ""),),
        "{resets} resets in a row without a healthy time: safe mode, readings and link only",
    ),
    (n.EVENT_SAFE_MODE_LEFT, "safe_mode_left", (), "safe mode is over"),
    (
        n.EVENT_SAG_SUSPECTED,
        "sag_suspected",
        (),
        "the board was reset within 2 s of a move: the servo supply may sag",
    ),
    (
        n.EVENT_SAFE_ORDERED,
        "safe_ordered",
        (("cause", "safe_cause", "", ""),),
        "going to the safe state by itself ({cause})",
    ),
    (
        n.EVENT_SENSOR_SUSPECT,
        "sensor_suspect",
        (
            ("module", "module", "", ""),
            ("state", "sensor_state", "", ""),
            ("seen", "i32", "", "pressure in 1/256 Pa; without one, how many sweeps in a row"),
        ),
        "sensor of {module} is suspect: {state} ({seen})",
    ),
    (
        n.EVENT_SENSOR_FAILED,
        "sensor_failed",
        (
            ("module", "module", "", ""),
            ("state", "sensor_state", "", ""),
            ("seen", "i32", "", "pressure in 1/256 Pa; without one, how many sweeps in a row"),
        ),
        "sensor of {module} has failed: {state} ({seen})",
    ),
    (
        n.EVENT_SENSOR_RECOVERING,
        "sensor_recovering",
        (
            ("module", "module", "", ""),
            ("state", "sensor_state", "", ""),
            ("seen", "i32", "", "pressure in 1/256 Pa; without one, how many sweeps in a row"),
        ),
        "sensor of {module} is recovering: {state} ({seen})",
    ),
    (
        n.EVENT_SENSOR_OK,
        "sensor_ok",
        (
            ("module", "module", "", ""),
            ("state", "sensor_state", "", ""),
            ("seen", "i32", "", "pressure in 1/256 Pa; without one, how many sweeps in a row"),
        ),
        "sensor of {module} is well again: {state} ({seen})",
    ),
    (
        n.EVENT_BUS_STUCK,
        "bus_stuck",
        (("bus", "u8", "", "place in bench.json"), ("sda", "u8", "", "level"), ("scl", "u8", "", "level")),
        "bus {bus} is held (SDA {sda}, SCL {scl}) and clocking did not free it",
    ),
    (
        n.EVENT_BUS_RECOVERED,
        "bus_recovered",
        (("bus", "u8", "", "place in bench.json"), ("clocks", "u8", "", "")),
        "bus {bus} was held and is free again after {clocks} clocks",
    ),
    (
        n.EVENT_HATCH_MOVING,
        "hatch_moving",
        (("hatch", "hatch", "", ""), ("position", "position", "", "where to")),
        "hatch {hatch} goes {position}",
    ),
    (
        n.EVENT_HATCH_RETRY,
        "hatch_retry",
        (
            ("hatch", "hatch", "", ""),
            ("position", "position", "", ""),
            ("difference_pa", "i32", "Pa", "between the modules"),
        ),
        "hatch {hatch} seems not to have moved {position} ({difference_pa} Pa across it): trying again",
    ),
    (
        n.EVENT_HATCH_FAILED,
        "hatch_failed",
        (
            ("hatch", "hatch", "", ""),
            ("position", "position", "", ""),
            ("difference_pa", "i32", "Pa", "between the modules"),
        ),
        "hatch {hatch} did not move {position} ({difference_pa} Pa across it)",
    ),
    (
        n.EVENT_HATCH_ARMED,
        "hatch_armed",
        (("hatch", "hatch", "", ""), ("time_s", "u8", "s", "for how long")),
        "hatch {hatch} is armed for {time_s} s",
    ),
    (
        n.EVENT_MODULE_ISOLATED,
        "module_isolated",
        (("module", "module", "", ""), ("isolated", "u8", "", "1 or 0")),
        "isolated mark of {module}: {isolated}",
    ),
    (
        n.EVENT_HATCH_KEPT,
        "hatch_kept",
        (("hatch", "hatch", "", ""), ("position", "position", "", "")),
        "hatch {hatch} leads to an isolated module: `safe` does not open it, it stays {position}",
    ),
    (
        n.EVENT_MARKS_DAMAGED,
        "marks_damaged",
        (),
        "the isolated marks are damaged or of another bench: all modules count as isolated until marked anew",
    ),
    (
        n.EVENT_LINK_LOST,
        "link_lost",
        (("link_loss", "link_loss", "", ""), ("time_s", "u16", "s", "since when")),
        "the link is lost: {link_loss} for {time_s} s",
    ),
    (
        n.EVENT_LINK_BACK,
        "link_back",
        (("time_s", "u16", "s", "how long it was lost"),),
        "the link is back after {time_s} s",
    ),
    (
        n.EVENT_EVENTS_SUPPRESSED,
        "events_suppressed",
        (("event", "event", "", ""), ("times", "u16", "", "")),
        "event {event} came too often and was not sent {times} times",
    ),
    (
        n.EVENT_STORAGE_DAMAGED,
        "storage_damaged",
        (("path", "str", "", ""),),
        "{path} is damaged and kept as .bad; its other copy is in use, or defaults if there is none",
    ),
    (
        n.EVENT_STORAGE_FAILED,
        "storage_failed",
        (("errno", "u8", "", ""), ("path", "str", "", "")),
        "{path} could not be written (errno {errno}); the old content stays",
    ),
    (
        n.EVENT_EVENTS_NOT_LOGGED,
        "events_not_logged",
        (("events", "u16", "", "since the start, modulo 65536"),),
        "the log had no room for some events, the flash took none ({events} since the start)",
    ),
    (
        n.EVENT_PARAMETERS_SAVED,
        "parameters_saved",
        (("parameters", "u8", "", "that changed"),),
        "parameters saved, {parameters} changed",
    ),
    (n.EVENT_CALIBRATION_SAVED, "calibration_saved", (), "calibration saved"),
    (
        n.EVENT_CALIBRATION_MISMATCH,
        "calibration_mismatch",
        (("module", "module", "", ""), ("stored_crc", "u16", "", ""), ("trimming_crc", "u16", "", "")),
        "the stored calibration of {module} is for a sensor with other trimming values and is not used",
    ),
    (
        n.EVENT_CALIBRATION_UNUSED,
        "calibration_unused",
        (("stored_modules", "u8", "", ""), ("modules", "u8", "", "of the bench")),
        "the stored calibration is for {stored_modules} modules, this bench has {modules}: it is not used, "
        "and stays until save_calibration replaces it",
    ),
    (
        n.EVENT_PARAMETERS_REFUSED,
        "parameters_refused",
        (("parameters", "u8", "", "how many"), ("first", "parameter", "", "")),
        "{parameters} saved parameters are unknown or out of range, first {first}: their defaults are in use",
    ),
    (
        n.EVENT_OUT_OF_LIMITS,
        "out_of_limits",
        (
            ("monitor", "monitor", "", ""),
            ("index", "u8", "", "module, or 255"),
            ("finding", "finding", "", ""),
            ("value", "i32", "", ""),
            ("limit", "i32", "", ""),
        ),
        "check {monitor} of {index}: {value} is {finding} (limit {limit})",
    ),
    (
        n.EVENT_WITHIN_LIMITS,
        "within_limits",
        (
            ("monitor", "monitor", "", ""),
            ("index", "u8", "", "module, or 255"),
            ("finding", "finding", "", ""),
            ("value", "i32", "", ""),
            ("limit", "i32", "", ""),
        ),
        "check {monitor} of {index}: {value} is {finding} (limit {limit})",
    ),
    (
        n.EVENT_ACTION_STARTED,
        "action_started",
        (("action", "action", "", ""), ("event", "event", "", "")),
        "event {event} starts its sequence ({action})",
    ),
) + LEAK_EVENTS
