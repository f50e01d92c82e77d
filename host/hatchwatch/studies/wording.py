"""Figures of a study in words, for its page and for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hatchwatch.studies.measures import Estimate

__all__ = ["estimate_text", "headline", "value_text"]

_NOTHING = "\N{EN DASH}"


def estimate_text(estimate: Estimate | None) -> tuple[str, str]:
    """A figure and its interval; a dash where there is none."""
    if estimate is None:
        return _NOTHING, ""
    return _digits(estimate.value), f"{_digits(estimate.low)} … {_digits(estimate.high)}"


def value_text(value: Any) -> str:
    """A value of a factor."""
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def headline(done: int, wanted: int, points: int, troubles: int) -> str:
    """How far a study is, in one sentence."""
    where = f" at {points} points of its grid" if points > 1 else ""
    text = f"{done} of {wanted} scenarios{where}" if done < wanted else f"{wanted} scenarios{where}"
    return f"{text}; {troubles} went wrong." if troubles else f"{text}."


def _digits(value: float) -> str:
    text = f"{value:.3g}"
    return f"{value:.0f}" if "e+" in text else text
