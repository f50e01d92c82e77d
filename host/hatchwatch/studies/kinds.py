"""The kinds of studies: what one scenario of each comes to, and what is made of many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hatchwatch.studies import bisecting, detecting, locating, responding

if TYPE_CHECKING:
    from collections.abc import Callable

    from hatchwatch.studies.measures import Measure
    from hatchwatch.studies.scenarios import Scenario
    from hatchwatch.studies.study import Kind

__all__ = ["measures_of", "outcome_of"]

_OUTCOMES: Final[dict[Kind, Callable[[Scenario], dict[str, Any]]]] = {
    "detection": detecting.outcome,
    "locating": locating.outcome,
    "response": responding.outcome,
    "bisect": bisecting.outcome,
}
_MEASURES: Final[dict[Kind, tuple[Measure, ...]]] = {
    "detection": detecting.MEASURES,
    "locating": locating.MEASURES,
    "response": responding.MEASURES,
    "bisect": bisecting.MEASURES,
}


def outcome_of(kind: Kind, scenario: Scenario) -> dict[str, Any]:
    """Do one scenario; the columns depend on the kind alone, and None is what does not apply."""
    return _OUTCOMES[kind](scenario)


def measures_of(kind: Kind) -> tuple[Measure, ...]:
    """What is made of the rows of many scenarios."""
    return _MEASURES[kind]
