"""Does the search find the leaking module, and what does it cost? The firmware's classes on simulated gas.

Each trial is a random tree of 3 to 16 modules of 0.3 to 1.2 L, stated to 1 %, in which one leaks 3 to 300
times the detection limit: 3.29 standard deviations of the leak of that module, shut off and measured for
60 s. The flow goes with the difference to the outside; shut hatches pass 1e-5 Pa·m³/s at 8 kPa. There are
three surroundings:

* quiet: 0.25 Pa of white noise per mean of 1 s, each sensor drifts by 0.001 Pa/s (standard deviation, as
  slope_floor_upa_s has it by default);
* flicker: as quiet, and flicker noise with an Allan deviation of 0.3 Pa in each sensor;
* drift: as quiet, but 0.05 K/h of gas temperature that no sensor sees, which is 0.0048 Pa/s; the parameter
  is set to that.

The alarm leaves 60 s of history with all hatches open. Then the firmware's strategies and locator do what
they do on the board: 30 s for each set of moves, then 60 s to 240 s of measuring with a look every 5 s.

    python host/benchmarks/locating.py [--trials 5000] [--strategy all|bisect|both] [--seed 1] [--json FILE]

The first table has searches by their end, and of those that were right the steps (moves of hatches, then a
measurement), the time from the alarm (median and 90th percentile), and how far the leak rate was off in its
own standard deviations (rms).

The second has closures until one module is left when every answer is right, on the same trees with priors by
volume: those of strategy 1, the least possible (exact), the entropy, and all hatches.

Ends with 1 if a target is missed: 99 % right and at most one wrong of each strategy; closures at most 5 %
above the least possible.
"""

from __future__ import annotations

import argparse
import json
import sys
from array import array
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hatchwatch.link.flight import flight_module
from hatchwatch.studies.bisect import entropy_bits, optimal_closures
from hatchwatch.studies.second_means import SensorErrors, StillGas

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SURROUNDINGS = {"quiet": (0.0, 0.001), "flicker": (0.3, 0.001), "drift": (0.0, 0.05 * 345.6 / 3600)}
WHITE_PA = 0.25
NOISE_MPA = 250
START_PA = 109_000.0
SEAL_PA_M3_S = 1e-5
HISTORY_S, MOVES_S, LOOK_S, LIMIT_S = 60, 30, 5, 60
VOLUME_SHARE = 0.01
STRATEGIES = {"all": 0, "bisect": 1}
LEAST_RIGHT, MOST_WRONG, MOST_OVER_OPTIMUM = 0.99, 1, 1.05
OPTIMA = 200  # trees whose optimum is sought
WIDTHS = ("12.3f", "9.3f", "9.3f", "6.1f")

numbers = flight_module("fsw.link.numbers")
default_values = flight_module("fsw.services.parameters").default_values
Station = flight_module("fsw.station.graph").Station
locating = flight_module("fsw.station.locating")
next_shut = flight_module("fsw.station.strategies").next_shut
OUTCOMES = {locating.NONE: "none", locating.INCONCLUSIVE: "inconclusive"}


@dataclass(frozen=True)
class Trial:
    """What one search came to."""

    number: int
    strategy: str
    surroundings: str
    modules: int
    limits: float  # size of the leak, in detection limits
    outcome: str  # right, wrong, none, inconclusive
    steps: int
    seconds: int  # from the alarm
    leak_error: float | None  # in its own standard deviations


@dataclass(frozen=True)
class Closures:
    """Expected closures on one tree."""

    number: int
    modules: int
    bisect: float
    optimal: float
    entropy: float


class Bench:
    """A station with one leak and its sensors, and the clock of a search."""

    def __init__(self, number: int, seed: int) -> None:
        rng = np.random.default_rng((seed, number))
        self.surroundings = list(SURROUNDINGS)[number % len(SURROUNDINGS)]
        flicker_pa, drift_pa_s = SURROUNDINGS[self.surroundings]
        count = int(rng.integers(3, 17))
        stated_m3 = rng.uniform(0.3e-3, 1.2e-3, count)
        self.pairs = random_tree(rng, count)
        self.station = Station(
            bytes(module for pair in self.pairs for module in pair),
            [round(1e9 * volume) for volume in stated_m3],
            [round(1e9 * volume * VOLUME_SHARE) for volume in stated_m3],
            bytes(count),
            0,
            0,
            0,
        )
        self.values = default_values()
        self.values[numbers.PARAMETER_SLOPE_FLOOR_UPA_S] = round(1e6 * drift_pa_s)
        self.leaking = int(rng.integers(count))
        self.limits = float(np.exp(rng.uniform(np.log(3), np.log(300))))
        slope_pa_s = np.sqrt(
            12 * WHITE_PA**2 / LIMIT_S**3 + (2.55 * flicker_pa / LIMIT_S) ** 2 + drift_pa_s**2
        )
        self._leaks = np.zeros(count)
        self._leaks[self.leaking] = self.limits * 3.29 * slope_pa_s * stated_m3[self.leaking]
        self._gas = StillGas(
            self.pairs,
            stated_m3 * rng.normal(1.0, VOLUME_SHARE, count),
            self._leaks,
            np.full(len(self.pairs), SEAL_PA_M3_S),
            np.full(count, START_PA),
        )
        self._errors = SensorErrors(
            WHITE_PA,
            np.full(count, flicker_pa),
            rng.normal(0.0, drift_pa_s, count),
            rng.uniform(-100.0, 100.0, count),
            rng,
        )
        self.clock_s = 0

    def leak_now_npa_m3_s(self) -> float:
        over_pa = self._gas.pressure_pa[self.leaking] - 101_325.0
        return float(1e9 * self._leaks[self.leaking] * over_pa / 8000.0)

    def move(self, shut: int) -> None:
        self._gas.set_shut(shut)
        self._gas.run(MOVES_S)
        self.clock_s += MOVES_S

    def show(self, locator: Any, seconds: int) -> None:
        shown = self._errors.add_to(self._gas.run(seconds), self.clock_s)
        self.clock_s += seconds
        levels = np.rint((shown - START_PA) * 4096).astype(int).tolist()
        pressures = np.rint(shown + self._errors.offset_pa).astype(int).tolist()
        valid = bytes([1] * shown.shape[1])
        for level, pressure in zip(levels, pressures, strict=True):
            locator.add(array("i", level), valid, array("i", pressure))


def random_tree(rng: np.random.Generator, count: int) -> list[tuple[int, int]]:
    """Hatches: each module is joined to one of those before it, in a random order."""
    name = [int(module) for module in rng.permutation(count)]
    return [(name[rng.integers(later)], name[later]) for later in range(1, count)]


def search(bench: Bench, locator: Any) -> tuple[int, int]:
    """Seek the leak as the board does; return how that ended, and the steps."""
    shut = steps = 0
    locator.begin(shut)
    bench.show(locator, HISTORY_S)
    locator.judge(NOISE_MPA, last=False)
    while True:
        wanted, _, _ = next_shut(bench.station, bench.values, locator.cut_ppm, shut, 0)
        if wanted != shut:
            steps += 1
            shut = wanted
            bench.move(shut)
            locator.begin(shut)
        last = False
        while last or locator.seconds < bench.values[numbers.PARAMETER_MEASURE_S]:
            bench.show(locator, LOOK_S)
            left, _, _ = next_shut(bench.station, bench.values, locator.cut_ppm, shut, 0)
            last = left == shut
            outcome = locator.judge(NOISE_MPA, last)
            if outcome != locating.UNDECIDED:
                return outcome, steps


def one_trial(number: int, seed: int, strategy: str) -> Trial:
    bench = Bench(number, seed)
    bench.values[numbers.PARAMETER_STRATEGY] = STRATEGIES[strategy]
    locator = locating.Locator(bench.station, bench.values)
    outcome, steps = search(bench, locator)
    error = None
    said = OUTCOMES.get(outcome, "wrong")
    if outcome == locating.FOUND and locator.found == 1 << bench.leaking:
        said = "right"
        _, _, _, _, leak, sd = locator.hypotheses[0]
        error = (leak - bench.leak_now_npa_m3_s()) / sd
    return Trial(
        number,
        strategy,
        bench.surroundings,
        bench.station.count,
        bench.limits,
        said,
        steps,
        bench.clock_s - HISTORY_S,
        error,
    )


def closures_of(number: int, seed: int) -> Closures:
    bench = Bench(number, seed)
    station, values = bench.station, bench.values
    values[numbers.PARAMETER_STRATEGY] = STRATEGIES["bisect"]
    total = sum(station.volume_ul)
    priors = {module: station.volume_ul[module] / total for module in range(station.count)}
    expected = sum(priors[leaking] * halvings(station, values, priors, leaking) for leaking in priors)
    return Closures(
        number, station.count, expected, optimal_closures(bench.pairs, priors), entropy_bits(priors)
    )


def halvings(station: Any, values: Any, priors: dict[int, float], leaking: int) -> int:
    """Closures of strategy 1 until the leaking module is alone, when every answer is right."""
    shut = 0
    while True:
        left = station.reach(1 << leaking, shut)
        cut_ppm = [round(1e6 * priors[module]) if left >> module & 1 else 0 for module in priors]
        wanted, _, _ = next_shut(station, values, cut_ppm, shut, 0)
        if wanted == shut:
            return shut.bit_count()
        shut = wanted


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trials", type=int, default=5000, help="of each strategy")
    parser.add_argument("--strategy", choices=[*STRATEGIES, "both"], default="both")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="searches at the same time")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every search there")
    options = parser.parse_args()
    strategies = list(STRATEGIES) if options.strategy == "both" else [options.strategy]
    trials: list[Trial] = []
    with ProcessPoolExecutor(options.jobs) as pool:
        for strategy in strategies:
            run = partial(one_trial, seed=options.seed, strategy=strategy)
            trials += pool.map(run, range(options.trials), chunksize=20)
        trees = range(min(OPTIMA, options.trials))
        closures = list(pool.map(partial(closures_of, seed=options.seed), trees, chunksize=5))
    print_trials(trials, strategies)
    print_closures(closures)
    missed = list(missed_targets(trials, strategies, closures))
    print("\n" + ("\n".join(f"MISSED {text}" for text in missed) or "all targets met"))
    if options.json is not None:
        document = {
            "seed": options.seed,
            "trials": [asdict(trial) for trial in trials],
            "closures": [asdict(tree) for tree in closures],
            "missed": missed,
        }
        options.json.write_text(json.dumps(document, indent=1) + "\n", "utf-8")
    return int(bool(missed))


def print_trials(trials: Sequence[Trial], strategies: Sequence[str]) -> None:
    print(
        f"{'strategy':9}{'surroundings':14}{'n':>6}{'right':>7}{'wrong':>7}{'none':>6}{'inconcl.':>10}",
        end="",
    )
    print(f"{'steps':>7}{'time':>7}{'90 %':>7}{'leak error':>12}")
    for strategy in strategies:
        for surroundings in (*SURROUNDINGS, "all"):
            chosen = [t for t in trials if t.strategy == strategy and surroundings in (t.surroundings, "all")]
            print(f"{strategy:9}{surroundings:14}{line_of(chosen)}")


def line_of(trials: Sequence[Trial]) -> str:
    right = [trial for trial in trials if trial.outcome == "right"]
    counts = [
        sum(trial.outcome == said for trial in trials) for said in ("right", "wrong", "none", "inconclusive")
    ]
    text = f"{len(trials):6}{counts[0]:7}{counts[1]:7}{counts[2]:6}{counts[3]:10}"
    if not right:
        return text
    steps = np.mean([trial.steps for trial in right])
    median, most = np.percentile([trial.seconds for trial in right], (50, 90))
    error = np.sqrt(np.mean([trial.leak_error**2 for trial in right if trial.leak_error is not None]))
    return f"{text}{steps:7.2f}{median:5.0f} s{most:5.0f} s{error:12.2f}"


def print_closures(closures: Sequence[Closures]) -> None:
    print(f"\n{'modules':9}{'trees':>6}{'strategy 1':>12}{'optimum':>9}{'entropy':>9}{'all':>6}")
    for low, high in ((3, 5), (6, 8), (9, 12), (13, 16)):
        chosen = [tree for tree in closures if low <= tree.modules <= high]
        if chosen:
            means = [np.mean([getattr(t, name) for t in chosen]) for name in ("bisect", "optimal", "entropy")]
            means.append(np.mean([tree.modules - 1 for tree in chosen]))
            figures = "".join(f"{mean:{width}}" for mean, width in zip(means, WIDTHS, strict=True))
            print(f"{f'{low} to {high}':9}{len(chosen):6}{figures}")
    same = np.mean([tree.bisect <= tree.optimal * (1 + 1e-9) for tree in closures])
    worst = max(tree.bisect / tree.optimal for tree in closures)
    print(f"strategy 1 is optimal on {same:.0%} of the trees, at most {worst - 1:.1%} above the optimum")


def missed_targets(
    trials: Sequence[Trial], strategies: Sequence[str], closures: Sequence[Closures]
) -> Iterator[str]:
    for strategy in strategies:
        said = [trial.outcome for trial in trials if trial.strategy == strategy]
        if said.count("right") < LEAST_RIGHT * len(said):
            yield f"{strategy}: {said.count('right')} of {len(said)} right"
        if said.count("wrong") > MOST_WRONG:
            yield f"{strategy}: {said.count('wrong')} wrong"
    ratio = sum(tree.bisect for tree in closures) / sum(tree.optimal for tree in closures)
    if ratio > MOST_OVER_OPTIMUM:
        yield f"closures {ratio:.3f} times the optimum"


if __name__ == "__main__":
    sys.exit(main())
