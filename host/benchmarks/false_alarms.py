"""How often does the board raise an alarm where nothing leaks? Its own detection in simulated station hours.

Six modules in surroundings of two kinds:

    quiet   white noise as the datasheet has it: 0.75 Pa, 0.004 K (tables 8 and 9)
    busy    the same with 0.3 Pa of flicker noise in each sensor, a room that drifts by 1 K/h with a
            thermostat in it, heating by 2 K in every second hour (half an hour for the room, two minutes for
            the walls), chips that lag by 2 s, a normal loss of 1e-5 Pa·m³/s, a weather front of 500 Pa, and a
            hatch that is shut for ten minutes and opened again, twice an hour, each time with 20 Pa of
            displaced gas and 0.2 K of a draught

    python host/benchmarks/false_alarms.py [FILE] [--case busy] [--alarm-hours 10] [--hours 300]

FILE keeps what has been simulated, in parts of 25 h, each with its own seed; running again goes on from
there. Without options it does both cases, set to 10 h and to 1000 h, which takes most of an hour.

Shown are the mean time between alarms with its 95 % interval (Poisson), for each setting of `alarm_hours`;
and the time at 1000 h as the trend of all settings gives it (Poisson regression of ln rate on ln setting,
with the interval of its prediction), where at least two settings have alarms. A sensor that is taken for a
drifting one counts as a false alarm too, and is readmitted.

Ends with 1 if the upper end of an interval lies below what was set: alarms come more often than they should.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from _flight import Flight
from scipy.signal import lfilter
from scipy.stats import chi2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

MODULES = 6
PER_S, PER_HOUR = 10, 36000
PART_HOURS = 25
WHITE_PA, WHITE_K = 0.75, 0.004
FLICKER_PA, TIME_CONSTANTS_S = 0.3, tuple(4.0**power for power in range(7))
START_PA, AMBIENT_PA, ROOM_K = 109_000.0, 101_000.0, 295.0
VOLUME_M3, LOSS_PA_M3_S, LOSS_AT_PA = 4.3e-3, 1e-5, 8000.0
HEATING_S = 3600
HEATED_K, ROOM_LAG_S, WALL_HEAT_LAG_S = 2.0, 1800.0, 120.0
CHIP_LAG_S, WALL_LAG_S = 2.0, 8.0
HATCH_S, SHUT_S = 1800, 600  # between two moves of a hatch, and how long it stays shut
TARGET_HOURS = 1000
HOURS = {10: 350, TARGET_HOURS: 3000}  # simulated for each setting, unless told otherwise


class Surroundings:
    """What the sensors of one part read, hour by hour; `busy` or quiet."""

    def __init__(self, *, busy: bool, seed: tuple[int, ...]) -> None:
        self.busy = busy
        self._rng = np.random.default_rng(np.random.SeedSequence(seed))
        self._flicker = FLICKER_PA * self._rng.standard_normal((len(TIME_CONSTANTS_S), MODULES))
        self._phase = self._rng.uniform(0, 2 * math.pi, 3)
        self._pa = START_PA
        self._chip_k = np.zeros(0)
        self.second = 0

    def seconds(self, count: int, draught: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Pressures in Pa and temperatures in °C; after a draught the gas of a hatch that moved settles."""
        rows = count * PER_S
        shape = (rows, MODULES)
        pressure_pa = WHITE_PA * self._rng.standard_normal(shape)
        chip_k = WHITE_K * self._rng.standard_normal(shape)
        if not self.busy:
            return pressure_pa + 105_000.0, chip_k + 22.0
        t = self.second + np.arange(rows) / PER_S
        gas_k = self._room_k(t)
        if draught:
            since = np.arange(rows) / PER_S
            gas_k = gas_k + 0.2 * np.exp(-since / WALL_LAG_S)
            self._pa += 20.0 * (1 if self._rng.random() < 0.5 else -1)
        over = self._pa - AMBIENT_PA - 250.0 * np.tanh((t % 86400 - 40000) / 3600)
        lost = np.cumsum(LOSS_PA_M3_S / VOLUME_M3 * over / LOSS_AT_PA) / PER_S
        reduced = self._pa - lost
        self._pa = float(reduced[-1])
        keep = math.exp(-1 / PER_S / CHIP_LAG_S)
        start = self._chip_k if self._chip_k.size else gas_k[:1]
        lagged, _ = lfilter([1 - keep], [1, -keep], gas_k, zi=keep * start)
        self._chip_k = lagged[-1:]
        self.second += count
        pressure_pa += (reduced * gas_k / 293.15)[:, None] + self._flickering(rows)
        return pressure_pa, chip_k + lagged[:, None] - 273.15

    def _room_k(self, t: NDArray[np.float64]) -> NDArray[np.float64]:
        """Day and night with 0.8 K/h at the steepest, a thermostat with 0.2 K/h, heating every other hour."""
        slow, quick = 24 * 3600 / (2 * math.pi), 1500 / (2 * math.pi)
        room = 0.8 / 3600 * slow * np.sin(t / slow + self._phase[0])
        room += 0.2 / 3600 * quick * np.sin(t / quick + self._phase[1])
        since_s = (t + HEATING_S * self._phase[2]) % (2 * HEATING_S)
        warmed = _warmed(since_s) - _warmed(np.maximum(since_s - HEATING_S, 0.0))
        for cycles in (1, 2, 3, 4):  # what is left of those before
            start_s = since_s + 2 * HEATING_S * cycles
            warmed += _warmed(start_s) - _warmed(start_s - HEATING_S)
        return ROOM_K + room + HEATED_K * warmed

    def _flickering(self, rows: int) -> NDArray[np.float64]:
        total = np.zeros((rows, MODULES))
        for place, time_constant_s in enumerate(TIME_CONSTANTS_S):
            keep = math.exp(-1 / PER_S / time_constant_s)
            kicks = FLICKER_PA * math.sqrt(1 - keep * keep) * self._rng.standard_normal((rows, MODULES))
            path, _ = lfilter([1], [1, -keep], kicks, axis=0, zi=(keep * self._flicker[place])[None, :])
            self._flicker[place] = path[-1]
            total += path
        return total


def _warmed(since_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of a heating that has arrived in the gas: through the room's air, then the walls."""
    room, wall = np.exp(-since_s / ROOM_LAG_S), np.exp(-since_s / WALL_HEAT_LAG_S)
    return 1 - (ROOM_LAG_S * room - WALL_HEAT_LAG_S * wall) / (ROOM_LAG_S - WALL_HEAT_LAG_S)


def hatch_plan(seconds: int, rng: np.random.Generator) -> Iterator[tuple[int, list[int]]]:
    """Yield how long the hatches stay as they are, and the gas volume of each module meanwhile."""
    past = 0
    while past < seconds:
        yield HATCH_S - SHUT_S, [0] * MODULES
        hatch = int(rng.integers(1, MODULES))
        yield SHUT_S, [0] * hatch + [1] * (MODULES - hatch)
        past += HATCH_S


def simulate(case: str, alarm_hours: int, part: int) -> dict[str, Any]:
    """One part: its alarms and sensors taken for drifting."""
    busy = case == "busy"
    seed = (part, int(busy))
    surroundings = Surroundings(busy=busy, seed=seed)
    flight = Flight([0] * MODULES, alarm_hours=alarm_hours, ambient_pa=round(AMBIENT_PA))
    alarms = drifts = 0
    seconds = PART_HOURS * 3600
    plan = (
        hatch_plan(seconds, np.random.default_rng(seed))
        if busy
        else iter([(600, [0] * MODULES)] * (seconds // 600))
    )
    for stay_s, group_of in plan:
        if busy:
            flight.detector.regroup(bytearray(group_of), max(group_of) + 1)
        pressure_pa, temperature_c = surroundings.seconds(stay_s, draught=busy)
        row = 0
        while row < len(pressure_pa):
            stopped = flight.run(pressure_pa[row:], temperature_c[row:])
            if stopped is None:
                break
            row += stopped + 1
            alarms += 1
            flight.detector.rearm(flight.detector.alarm)
        for module in range(MODULES):
            if flight.detector.drifting >> module & 1:
                drifts += 1
                flight.detector.readmit(module)
    return {"case": case, "alarm_hours": alarm_hours, "part": part, "alarms": alarms, "drifts": drifts}


def summarise(done: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for case, hours in sorted({(part["case"], part["alarm_hours"]) for part in done}):
        parts = [part for part in done if (part["case"], part["alarm_hours"]) == (case, hours)]
        count = sum(part["alarms"] + part["drifts"] for part in parts)
        total = len(parts) * PART_HOURS
        low = 2 * total / chi2.ppf(0.975, 2 * count + 2)
        high = 2 * total / chi2.ppf(0.025, 2 * count) if count else math.inf
        rows.append(
            {
                "case": case,
                "alarm_hours": hours,
                "hours": total,
                "alarms": count,
                "mean_h": total / max(count, 1),
            }
            | {"low_h": float(low), "high_h": float(high), "drifts": sum(part["drifts"] for part in parts)}
        )
    return rows


def trend(rows: list[dict[str, Any]], case: str) -> tuple[float, float, float] | None:
    """Mean time at TARGET_HOURS and its 95 % interval, by a Poisson regression of ln rate on ln setting."""
    of_case = [row for row in rows if row["case"] == case]
    if sum(row["alarms"] > 0 for row in of_case) < 2:
        return None
    x = np.array([[1.0, math.log(row["alarm_hours"] / TARGET_HOURS)] for row in of_case])
    hours = np.array([row["hours"] for row in of_case], dtype=float)
    counts = np.array([row["alarms"] for row in of_case], dtype=float)
    beta = np.array([-math.log(TARGET_HOURS), -1.0])
    for _ in range(50):  # Fisher scoring
        expected = hours * np.exp(x @ beta)
        information = x.T @ (expected[:, None] * x)
        beta = beta + np.linalg.solve(information, x.T @ (counts - expected))
    spread = 1.96 * math.sqrt(np.linalg.inv(information)[0, 0])
    return math.exp(-beta[0]), math.exp(-beta[0] - spread), math.exp(-beta[0] + spread)


def show(done: list[dict[str, Any]]) -> None:
    rows = summarise(done)
    print(
        f"{'case':8}{'set to':>8}{'hours':>8}{'alarms':>8}{'mean h':>10}{'95 % interval':>18}{'by drift':>10}"
    )
    for row in rows:
        interval = f"{row['low_h']:.1f} .. {row['high_h']:.1f}"
        least = ">" if not row["alarms"] else ""
        print(
            f"{row['case']:8}{row['alarm_hours']:>8}{row['hours']:>8}{row['alarms']:>8}"
            f"{least + format(row['mean_h'], '.1f'):>10}{interval:>18}{row['drifts']:>10}"
        )
    for case in ("quiet", "busy"):
        found = trend(rows, case)
        if found is not None:
            mean, low, high = found
            print(f"{case}: at {TARGET_HOURS} h by the trend {mean:.0f} h ({low:.0f} .. {high:.0f})")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "file",
        type=Path,
        nargs="?",
        default=Path("runs") / "false-alarms.json",
        help="keeps what has been simulated",
    )
    parser.add_argument("--case", choices=("quiet", "busy"), help="only this one")
    parser.add_argument("--alarm-hours", type=int, help="only this setting")
    parser.add_argument("--hours", type=int, help="to be simulated of each case and setting, in all")
    options = parser.parse_args()
    options.file.parent.mkdir(parents=True, exist_ok=True)
    done: list[dict[str, Any]] = json.loads(options.file.read_text("utf-8")) if options.file.exists() else []
    for case in [options.case] if options.case else ["quiet", "busy"]:
        for alarm_hours in [options.alarm_hours] if options.alarm_hours else sorted(HOURS):
            hours = HOURS.get(alarm_hours, 0) if options.hours is None else options.hours
            go_on(done, options.file, case, alarm_hours, hours)
    show(done)
    return int(any(row["high_h"] < row["alarm_hours"] for row in summarise(done)))


def go_on(done: list[dict[str, Any]], file: Path, case: str, alarm_hours: int, hours: int) -> None:
    """Simulate the parts that are not done yet, and keep each in the file."""
    known = {(part["case"], part["alarm_hours"], part["part"]) for part in done}
    for part in range(math.ceil(hours / PART_HOURS)):
        if (case, alarm_hours, part) in known:
            continue
        begin = time.monotonic()
        done.append(simulate(case, alarm_hours, part))
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps(done) + "\n", "utf-8")
        fresh.replace(file)
        print(f"{done[-1]} in {time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
