"""Stations of a study: from a bench file, or made at random as bench files that a board could run too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hatchwatch.boards.files import find_bench_file, load_bench_file
from hatchwatch.boards.model import (
    BenchFile,
    Hatch,
    I2CBus,
    Module,
    Mux,
    SensorPlace,
    Servo,
)
from hatchwatch.studies.study import MADE_STATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np

__all__ = ["bench_of", "made_station", "named_benches"]

_MUX = "mux"
_HATCH_PINS = tuple(range(15))
_OPEN_US, _SHUT_US = 1900, 1100
_DISPLACED_ML = 0.07  # as the shipped stations have it: half a centimetre of pinched 4 mm tube


def named_benches(names: tuple[str, ...]) -> dict[str, BenchFile]:
    """The bench files that a study names; BenchFileError tells what is wrong with one."""
    return {name: load_bench_file(find_bench_file(name)) for name in names if name not in MADE_STATIONS}


def bench_of(
    values: Mapping[str, Any],
    benches: Mapping[str, BenchFile],
    rng: np.random.Generator,
    volume_ml: Callable[[], float],
) -> BenchFile:
    """The station of one scenario; `volume_ml` draws the volume of each module of a made one."""
    name = values["station"]
    if name in benches:
        return benches[name]
    return made_station(
        name,
        [volume_ml() for _ in range(values["modules"])],
        rng,
        uncertainty=values["volume_uncertainty_percent"] / 100.0,
        crew=values["crew"],
        lifeboats=values["lifeboats"],
    )


def made_station(
    shape: str,
    volumes_ml: list[float],
    rng: np.random.Generator,
    *,
    uncertainty: float = 0.01,
    crew: int = 0,
    lifeboats: int = 1,
) -> BenchFile:
    """A station of 2 to 16 modules: a `chain`, a `star` about its first module, or a random `tree`.

    The tree is a random recursive one: each module is joined to any of those before it. `uncertainty` is
    that of the volumes (k = 1, relative). Crew and lifeboats are in modules that `rng` chooses.
    """
    count = len(volumes_ml)
    joined = [_earlier(shape, later, rng) for later in range(1, count)]
    occupied = _some(count, crew, rng)
    lifeboat = _some(count, lifeboats, rng)
    modules = tuple(
        Module(
            name=_name(place),
            volume_ml=volume_ml,
            volume_uncertainty_ml=volume_ml * uncertainty,
            owner="A" if place < (count + 1) // 2 else "B",
            occupied=place in occupied,
            lifeboat=place in lifeboat,
            sensor=SensorPlace(mux=_MUX, channel=place // 2, address=0x77 if place % 2 else 0x76),
        )
        for place, volume_ml in enumerate(volumes_ml)
    )
    hatches = tuple(
        Hatch(
            name=f"{_name(earlier)}-{_name(later)}",
            between=(_name(earlier), _name(later)),
            servo=Servo(
                pin=_HATCH_PINS[later - 1], open_us=_OPEN_US, shut_us=_SHUT_US, displaced_ml=_DISPLACED_ML
            ),
        )
        for later, earlier in enumerate(joined, start=1)
    )
    return BenchFile(
        name=f"{shape}{count}",
        i2c1=I2CBus(sda=26, scl=27),
        muxes=(Mux(name=_MUX, bus="i2c1"),),
        modules=modules,
        hatches=hatches,
    )


def _earlier(shape: str, later: int, rng: np.random.Generator) -> int:
    if shape == "chain":
        return later - 1
    return 0 if shape == "star" else int(rng.integers(later))


def _some(count: int, wanted: int, rng: np.random.Generator) -> frozenset[int]:
    return frozenset(rng.permutation(count)[:wanted].tolist())


def _name(place: int) -> str:
    return f"m{place:02d}"
