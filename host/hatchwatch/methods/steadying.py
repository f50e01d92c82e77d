"""Waiting on a bench until nothing but leaks can be seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hatchwatch.methods.planning import slope_standard_pa_s
from hatchwatch.methods.protocols import ReadingsBlock
from hatchwatch.methods.results import SettlingOutcome
from hatchwatch.methods.settling import Transient, find_transient
from hatchwatch.methods.signals import prepare

if TYPE_CHECKING:
    from hatchwatch.boards.model import SensorKnowledge
    from hatchwatch.methods.network import Network
    from hatchwatch.methods.phases import Conductor
    from hatchwatch.methods.results import FloatArray

__all__ = ["Steadying", "wait_until_steady"]

_TOLERATED_SHARE: Final = 0.5  # of the slope's uncertainty from white noise alone
_LOOK_EVERY_S: Final = 2.0
_LOOKS_NEEDED: Final = 2  # in a row


@dataclass(frozen=True, slots=True, eq=False)
class Steadying:
    """What to wait for."""

    network: Network
    watched: tuple[int, ...]  # chambers
    sensors: SensorKnowledge
    offsets_pa: FloatArray  # (chambers,)
    ambient_pa: float
    lead_s: float  # from the end of the wait to the beginning of the window
    duration_s: float  # of the window
    shortest_s: float
    longest_s: float


def wait_until_steady(conductor: Conductor, wait: Steadying) -> tuple[ReadingsBlock, SettlingOutcome]:
    """Collect until every watched chamber leaves the coming window alone, or time is up.

    Gives all readings of the wait, and how it ended.
    """
    tolerance_pa_s = _TOLERATED_SHARE * slope_standard_pa_s(wait.duration_s, 0.0)
    blocks: list[ReadingsBlock] = []
    waited_s, good_looks = 0.0, 0
    rests: dict[str, float] = {}
    restless: tuple[str, ...] = ()
    while good_looks < _LOOKS_NEEDED and waited_s < wait.longest_s:
        blocks.append(conductor.collect(_LOOK_EVERY_S, _Note(rests, restless), waited_s))
        waited_s += _LOOK_EVERY_S
        if waited_s < wait.shortest_s:
            continue
        found = _look(ReadingsBlock.joined(blocks), wait)
        rests = {name: transient.rest_pa_s for name, transient in found.items() if transient.certain}
        restless = tuple(name for name, one in found.items() if not one.tolerable(tolerance_pa_s))
        good_looks = 0 if restless else good_looks + 1
    slowest = max(rests, key=lambda name: abs(rests[name]), default="")
    outcome = SettlingOutcome(
        steady=not restless,
        waited_s=waited_s,
        slowest_module=slowest,
        transient_pa_s=rests.get(slowest, 0.0),
        tolerance_pa_s=tolerance_pa_s,
        restless_modules=restless,
    )
    return ReadingsBlock.joined(blocks), outcome


def _look(block: ReadingsBlock, wait: Steadying) -> dict[str, Transient]:
    """The transient of every watched chamber whose sensor lives."""
    readings = prepare(block, wait.network.columns, wait.offsets_pa)
    start_s = float(block.time_s[-1]) + wait.lead_s
    window_s = (start_s, start_s + wait.duration_s)
    found = {}
    for chamber in wait.watched:
        if not readings.valid[:, chamber].any():
            continue
        transient = find_transient(readings, chamber, window_s, wait.ambient_pa, wait.sensors)
        if transient is not None:
            found[wait.network.names[chamber]] = transient
    return found


@dataclass(frozen=True, slots=True)
class _Note:
    """What to show while waiting."""

    rests_pa_s: dict[str, float]
    restless: tuple[str, ...]

    def __call__(self, _elapsed_s: float) -> str:
        if not self.restless:
            return "looking for transients"
        worst = max(self.restless, key=lambda name: abs(self.rests_pa_s[name]))
        left_mpa_s = 1e3 * abs(self.rests_pa_s[worst])
        return f"{worst} still drifts, by {left_mpa_s:.1f} mPa/s in the coming window"
