"""Do simulated studies decide as the board does? The same scenarios on the simulation and the emulated Pico.

    python host/benchmarks/study_against_board.py [--scenarios 6] [--study FILE] [--json FILE]

Each scenario is one of kind `response` on a bench file: from the onset of a leak to the proof that the
rest is tight. The simulation runs the firmware's logic under this Python; the board is the emulated RP2040
with the whole firmware, its sensors, servos and the stiff gas model, and takes minutes. Volumes, weather,
sensor parts and leaks are the same in both; single values of the noise are not.

Ends with 1 if one of them names or shuts off other modules than the other, ends otherwise, or if the means
of the delays until the alarm, the name and the end differ by more than 30 % and 5 s.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hatchwatch.bench import open_bench
from hatchwatch.bench.parameters import set_parameters
from hatchwatch.boards import find_bench_file
from hatchwatch.errors import UsageError
from hatchwatch.link.packets import Event, Packet
from hatchwatch.studies.files import load_study, parse_study
from hatchwatch.studies.scenarios import Plan, Scenario
from hatchwatch.studies.work import do

if TYPE_CHECKING:
    from hatchwatch.bench import Bench

STUDY = """
name = "against-board"
kind = "response"
seed = 11
repeats = 100
[scenario]
station = "station6"
surroundings = { one_of = ["quiet", "desk"] }
leak_pa_m3_s = { low = 1e-4, high = 3e-3, scale = "log" }
onset_s = 200
duration_s = 1500
[parameters]
strategy = { low = 0, high = 1 }
"""
SAME = ("found", "isolated", "solid", "end")
TIMES = ("delay_s", "isolated_after_s", "done_after_s")
MOST_RATIO, MOST_S = 1.3, 5.0
ENDS = {"done", "inconclusive", "blocked"}


def on_simulation(plan: Plan, number: int) -> dict[str, Any]:
    done = do(plan, number)
    if done.row is None:
        raise RuntimeError(done.trouble)
    return {name: done.row[name] for name in (*SAME, *TIMES)}


def on_board(scenario: Scenario) -> dict[str, Any]:
    path = find_bench_file(str(scenario.values["station"]))
    with open_bench(path, seed=scenario.seed, plant=scenario.values["surroundings"]) as bench:
        set_parameters(bench, scenario.parameters | {"response_mode": 2})
        bench.safe()  # or the search would open hatches first, whose positions are unknown after a start
        bench.wait(scenario.values["onset_s"] - bench.board_time_s)
        since, onset_s = len(bench.link.history), bench.board_time_s
        assert bench.emulated is not None
        for module, leak_pa_m3_s in scenario.leaks_pa_m3_s.items():
            bench.emulated.side.set_leak(module, leak_pa_m3_s)
        told = events_until_the_end(bench, since, scenario.values["duration_s"])
    return outcome(scenario, told, onset_s)


def events_until_the_end(bench: Bench, since: int, duration_s: float) -> list[tuple[float, Event]]:
    def ends(packet: Packet) -> bool:
        body = packet.body
        return isinstance(body, Event) and body.name == "response_step" and body.fields["phase"] in ENDS

    bench.link.wait(ends, since=since, timeout_s=duration_s, waiting_for="the end of the response")
    bench.wait(1.0)
    return [
        (packet.board_time_s, packet.body)
        for packet in bench.link.history.since(since)
        if isinstance(packet.body, Event)
    ]


def outcome(scenario: Scenario, told: list[tuple[float, Event]], onset_s: float) -> dict[str, Any]:
    last = {event.name: (time_s, event) for time_s, event in told}
    names = [module.name for module in scenario.bench.modules]

    def after_s(name: str) -> float | None:
        return round(last[name][0] - onset_s, 1) if name in last else None

    found = last.get("leak_found")
    isolated = last.get("leak_isolated")
    shut_off = [] if isolated is None else members(isolated[1].fields["modules"])
    return {
        "found": None if found is None else names[found[1].fields["first"]],
        "isolated": None if isolated is None else "+".join(sorted(names[module] for module in shut_off)),
        "solid": bool(last["rest_measured"][1].fields["solid"]) if "rest_measured" in last else False,
        "end": last["response_step"][1].fields["phase"],
        "delay_s": after_s("leak_alarm"),
        "isolated_after_s": after_s("leak_isolated"),
        "done_after_s": after_s("response_step"),
    }


def members(mask: int) -> list[int]:
    return [place for place in range(16) if mask >> place & 1]


def compare(pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> list[str]:
    """What is not the same, in words."""
    missed = [
        f"scenario {place}: {name} is {simulated[name]} in the study and {board[name]} on the board"
        for place, (simulated, board) in enumerate(pairs)
        for name in SAME
        if simulated[name] != board[name]
    ]
    for name in TIMES:
        both = [
            (one[name], other[name])
            for one, other in pairs
            if one[name] is not None and other[name] is not None
        ]
        if both:
            mine, theirs = (sum(column) / len(both) for column in zip(*both, strict=True))
            if max(mine, theirs) > MOST_RATIO * min(mine, theirs) and abs(mine - theirs) > MOST_S:
                missed.append(f"mean {name}: {mine:.1f} in the study, {theirs:.1f} on the board")
    return missed


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scenarios", type=int, default=6)
    parser.add_argument("--study", type=Path, help="a study of kind response on bench files")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    study = load_study(arguments.study) if arguments.study else parse_study(STUDY)
    plan = Plan.of(study)
    if study.kind != "response" or not plan.benches:
        raise UsageError("This compares studies of kind response on bench files.")
    pairs = []
    heads = "".join(f"{name:>17}" for name in TIMES)
    print(f"{'':8} {'leak':10} {'Pa·m³/s':>9}  {'found':10} {'isolated':10} {'solid':6} {'end':13}{heads}")
    for number in range(min(arguments.scenarios, len(plan))):
        scenario = plan.scenario(number)
        pair = on_simulation(plan, number), on_board(scenario)
        pairs.append(pair)
        module, leak_pa_m3_s = next(iter(scenario.leaks_pa_m3_s.items()), ("none", 0.0))
        for who, row in zip(("study", "board"), pair, strict=True):
            times = "".join(f"{'-' if row[name] is None else format(row[name], '.1f'):>17}" for name in TIMES)
            decided = (
                f"{row['found'] or '-':10} {row['isolated'] or '-':10} {'yes' if row['solid'] else 'no':6}"
            )
            print(f"{who:8} {module:10} {leak_pa_m3_s:9.2e}  {decided} {row['end']:13}{times}", flush=True)
    missed = compare(pairs)
    if arguments.json:
        arguments.json.write_text(json.dumps({"pairs": pairs, "missed": missed}, indent=1) + "\n", "utf-8")
    print("\n".join(missed) or "The study decides as the board does.")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
