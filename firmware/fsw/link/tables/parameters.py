"""What can be set on the board: number, name, type, unit, minimum, maximum, default, meaning.

The numbers count from 0: they are places in an array. The board itself loads `link.parameter_limits`, which
has the numbers alone.
"""

from fsw.link import numbers as n


def _check(number, name, unit, low, high, repetitions, state=n.CHECK_PASSIVE):
    """Return the four parameters that define a check of service 12."""
    first = n.PARAMETER_CHECKS + 4 * number
    meaning = "of check %s" % name
    return (
        (first, name + "_state", "u8", "", 0, 2, state, "0 disabled, 1 passive, 2 active: " + meaning),
        (
            first + 1,
            name + "_low",
            "i32",
            unit,
            -(2**29),
            2**29,
            low,
            "low limit, or expected value, " + meaning,
        ),
        (first + 2, name + "_high", "i32", unit, -(2**29), 2**29, high, "high limit, or mask, " + meaning),
        (
            first + 3,
            name + "_repetitions",
            "u8",
            "",
            1,
            100,
            repetitions,
            "in a row before it is reported, " + meaning,
        ),
    )


_SINGLE = (
    (
        n.PARAMETER_HATCH_RETRIES,
        "hatch_retries",
        "u8",
        "",
        0,
        3,
        1,
        "moves repeated before a hatch has failed",
    ),
    (n.PARAMETER_ARM_TIME_S, "arm_time_s", "u8", "s", 1, 60, 10, "for how long a hatch is armed"),
    (
        n.PARAMETER_HATCH_CHECK_PA,
        "hatch_check_pa",
        "u16",
        "Pa",
        50,
        10000,
        600,
        "difference across a hatch from which its opening is checked; offsets of two sensors reach 200 Pa",
    ),
    (
        n.PARAMETER_HATCH_CHECK_S,
        "hatch_check_s",
        "u8",
        "s",
        1,
        60,
        5,
        "in which a difference must have halved after a hatch has opened",
    ),
    (n.PARAMETER_SAFE_AT_BOOT, "safe_at_boot", "u8", "", 0, 1, 0, "1: go to the safe state at every start"),
    (
        n.PARAMETER_SAFE_AFTER_WATCHDOG,
        "safe_after_watchdog",
        "u8",
        "",
        0,
        1,
        0,
        "1: only after a watchdog reset",
    ),
    (n.PARAMETER_SAFE_ON_LINK_LOSS, "safe_on_link_loss", "u8", "", 0, 1, 0, "1: go to the safe state then"),
    (n.PARAMETER_LINK_LOSS_S, "link_loss_s", "u16", "s", 2, 3600, 10, "without a host that reads: link lost"),
    (
        n.PARAMETER_LINK_SILENCE_S,
        "link_silence_s",
        "u16",
        "s",
        0,
        3600,
        0,
        "without a command: link lost; 0 for never",
    ),
    (
        n.PARAMETER_SENSOR_FAILED_COUNT,
        "sensor_failed_count",
        "u8",
        "",
        2,
        100,
        3,
        "bad readings in a row: failed",
    ),
    (
        n.PARAMETER_SENSOR_RECOVER_COUNT,
        "sensor_recover_count",
        "u8",
        "",
        2,
        100,
        10,
        "good readings in a row until a sensor is well again",
    ),
    (
        n.PARAMETER_SENSOR_FROZEN_COUNT,
        "sensor_frozen_count",
        "u16",
        "",
        10,
        6000,
        50,
        "equal readings in a row: frozen",
    ),
    (
        n.PARAMETER_SENSOR_JUMP_PA,
        "sensor_jump_pa",
        "u32",
        "Pa",
        10,
        100000,
        5000,
        "change between two sweeps that no gas makes",
    ),
    (
        n.PARAMETER_WATCHDOG_MS,
        "watchdog_ms",
        "u16",
        "ms",
        0,
        8300,
        8000,
        "the chip is reset when a turn takes longer; 0 for never; acts at the next start",
    ),
    (
        n.PARAMETER_HEALTHY_S,
        "healthy_s",
        "u16",
        "s",
        10,
        3600,
        60,
        "after which a start counts as healthy",
    ),
    (
        n.PARAMETER_UNHEALTHY_BOOTS,
        "unhealthy_boots",
        "u8",
        "",
        1,
        20,
        3,
        "unmarked resets in a row that lead to safe mode",
    ),
    (
        n.PARAMETER_EVENT_RATE,
        "event_rate",
        "u8",
        "",
        1,
        100,
        20,
        "how often one event is sent in 10 s; 16 modules may speak at once",
    ),
    (n.PARAMETER_TIME_REPORT_S, "time_report_s", "u16", "s", 0, 3600, 10, "between time reports; 0 for none"),
    (
        n.PARAMETER_ACTION_HATCH_FAILED,
        "action_hatch_failed",
        "u8",
        "",
        0,
        1,
        0,
        "entry of the event-action table",
    ),
    (
        n.PARAMETER_ACTION_OUT_OF_LIMITS,
        "action_out_of_limits",
        "u8",
        "",
        0,
        1,
        0,
        "entry of the event-action table",
    ),
    (
        n.PARAMETER_ACTION_SENSOR_FAILED,
        "action_sensor_failed",
        "u8",
        "",
        0,
        1,
        0,
        "entry of the event-action table",
    ),
)

PARAMETERS = (
    _SINGLE
    + _check(n.MONITOR_PRESSURE, "pressure", "Pa", 30000, 109500, 3)
    + _check(n.MONITOR_PRESSURE_RATE, "pressure_rate", "Pa/s", -2000, 2000, 3)
    + _check(n.MONITOR_TEMPERATURE, "temperature", "1/100 degC", 0, 6500, 3)
    + _check(n.MONITOR_SENSOR_HEALTH, "sensor_health", "", n.HEALTH_OK, 255, 1)
    + _check(n.MONITOR_HEAP_FREE, "heap_free", "B", 20000, 2**29, 1)
    + _check(n.MONITOR_SLIPS, "slips", "1/s", 0, 0, 1)
    + _check(n.MONITOR_FRAMES_BAD, "frames_bad", "1/s", 0, 10, 1)
)
