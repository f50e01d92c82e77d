"""Leaks to plant in an emulated bench, as they are typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hatchwatch.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["planted_leaks"]


def planted_leaks(texts: Iterable[str] | None) -> dict[str, float]:
    """Rates in Pa·m³/s by module, of NAME=RATE; raises UsageError."""
    leaks: dict[str, float] = {}
    for name, leak_pa_m3_s in map(_planted, texts or ()):
        if name.casefold() in map(str.casefold, leaks):
            raise UsageError(
                f"--leak is given twice for {name}.",
                cure="Plant one leak in each module, the sum if there are more.",
            )
        leaks[name] = leak_pa_m3_s
    return leaks


def _planted(text: str) -> tuple[str, float]:
    name, equals, rate = text.partition("=")
    try:
        leak_pa_m3_s = float(rate)
    except ValueError:
        leak_pa_m3_s = -1.0
    if not (name and equals and 0.0 <= leak_pa_m3_s < 1.0):
        raise UsageError(
            f"--leak {text} plants nothing.", cure="Write NAME=RATE with a rate in Pa·m³/s, such as PrK=1e-4."
        )
    return name, leak_pa_m3_s
