"""Why a command is refused [1,2] or fails [1,8]."""

from fsw.link import numbers as n

# code, name, text; {detail} is the signed number sent with the code
CODES = (
    (n.REFUSED_APID, "wrong_apid", "the command is addressed to APID {detail}, not to this board"),
    (n.REFUSED_TYPE, "unknown_type", "no such command: service * 256 + subtype is {detail}"),
    (n.REFUSED_LENGTH, "wrong_length", "the command's data is {detail} bytes long, which does not fit it"),
    (n.REFUSED_FUNCTION, "unknown_function", "there is no function {detail}"),
    (n.REFUSED_NO_BENCH, "no_bench", "the board has no usable bench file; deploy one"),
    (n.REFUSED_INDEX, "no_such_index", "the bench has nothing with index {detail}"),
    (n.REFUSED_VALUE, "bad_value", "the value {detail} is not allowed here"),
    (
        n.REFUSED_SAFE_MODE,
        "safe_mode",
        "the board is in safe mode after too many resets; leave_safe_mode ends it",
    ),
    (n.REFUSED_STRUCTURE, "unknown_structure", "there is no telemetry structure {detail}"),
    (n.REFUSED_NOT_ARMED, "not_armed", "this hatch leads to an isolated module: arm_hatch must come first"),
    (n.REFUSED_ARM_EXPIRED, "arm_expired", "the hatch was armed {detail} s ago, which is too long"),
    (n.REFUSED_ARMED_OTHER, "armed_other", "hatch {detail} is armed, not this one; arming is over now"),
    (n.REFUSED_PARAMETER, "no_such_parameter", "there is no parameter {detail}"),
    (n.REFUSED_RANGE, "out_of_range", "the value for parameter {detail} lies outside its range"),
    (n.REFUSED_BUSY, "busy", "an earlier command of this kind is still under way"),
    (
        n.REFUSED_DUPLICATE,
        "duplicate",
        "the same command was accepted before, sequence count {detail} and all: it came twice",
    ),
    (
        n.REFUSED_NOTHING_WAITS,
        "nothing_waits",
        "nothing is proposed, isolated or interrupted that this is for",
    ),
    (n.FAILED_HATCH, "hatch_failed", "the pressures say that the hatch did not move, after {detail} retries"),
    (
        n.FAILED_STORAGE,
        "storage_failed",
        "the flash could not be written (errno {detail}); the old content stays",
    ),
    (n.FAILED_SENSOR, "sensor_failed", "the sensor did not pass its test; its state has the number {detail}"),
    (n.FAILED_SUPERSEDED, "superseded", "a later command took over"),
    (n.FAILED_INTERNAL, "internal_error", "the firmware hit an error of its own while executing the command"),
)
