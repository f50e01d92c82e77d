"""Is anybody ever shut in? Plans of the firmware on random stations, checked by networkx.

Each trial is a connected station of 2 to 16 modules with at most 15 hatches, some of them in cycles, some
modules open to the outside; crew in any number of modules, a few lifeboats or none, some hatches shut or
broken from the beginning. It goes through a whole response of either strategy: closures until none is useful,
with probabilities that drift towards one module at random; then the isolation of one or two modules, with up
to two hatches of the cut found broken one after the other; then what is opened again.

Hatches move one after the other in a random order, first those that open, and a hatch is no way out while it
moves. After every move each crew that had a way to a lifeboat before the step must still have it; without a
lifeboat whoever could reach each other still must. This is asked of graphs that share no code with the
firmware.

    python host/benchmarks/crew_rules.py [--trials 10000] [--seed 1] [--rule NAME] [--json FILE]

The rules are the firmware's; `forgetful`, which overlooks one of the hatches that are to be shut; `careless`,
which takes broken hatches for a way out; and `none`. The last three must shut somebody in, or this script
could not see it.

Ends with 1 if the firmware's rule shuts anybody in, or if one of the others does not.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np

from hatchwatch.link.flight import flight_module

numbers = flight_module("fsw.link.numbers")
default_values = flight_module("fsw.services.parameters").default_values
graph = flight_module("fsw.station.graph")
crew = flight_module("fsw.station.crew")
strategies = flight_module("fsw.station.strategies")
isolating = flight_module("fsw.station.isolating")

MOST_HATCHES = 15
CLOSURES = 20  # at most, in one search
Rule = Callable[[Any, int, int], int]  # of the firmware: (station, now, then), returns a set of modules


@dataclass(frozen=True)
class Figures:
    """What the trials with one rule came to."""

    rule: str
    trials: int
    steps: int  # that moved hatches
    moves: int
    refused: int  # responses that stopped because of the crew
    violations: int  # moves by which somebody was shut in
    shut_in: int  # trials with such moves


class Case:
    """A station with its hatches, and what networkx says of it."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        count = int(rng.integers(2, 17))
        self.pairs = [(int(rng.integers(later)), later) for later in range(1, count)]
        while len(self.pairs) < MOST_HATCHES and rng.random() < 0.4:
            first, second = (int(module) for module in rng.choice(count, 2, replace=False))
            self.pairs.append((first, second))
        self.station = graph.Station(
            bytes(module for pair in self.pairs for module in pair),
            [1_000_000] * count,
            [10_000] * count,
            bytes(int(owner) for owner in rng.integers(0, 3, count)),
            self._some(count, rng.random()),
            self._some(count, rng.integers(0, 4) / count),
            self._some(count, 0.04),
        )
        self.shut = self._some(len(self.pairs), 0.15)
        self.broken = self._some(len(self.pairs), 0.05) & ~self.shut
        self.moves = self.steps = self.violations = 0

    def _some(self, count: int, share: float) -> int:
        return sum(1 << place for place in range(count) if self.rng.random() < share)

    def ways(self, blocked: int) -> set[Any]:
        """Who has a way out: modules, or without a lifeboat pairs of modules."""
        names = set(graph.members(self.station.inside))
        free: nx.Graph[int] = nx.Graph()
        free.add_nodes_from(names)
        free.add_edges_from(
            pair
            for hatch, pair in enumerate(self.pairs)
            if not blocked >> hatch & 1 and names.issuperset(pair)
        )
        aboard = names & set(graph.members(self.station.occupied))
        boats = names & set(graph.members(self.station.lifeboat))
        ways: set[Any] = set()
        for part in nx.connected_components(free):
            party = part & aboard
            if not boats:
                ways |= set(combinations(sorted(party), 2))
            elif part & boats:
                ways |= party
        return ways

    def go(self, wanted: int) -> None:
        """Move hatch by hatch until those of `wanted` are shut, and look after whom that shuts in."""
        if wanted == self.shut:
            return
        self.steps += 1
        before = self.ways(self.shut | self.broken)
        opening = list(graph.members(self.shut & ~wanted & ~self.broken))
        shutting = list(graph.members(wanted & ~self.shut & ~self.broken))
        for hatches in (opening, shutting):
            self.rng.shuffle(hatches)
            for hatch in hatches:
                self.moves += 1
                moving = 1 << hatch
                while_moving = before - self.ways(self.shut | self.broken | moving)
                self.shut = self.shut & ~moving if hatches is opening else self.shut | moving
                if while_moving or before - self.ways(self.shut | self.broken):
                    self.violations += 1


def respond(case: Case, strategy: int) -> bool:
    """Go through a whole response; return whether the crew stopped it."""
    rng, station = case.rng, case.station
    inside = list(graph.members(station.inside))
    if not inside:
        return False
    started = case.shut
    guilty = int(rng.choice(inside))
    refused = search(case, strategy, guilty)
    leaking = 1 << guilty | (1 << int(rng.choice(inside)) if rng.random() < 0.2 else 0)
    for _ in range(3):
        part, hatches, forbids = isolating.isolation(station, leaking, case.shut, case.broken)
        if forbids or not part:
            return refused or bool(forbids)
        case.go(hatches | case.shut)
        if not hatches or rng.random() < 0.5:
            break
        case.broken |= 1 << int(rng.choice(list(graph.members(hatches))))
        case.shut &= ~case.broken
    else:
        return refused
    case.go(case.shut & ~station.joining(case.shut & ~started & ~case.broken, part))
    return refused


def search(case: Case, strategy: int, guilty: int) -> bool:
    """Shut hatches until none is useful, while the probability drifts towards the guilty module."""
    values = default_values()
    values[numbers.PARAMETER_STRATEGY] = strategy
    count = case.station.count
    weight = case.rng.dirichlet(np.ones(count))
    for _ in range(CLOSURES):
        cut_ppm = [round(1e6 * share) for share in weight / weight.sum()]
        wanted, _, forbids = strategies.next_shut(case.station, values, cut_ppm, case.shut, case.broken)
        if wanted == case.shut:
            return bool(forbids)
        case.go(wanted)
        weight *= case.rng.uniform(0.2, 1.0, count)
        weight[guilty] += 0.05
    return False


def forgetful(station: Any, now: int, then: int) -> int:
    """A rule with a mistake: it overlooks one of the hatches that are to be shut."""
    new = then & ~now
    return int(crew.shut_in(station, now, then & ~(new & -new)))


def nobody(_station: Any, _now: int, _then: int) -> int:
    """No rule at all."""
    return 0


def careless(case: Case) -> Rule:
    """A rule with another mistake: it takes broken hatches for a way out."""

    def rule(station: Any, now: int, then: int) -> int:
        return int(crew.shut_in(station, now & ~case.broken, then & ~case.broken))

    return rule


RULES: dict[str, Callable[[Case], Rule]] = {
    "firmware": lambda _case: crew.shut_in,
    "forgetful": lambda _case: forgetful,
    "careless": careless,
    "none": lambda _case: nobody,
}


def run(rule: str, trials: int, seed: int) -> Figures:
    """All trials with one rule; the same stations for each rule."""
    steps = moves = refused = violations = shut_in = 0
    for number in range(trials):
        case = Case(np.random.default_rng((seed, number)))
        strategies.shut_in = isolating.shut_in = RULES[rule](case)
        refused += respond(case, strategy=number % 2)
        steps += case.steps
        moves += case.moves
        violations += case.violations
        shut_in += case.violations > 0
    strategies.shut_in = isolating.shut_in = crew.shut_in
    return Figures(rule, trials, steps, moves, refused, violations, shut_in)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rule", choices=RULES, help="only this one")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    rows = [run(rule, options.trials, options.seed) for rule in ([options.rule] if options.rule else RULES)]
    heads = ("rule", "trials", "steps", "moves", "stopped", "violations", "in trials")
    print("".join(f"{head:>12}" for head in heads))
    for row in rows:
        print("".join(f"{value:>12}" for value in asdict(row).values()))
    missed = [
        f"{row.rule}: {row.violations} violations"
        for row in rows
        if (row.violations > 0) == (row.rule == "firmware")
    ]
    print("\n" + ("\n".join(f"MISSED {text}" for text in missed) or "all targets met"))
    if options.json is not None:
        document = {"seed": options.seed, "rows": [asdict(row) for row in rows], "missed": missed}
        options.json.write_text(json.dumps(document, indent=2) + "\n", "utf-8")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
