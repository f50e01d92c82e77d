"""Everything that crosses the link, declared once: commands, telemetry, events, refusal codes, types, units.

Plain tuples, imported by MicroPython and by CPython. The host derives its codecs and texts from these tables;
the board packs by hand for speed and is tested against them. `dictionary_hash()` is compared when they meet.
The numbers that the running firmware needs stand in `numbers`, which is all of this that the board loads.

Rules of the numbers: what was given once is never given again with another meaning. Ping [17,1], `safe` [8,1]
with function 5, and `dictionary_hash` as the first field of the identity keep their bytes in every future
dictionary, so that a host with another dictionary can still ask who is there and bring the bench to safety.

A field is (name, type, unit, meaning). A type is one of TYPES, an enumeration of ENUMS (one byte), an index
of INDEXES (one byte, counting from 0 in the order of the bench file), or a tuple of fields: a list of such
groups, preceded by its length in one byte. All numbers are big endian.
"""

import binascii

from fsw.link import numbers as n

# type, struct code. "str" is one length byte and UTF-8; "bytes" is the rest of the packet.
TYPES = (
    ("u8", "B"),
    ("u16", "H"),
    ("u32", "I"),
    ("i32", "i"),
    ("u64", "Q"),
    ("str", ""),
    ("bytes", ""),
)
INDEXES = ("module", "hatch", "injector")

# --- enumerations -------------------------------------------------------------------------------------------

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
            (n.RESET_WATCHDOG, "watchdog", "the watchdog, or machine.reset() typed at the REPL"),
            (n.RESET_SOFT, "soft", "the interpreter restarted, the chip did not"),
        ),
    ),
)

# --- why a command is refused [1,2] or fails [1,8] ----------------------------------------------------------


# code, name, text; {detail} is the signed number sent with the code
CODES = (
    (n.REFUSED_APID, "wrong_apid", "the command is addressed to n.APID {detail}, not to this board"),
    (n.REFUSED_TYPE, "unknown_type", "no such command: service * 256 + subtype is {detail}"),
    (n.REFUSED_LENGTH, "wrong_length", "the command's data is {detail} bytes long, which does not fit it"),
    (n.REFUSED_FUNCTION, "unknown_function", "there is no function {detail}"),
    (n.REFUSED_NO_BENCH, "no_bench", "the board has no usable bench file; deploy one"),
    (n.REFUSED_INDEX, "no_such_index", "the bench has nothing with index {detail}"),
    (n.REFUSED_VALUE, "bad_value", "the value {detail} is not allowed here"),
    (n.REFUSED_STRUCTURE, "unknown_structure", "there is no telemetry structure {detail}"),
    (n.FAILED_SUPERSEDED, "superseded", "a later command took over"),
    (n.FAILED_INTERNAL, "internal_error", "the firmware hit an error of its own while executing the command"),
)

# --- telemetry: name, service, subtype, structure id or None, fields, meaning -------------------------------

_REQUEST = ("request_id", "u32", "", "first four bytes of the command's packet")
_FAILURE = (
    _REQUEST,
    ("code", "u8", "", "why, one of CODES"),
    ("detail", "i32", "", "the number that goes with the code"),
)

TELEMETRY = (
    ("accepted", 1, 1, None, (_REQUEST,), "the command is valid and will be executed"),
    ("refused", 1, 2, None, _FAILURE, "the command is not executed"),
    ("completed", 1, 7, None, (_REQUEST,), "the command has done what it says"),
    ("failed", 1, 8, None, _FAILURE, "the command was accepted but did not do what it says"),
    (
        "readings",
        3,
        25,
        n.SID_READINGS,
        (
            (
                "modules",
                (
                    ("pressure_q8_pa", "u32", "1/256 Pa", "absolute pressure"),
                    ("temperature_q16_c", "i32", "1/65536 degC", "temperature of the sensor chip"),
                    ("state", "sensor_state", "", "whether the two numbers are worth anything"),
                ),
                "",
                "in the order of the bench file",
            ),
        ),
        "one sweep over all sensors; the packet's time is the start of the sweep",
    ),
    (
        "housekeeping",
        3,
        25,
        n.SID_HOUSEKEEPING,
        (
            ("uptime_s", "u32", "s", "since this start of the firmware"),
            ("reset_cause", "reset_cause", "", "of this start"),
            ("bench_state", "bench_state", "", ""),
            ("readings_interval_ms", "u16", "ms", "0 when stopped"),
            ("ticks", "u32", "", "turns of the 10 Hz loop"),
            ("slips", "u32", "", "turns that began a whole period late or were left out"),
            ("worst_loop_us", "u32", "us", "longest turn since the last report"),
            ("heap_free", "u32", "B", "free heap, measured once a minute"),
            ("commands_accepted", "u16", "", "modulo 65536, as all counters of two bytes"),
            ("commands_refused", "u16", "", ""),
            ("frames_bad", "u16", "", "frames thrown away: length, CRC or header wrong"),
            ("packets_dropped", "u16", "", "telemetry not sent because the host did not read"),
            (
                "sensors",
                (
                    ("errors", "u16", "", "readings without data"),
                    ("retries", "u16", "", "bus transfers that were repeated"),
                    ("stale", "u16", "", "readings that gave the same measurement again"),
                ),
                "",
                "in the order of the bench file",
            ),
            ("hatches", (("position", "position", "", ""),), "", "in the order of the bench file"),
            ("injectors", (("position", "position", "", ""),), "", "in the order of their modules"),
        ),
        "how the firmware does; once a second",
    ),
    ("pong", 17, 2, None, (), "answer to ping"),
    (
        "identity",
        17,
        129,
        None,
        (
            ("dictionary_hash", "u32", "", "of the dictionary the board runs"),
            ("firmware_version", "str", "", ""),
            ("micropython_version", "str", "", ""),
            ("unit_id", "u64", "", "serial number of the flash chip; the USB serial number"),
            ("reset_cause", "reset_cause", "", "of this start"),
            ("bench_state", "bench_state", "", ""),
            ("bench_hash", "u64", "", "first eight bytes of the SHA-256 of bench.json, 0 without a file"),
            ("bench_name", "str", "", "empty without a valid file"),
            ("modules", "u8", "", "how many"),
            ("hatches", "u8", "", "how many"),
            ("injectors", "u8", "", "how many"),
        ),
        "who is there",
    ),
    ("echo", 17, 131, None, (("data", "bytes", "", "as it came"),), "answer to echo"),
)

# --- commands: name, service, subtype, function or None, fields, meaning ------------------------------------

COMMANDS = (
    ("ping", 17, 1, None, (), "are you alive"),
    ("identify", 17, 128, None, (), "who are you"),
    ("echo", 17, 130, None, (("data", "bytes", "", "up to 200 bytes"),), "send these bytes back"),
    (
        "report_once",
        3,
        27,
        None,
        (("structures", (("sid", "u8", "", "1 readings, 2 housekeeping"),), "", ""),),
        "send these structures once, at the next turn of the loop",
    ),
    (
        "set_interval",
        3,
        31,
        None,
        (
            (
                "structures",
                (
                    ("sid", "u8", "", "1 readings, 2 housekeeping"),
                    ("interval_ms", "u16", "ms", "100 to 60000, rounded down to a multiple of 100"),
                ),
                "",
                "",
            ),
        ),
        "how often these structures are sent",
    ),
    (
        "readings_start",
        8,
        1,
        n.FUNCTION_READINGS_START,
        (("interval_ms", "u16", "ms", "100 to 60000, rounded down to a multiple of 100"),),
        "send readings from now on",
    ),
    ("readings_stop", 8, 1, n.FUNCTION_READINGS_STOP, (), "send no more readings; measuring goes on"),
    (
        "move_hatch",
        8,
        1,
        n.FUNCTION_MOVE_HATCH,
        (("hatch", "hatch", "", ""), ("position", "position", "", "open or shut")),
        "completed when the travel time is over",
    ),
    (
        "move_injector",
        8,
        1,
        n.FUNCTION_MOVE_INJECTOR,
        (("injector", "injector", "", ""), ("position", "position", "", "open or shut")),
        "completed when the travel time is over",
    ),
    (
        "safe",
        8,
        1,
        n.FUNCTION_SAFE,
        (),
        "the declared safe state: injectors shut, hatches as the bench file says",
    ),
    ("reset", 8, 1, n.FUNCTION_RESET, (), "restart the chip"),
    ("repl", 8, 1, n.FUNCTION_REPL, (), "leave the loop for the MicroPython prompt"),
)

# --- events: number, name, fields, text --------------------------------

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
        n.EVENT_SENSOR_ABSENT,
        "sensor_absent",
        (("module", "module", "", ""), ("state", "sensor_state", "", "")),
        "sensor of {module} did not start: {state}",
    ),
    (
        n.EVENT_SENSOR_LOST,
        "sensor_lost",
        (("module", "module", "", ""), ("state", "sensor_state", "", "")),
        "sensor of {module} gives no data: {state}",
    ),
    (
        n.EVENT_SENSOR_BACK,
        "sensor_back",
        (("module", "module", "", ""), ("state", "sensor_state", "", "")),
        "sensor of {module} gives data again: {state}",
    ),
    (
        n.EVENT_HATCH_ARRIVED,
        "hatch_arrived",
        (("hatch", "hatch", "", ""), ("position", "position", "", "")),
        "hatch {hatch} is {position}",
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
)


def dictionary_hash() -> int:
    """CRC-32 over all that changes the meaning of bytes on the link, texts included; as in `numbers`."""
    severities = tuple(n.SEVERITY[row[0]] for row in EVENTS)
    sizes = (n.APID, n.MAX_PACKET_BYTES, n.MAX_MODULES, n.MAX_HATCHES)
    times = (n.TICK_MS, n.READINGS_MIN_MS, n.READINGS_MAX_MS)
    tables = (sizes, times, severities, TYPES, INDEXES, ENUMS, CODES, TELEMETRY, COMMANDS, EVENTS)
    return binascii.crc32(repr(tables).encode())
