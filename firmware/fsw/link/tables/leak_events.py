"""What the board tells of a leak and of its response to it: number, name, fields, text."""

from fsw.link import numbers as n

LEAK_EVENTS = (
    (
        n.EVENT_LEAK_ALARM,
        "leak_alarm",
        (
            ("modules", "modules", "", "of the gas volume that loses gas"),
            ("leak_npa_m3_s", "i32", "nPa m3/s", "at the pressure it has now"),
            ("reserve_s", "u32", "s", "until the floor, by the upper bound of the leak"),
        ),
        "LEAK: modules {modules} lose {leak_npa_m3_s}; the floor is reached in {reserve_s} s",
    ),
    (
        n.EVENT_RESPONSE_STEP,
        "response_step",
        (
            ("purpose", "purpose", "", ""),
            ("phase", "phase", "", ""),
            ("reason", "reason", "", ""),
            ("shut", "hatches", "", "hatches that are shut or to be shut"),
        ),
        "{purpose}: {phase}, because {reason} (hatches shut: {shut})",
    ),
    (
        n.EVENT_STEP_PROPOSED,
        "step_proposed",
        (
            ("purpose", "purpose", "", ""),
            ("reason", "reason", "", ""),
            ("shut", "hatches", "", "hatches that would be shut, all others open"),
        ),
        "proposed to {purpose}, because {reason}: hatches shut {shut}; approve_step or stop_response",
    ),
    (
        n.EVENT_LEAK_FOUND,
        "leak_found",
        (
            ("kind", "leak_kind", "", ""),
            ("first", "u8", "", "module, or hatch for a leaking hatch"),
            ("second", "u8", "", "second module or hatch, or 255"),
            ("doubt_ppm", "u32", "1e-6", "probability of being wrong"),
            ("leak_npa_m3_s", "i32", "nPa m3/s", "of the first, at the pressure it has now"),
        ),
        "FOUND: {kind} {first} ({second}), {leak_npa_m3_s}; doubt {doubt_ppm} ppm",
    ),
    (
        n.EVENT_LEAK_INCONCLUSIVE,
        "leak_inconclusive",
        (
            ("decider", "decider", "", "what would decide it"),
            ("index", "u8", "", "module or hatch that it is about, or 255"),
            ("time_s", "u16", "s", "how long a measurement would decide it, 0 if unknown"),
        ),
        "the search did not decide; what would: {decider} ({index}), {time_s} s",
    ),
    (
        n.EVENT_NO_LEAK,
        "no_leak",
        (("limit_npa_m3_s", "i32", "nPa m3/s", "what would have been seen in any module, at 95 %"),),
        "no module leaks more than {limit_npa_m3_s}",
    ),
    (
        n.EVENT_LEAK_ISOLATED,
        "leak_isolated",
        (
            ("modules", "modules", "", "that are shut off"),
            ("hatches", "hatches", "", "of the cut"),
        ),
        "ISOLATED: modules {modules} behind hatches {hatches}, and no pressure speaks against that",
    ),
    (
        n.EVENT_CUT_FAILED,
        "cut_failed",
        (("hatch", "hatch", "", ""), ("cut_fault", "cut_fault", "", "")),
        "hatch {hatch} does not cut the leak off: {cut_fault}",
    ),
    (
        n.EVENT_REST_MEASURED,
        "rest_measured",
        (
            ("solid", "u8", "", "1 if the bound lies below prove_npa_m3_s"),
            ("modules", "modules", "", "that were measured"),
            ("bound_npa_m3_s", "i32", "nPa m3/s", "upper bound of their leak at 95 %"),
        ),
        "the rest leaks less than {bound_npa_m3_s} (solid: {solid}, modules {modules})",
    ),
    (
        n.EVENT_RESPONSE_BLOCKED,
        "response_blocked",
        (("blocked", "blocked", "", ""), ("module", "u8", "", "whose crew would be shut in, or 255")),
        "the response can't go on: {blocked} (module {module})",
    ),
    (
        n.EVENT_RESPONSE_INTERRUPTED,
        "response_interrupted",
        (
            ("purpose", "purpose", "", "what was under way"),
            ("phase", "phase", "", ""),
            ("continues", "u8", "", "1: goes on by itself; 0: waits for resume_response or stop_response"),
        ),
        "a reset ended {purpose} in {phase} (continues: {continues})",
    ),
    (
        n.EVENT_RESPONSE_STOPPED,
        "response_stopped",
        (("stopped", "stopped", "", ""),),
        "the response was stopped ({stopped})",
    ),
    (
        n.EVENT_REPAIR_VERIFIED,
        "repair_verified",
        (
            ("repair", "repair", "", ""),
            ("before_npa_m3_s", "i32", "nPa m3/s", "leak before"),
            ("after_npa_m3_s", "i32", "nPa m3/s", "leak now"),
        ),
        "repair: {repair} ({before_npa_m3_s} before, {after_npa_m3_s} now)",
    ),
    (
        n.EVENT_SENSOR_DRIFTS,
        "sensor_drifts",
        (("module", "module", "", ""),),
        "the sensor of {module} drifts away from the others of its gas volume and is left out",
    ),
    (
        n.EVENT_CREW_SET,
        "crew_set",
        (("occupied", "modules", "", "modules with crew"),),
        "crew is aboard modules {occupied}",
    ),
)
