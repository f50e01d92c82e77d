"""Named values: (enumeration, ((number, name, meaning), ...))."""

from fsw.link import numbers as n

ENUMS = (
    (
        "sensor_state",
        (
            (n.SENSOR_FRESH, "fresh", "a new measurement"),
            (n.SENSOR_STALE, "stale", "the same measurement as before"),
            (n.SENSOR_SKIPPED, "skipped", "the sensor has not measured"),
            (n.SENSOR_BUS_ERROR, "bus_error", "the sensor did not answer on its bus"),
            (n.SENSOR_ABSENT, "absent", "no sensor answered at start"),
            (n.SENSOR_WRONG_CHIP, "wrong_chip", "another chip answers at this address"),
            (n.SENSOR_BAD_TRIMMING, "bad_trimming", "the trimming values are implausible"),
            (n.SENSOR_NOT_READY, "not_ready", "the sensor did not finish loading its trimming values"),
            (n.SENSOR_MUX_ERROR, "mux_error", "the multiplexer before the sensor did not answer"),
            (
                n.SENSOR_OUT_OF_RANGE,
                "out_of_range",
                "the measurement lies outside what the sensor can measure",
            ),
            (n.SENSOR_BAD_SETTINGS, "bad_settings", "the sensor does not keep its settings"),
            (n.SENSOR_FROZEN, "frozen", "new measurements, but always the very same value"),
            (n.SENSOR_JUMPED, "jumped", "the value changed more than gas can between two sweeps"),
        ),
    ),
    (
        "position",
        (
            (n.POSITION_UNKNOWN, "unknown", "not commanded since the reset"),
            (n.POSITION_OPEN, "open", "commanded open, travel time over"),
            (n.POSITION_SHUT, "shut", "commanded shut, travel time over"),
            (n.POSITION_MOVING, "moving", "on its way"),
            (n.POSITION_QUEUED, "queued", "commanded, waits for the supply"),
            (n.POSITION_FAILED, "failed", "the pressures say that it did not get there, after a retry"),
        ),
    ),
    (
        "bench_state",
        (
            (n.BENCH_VALID, "valid", "the bench file is in use"),
            (n.BENCH_MISSING, "missing", "no bench.json on the board"),
            (n.BENCH_UNREADABLE, "unreadable", "bench.json is not JSON"),
            (n.BENCH_WRONG_FORMAT, "wrong_format", "bench.json was written for another firmware"),
            (n.BENCH_REFUSED, "refused", "bench.json names pins or parts the board can't set up"),
        ),
    ),
    (
        "reset_cause",
        (
            (n.RESET_POWER_ON, "power_on", "power came on, or the RUN pin or a brown-out"),
            (n.RESET_COMMAND, "command", "the reset command"),
            (n.RESET_WATCHDOG, "watchdog", "the watchdog, or a crash"),
            (n.RESET_SOFT, "soft", "the interpreter restarted, the chip did not"),
            (n.RESET_PROMPT, "prompt", "somebody reset the chip from the MicroPython prompt"),
        ),
    ),
    (
        "sensor_health",
        (
            (n.HEALTH_OK, "ok", "its values count"),
            (
                n.HEALTH_SUSPECT,
                "suspect",
                "something was wrong lately; its values count where they are plausible",
            ),
            (n.HEALTH_FAILED, "failed", "its values do not count"),
            (n.HEALTH_RECOVERING, "recovering", "it answers again and must prove itself"),
        ),
    ),
    (
        "mode",
        (
            (n.MODE_NORMAL, "normal", ""),
            (n.MODE_SAFE, "safe_mode", "readings and link only, after too many resets in a row"),
        ),
    ),
    (
        "monitor",
        (
            (n.MONITOR_PRESSURE, "pressure", "limit check of each module's pressure, in Pa"),
            (
                n.MONITOR_PRESSURE_RATE,
                "pressure_rate",
                "delta check of each module's pressure, in Pa per second",
            ),
            (n.MONITOR_TEMPERATURE, "temperature", "limit check of each sensor chip, in 1/100 degC"),
            (n.MONITOR_SENSOR_HEALTH, "sensor_health", "expected-value check of each sensor's health"),
            (n.MONITOR_HEAP_FREE, "heap_free", "limit check of the free heap, in bytes"),
            (n.MONITOR_SLIPS, "slips", "delta check of the slipped turns, per second"),
            (n.MONITOR_FRAMES_BAD, "frames_bad", "delta check of the damaged frames, per second"),
        ),
    ),
    (
        "check_state",
        (
            (n.CHECK_DISABLED, "disabled", "not checked"),
            (n.CHECK_PASSIVE, "passive", "checked and reported; no event, so nothing acts on it"),
            (n.CHECK_ACTIVE, "active", "checked and reported, with an event on which actions may follow"),
        ),
    ),
    (
        "finding",
        (
            (n.FOUND_UNCHECKED, "unchecked", "disabled, or without a valid value"),
            (n.FOUND_WITHIN, "within", "as it should be"),
            (n.FOUND_BELOW, "below", "under the low limit"),
            (n.FOUND_ABOVE, "above", "over the high limit"),
            (n.FOUND_UNEXPECTED, "unexpected", "not the expected value"),
        ),
    ),
    (
        "action",
        (
            (n.ACTION_HATCH_FAILED, "hatch_failed", "a hatch has failed: report housekeeping"),
            (
                n.ACTION_OUT_OF_LIMITS,
                "out_of_limits",
                "an active check found something: go to the safe state",
            ),
            (n.ACTION_SENSOR_FAILED, "sensor_failed", "a sensor has failed: test it"),
        ),
    ),
    (
        "safe_cause",
        (
            (n.SAFE_BY_BOOT, "boot", "parameter safe_at_boot"),
            (n.SAFE_BY_WATCHDOG, "watchdog", "parameter safe_after_watchdog"),
            (n.SAFE_BY_LINK_LOSS, "link_loss", "parameter safe_on_link_loss"),
            (n.SAFE_BY_ACTION, "event_action", "an entry of the event-action table"),
        ),
    ),
    (
        "proof",
        (
            (n.PROOF_TIME, "time", "the travel time is over; no pressure can tell"),
            (n.PROOF_PRESSURES, "pressures", "the difference across the hatch fell to half"),
        ),
    ),
    (
        "link_loss",
        (
            (n.LINK_NOT_READ, "not_read", "the host does not read"),
            (n.LINK_SILENT, "silent", "no command came"),
        ),
    ),
)
