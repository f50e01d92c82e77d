"""From a study to its scenarios: each is a number, and everything about it follows from study and number.

The grid's points come first and its repeats last: scenario n is point n % points in repeat n // points, so
that a study that was stopped has seen all points about equally often. What is drawn depends on the seed and
the repeat alone: at every point of the grid the same stations, leaks and noise come again, and what differs
between two points is due to them.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from hatchwatch.studies.files import values_of
from hatchwatch.studies.limits import detection_limit_pa_m3_s
from hatchwatch.studies.stations import bench_of, named_benches
from hatchwatch.studies.surroundings import surroundings_of
from hatchwatch.studies.varied import draw, grid, is_drawn

if TYPE_CHECKING:
    from hatchwatch.boards.model import BenchFile
    from hatchwatch.emulator.plant import PlantPreset
    from hatchwatch.studies.study import Study

__all__ = ["Plan", "Scenario"]


@dataclass(frozen=True)
class Scenario:
    """One scenario with nothing left to choose."""

    number: int
    point: int
    seed: int  # of gas, weather and noise
    values: dict[str, Any]  # of every factor, by name
    bench: BenchFile
    preset: PlantPreset
    leaks_pa_m3_s: dict[str, float]  # by module, at 8 kPa over ambient; the largest first
    parameters: dict[str, int]  # of the firmware, those that are set

    def described(self, plan: Plan) -> dict[str, Any]:
        """The scenario as columns of a table: station, leak, and whatever differs between scenarios."""
        largest = next(iter(self.leaks_pa_m3_s), None)
        leak_pa_m3_s = self.leaks_pa_m3_s.get(largest or "", 0.0)
        leaking_m3 = None if largest is None else self.bench.module(largest).volume_m3
        limit_pa_m3_s = detection_limit_pa_m3_s(leaking_m3 or 1.0, self.values["noise"], self.preset)
        told = {
            "station": self.bench.name,
            "modules": len(self.bench.modules),
            "volume_ml": round(1e6 * sum(module.volume_m3 for module in self.bench.chambers), 1),
            "leaking": largest,
            "leaking_volume_ml": None if leaking_m3 is None else round(1e6 * leaking_m3, 1),
            "leak_pa_m3_s": leak_pa_m3_s,
            "leak_limits": leak_pa_m3_s / limit_pa_m3_s if largest else 0.0,
        }
        return {name: self.values[name] for name in plan.varied if name not in told} | told


@dataclass(frozen=True)
class Plan:
    """A study with the bench files that it names: all that a worker needs to know."""

    study: Study
    benches: dict[str, BenchFile]

    @classmethod
    def of(cls, study: Study) -> Plan:
        """Read the bench files; BenchFileError tells what is wrong with one."""
        return cls(study, named_benches(values_of(study.scenario.station)))

    @cached_property
    def points(self) -> list[dict[str, Any]]:
        """The values of the grid's axes at each of its points; one empty point without a grid."""
        axes = {name: values for name, value in self.study.factors.items() if (values := grid(value))}
        return [dict(zip(axes, chosen, strict=True)) for chosen in product(*axes.values())]

    @property
    def varied(self) -> list[str]:
        """The factors that are not the same in all scenarios."""
        factors = self.study.factors.items()
        return [name for name, value in factors if is_drawn(value) or grid(value) is not None]

    def __len__(self) -> int:
        return len(self.points) * self.study.repeats

    def scenario(self, number: int) -> Scenario:
        """The scenario of a number."""
        repeat, place = divmod(number, len(self.points))
        study, point = self.study, self.points[place]
        values = {
            name: point[name] if name in point else draw(value, self._rng(repeat, name))
            for name, value in study.factors.items()
        }
        volumes = self._rng(repeat, "volumes")
        stated = point.get("volume_ml", study.scenario.volume_ml)
        bench = bench_of(values, self.benches, self._rng(repeat, "station"), lambda: draw(stated, volumes))
        preset = surroundings_of(values)
        return Scenario(
            number=number,
            point=place,
            seed=int(self._rng(repeat, "seed").integers(2**31)),
            values=values,
            bench=bench,
            preset=preset,
            leaks_pa_m3_s=_leaks(values, bench, preset, self._rng(repeat, "leaks")),
            parameters={name: values[name] for name in study.parameters},
        )

    def _rng(self, repeat: int, purpose: str) -> np.random.Generator:
        """A generator of its own for every purpose: a factor more changes none of the others."""
        key = (repeat, zlib.crc32(purpose.encode()))
        return np.random.default_rng(np.random.SeedSequence(self.study.seed, spawn_key=key))


def _leaks(
    values: dict[str, Any], bench: BenchFile, preset: PlantPreset, rng: np.random.Generator
) -> dict[str, float]:
    chambers = [bench.chambers[place] for place in rng.permutation(len(bench.chambers))]
    named = [module for module in chambers if module.name == values["leaking"]]
    first = (named or chambers)[0]
    size_pa_m3_s = values["leak_pa_m3_s"]
    if values["leak_limits"] is not None:
        size_pa_m3_s = values["leak_limits"] * detection_limit_pa_m3_s(
            first.volume_m3, values["noise"], preset
        )
    if not size_pa_m3_s or math.isclose(size_pa_m3_s, 0.0):
        return {}
    leaks = {first.name: float(size_pa_m3_s)}
    others = [module for module in chambers if module is not first]
    if values["second_leak"] and others:
        leaks[others[0].name] = float(size_pa_m3_s * values["second_leak"])
    return leaks
