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
    (
        "purpose",
        (
            (n.PURPOSE_NONE, "none", "nothing is under way"),
            (n.PURPOSE_LOCATE, "locate", "to find which module leaks"),
            (n.PURPOSE_ISOLATE, "isolate", "to shut the leak off, and to see that the hatches hold"),
            (n.PURPOSE_REOPEN, "reopen", "to open what is healthy, and to prove that the rest is tight"),
            (n.PURPOSE_VERIFY, "verify", "to compare a module before and after a repair"),
        ),
    ),
    (
        "phase",
        (
            (n.PHASE_WATCH, "watch", "watching for a leak"),
            (n.PHASE_ASK, "ask", "a step is proposed and waits for approve_step"),
            (n.PHASE_MOVE, "move", "hatches are moving"),
            (n.PHASE_SETTLE, "settle", "waiting until the pressures have settled"),
            (n.PHASE_MEASURE, "measure", "measuring the slope of every module"),
            (n.PHASE_DONE, "done", "the leak is shut off and the rest was measured"),
            (n.PHASE_INCONCLUSIVE, "inconclusive", "the search ended without a decision"),
            (n.PHASE_BLOCKED, "blocked", "no step is allowed or possible: somebody must decide"),
            (n.PHASE_INTERRUPTED, "interrupted", "a reset came in between: resume_response or stop_response"),
        ),
    ),
    (
        "reason",
        (
            (n.BECAUSE_ALARM, "alarm", "a leak was detected"),
            (n.BECAUSE_COMMAND, "command", "a host asked for it"),
            (
                n.BECAUSE_ALL_AT_ONCE,
                "all_at_once",
                "with every hatch shut each sensor watches its own module",
            ),
            (n.BECAUSE_OWN_SHIP, "own_ship", "first make sure that it is not the lifeboat"),
            (n.BECAUSE_OWNERS, "owners", "the hatch between two owners tells whose side leaks"),
            (n.BECAUSE_HALVES, "halves", "this hatch divides the probability best"),
            (n.BECAUSE_FOUND, "found", "the leak is found: the fewest hatches that cut it off"),
            (n.BECAUSE_NEXT_CUT, "next_cut", "a hatch of the cut does not hold: the next best cut"),
            (
                n.BECAUSE_REST_HEALTHY,
                "rest_healthy",
                "the leak is shut off: the healthy modules are joined again",
            ),
            (n.BECAUSE_LONGER, "longer", "not decided yet: the measurement goes on"),
            (n.BECAUSE_APPROVED, "approved", "the proposed step was approved"),
            (n.BECAUSE_NONE_FOUND, "none_found", "no module leaks: all hatches are opened again"),
            (n.BECAUSE_CONTINUED, "continued", "goes on after a reset"),
            (
                n.BECAUSE_LEAK_OR_DRIFT,
                "leak_or_drift",
                "only its own sensor speaks of a leak: beside others a drift would show",
            ),
        ),
    ),
    (
        "leak_kind",
        (
            (n.LEAK_NONE, "none", "no leak"),
            (n.LEAK_MODULE, "module", "a module leaks to the outside"),
            (n.LEAK_TWO_MODULES, "two_modules", "two modules leak to the outside"),
            (n.LEAK_HATCH, "hatch", "a shut hatch leaks through between its modules"),
            (n.LEAK_MODULE_AND_HATCH, "module_and_hatch", "a module leaks, and is fed through a shut hatch"),
            (n.LEAK_SENSOR_DRIFTS, "sensor_drifts", "a sensor drifts, no gas is lost"),
        ),
    ),
    (
        "decider",
        (
            (n.DECIDES_LONGER, "longer", "a longer measurement"),
            (n.DECIDES_CLOSURE, "closure", "one more hatch shut"),
            (n.DECIDES_SENSOR, "sensor", "a sensor that works"),
            (
                n.DECIDES_PRESSURE,
                "pressure",
                "gas: at the outside's pressure no leak shows",
            ),
        ),
    ),
    (
        "blocked",
        (
            (n.BLOCKED_CREW, "crew", "crew would be shut in without a way to the lifeboat"),
            (n.BLOCKED_HATCHES, "hatches", "no hatch that still works cuts the leak off"),
        ),
    ),
    (
        "stopped",
        (
            (n.STOPPED_BY_COMMAND, "command", "stop_response, or safe"),
            (n.STOPPED_BY_MOVE, "move", "somebody moved a hatch meanwhile"),
            (n.STOPPED_BY_MODE, "mode", "the response was switched off, or safe mode began"),
        ),
    ),
    (
        "cut_fault",
        (
            (n.CUT_HATCH_FAILED, "hatch_failed", "the hatch did not go where it was told"),
            (n.CUT_LEAKS_THROUGH, "leaks_through", "the pressures say that gas goes through the shut hatch"),
        ),
    ),
    (
        "repair",
        (
            (n.REPAIR_TIGHT, "tight", "no leak is seen any more"),
            (n.REPAIR_BETTER, "better", "the leak is smaller than before"),
            (n.REPAIR_SAME, "same", "no difference beyond the uncertainty"),
            (n.REPAIR_WORSE, "worse", "the leak is larger than before"),
        ),
    ),
    (
        "gas_state",
        (
            (n.GAS_LEARNING, "learning", "the baseline is being learned"),
            (n.GAS_WATCHED, "watched", "a leak would be told"),
            (n.GAS_HELD, "held", "not watched: a hatch has just moved, or no sensor is fit"),
            (n.GAS_ALARM, "alarm", "a leak was told"),
        ),
    ),
)
