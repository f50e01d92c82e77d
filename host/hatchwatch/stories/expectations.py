"""What a story expects, beside what came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hatchwatch.evidence.response.document import Check
from hatchwatch.link.naming import text_of
from hatchwatch.stories.schema import REPEATED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hatchwatch.bench.response import ResponseLog, Told
    from hatchwatch.stories.schema import Expected

__all__ = ["Expectations", "fits"]


class Expectations:
    """Follows the events of a board; `checks` tells how each expectation fared."""

    def __init__(self, expected: Sequence[Expected], never: Sequence[str], start_s: float) -> None:
        self.checks: list[Check] = []
        self._waiting = list(expected)
        self._never = never
        self._place = 0  # next event of the log to look at
        self._anchor_s = start_s  # from where `within_s` counts

    @property
    def failed(self) -> bool:
        """Whether something came otherwise than it should."""
        return not all(check.ok for check in self.checks)

    @property
    def met(self) -> bool:
        """Whether everything that must come has come."""
        return not self._waiting and not self.failed

    def happened(self, time_s: float) -> None:
        """Something was done to the bench: the next limit counts from here."""
        self._anchor_s = max(self._anchor_s, time_s)

    def follow(self, log: ResponseLog, now_s: float, *, more_to_come: bool = False) -> None:
        """Look at the events that have come since; no limit runs out while there is `more_to_come`."""
        for told in log.events[self._place :]:
            self._place += 1
            if told.name in self._never:
                self.checks.append(_unwanted(told))
            elif self._waiting:
                self._compare(told)
        if self._waiting and not self.failed and not more_to_come:
            self._look_at_the_clock(now_s)

    def end(self, now_s: float) -> list[Check]:
        """The story is over: what did not come is missing, and what must not come did not."""
        missing = [
            Check(expected=_words(one), came="nothing", time_s=None, ok=False) for one in self._waiting
        ]
        came = {check.came.split(":")[0] for check in self.checks if not check.ok}
        absent = [
            Check(expected=f"no {name}", came=f"none in {now_s:.0f} s", time_s=None, ok=True)
            for name in self._never
            if name not in came
        ]
        return [*self.checks, *missing, *absent]

    def _compare(self, told: Told) -> None:
        expected = self._waiting[0]
        if told.name != expected.event:
            return
        ok = all(fits(wanted, told.fields.get(name)) for name, wanted in expected.fields.items())
        if not ok and told.name in REPEATED:
            return
        late = expected.within_s is not None and told.time_s > self._anchor_s + expected.within_s
        text = told.text if not late else f"{told.text} (after {told.time_s - self._anchor_s:.1f} s)"
        self.checks.append(
            Check(expected=_words(expected), came=text, time_s=told.time_s, ok=ok and not late)
        )
        self._waiting.pop(0)
        self._anchor_s = told.time_s

    def _look_at_the_clock(self, now_s: float) -> None:
        expected = self._waiting[0]
        if expected.within_s is not None and now_s > self._anchor_s + expected.within_s:
            nothing = f"nothing within {expected.within_s:g} s"
            self.checks.append(Check(expected=_words(expected), came=nothing, time_s=None, ok=False))
            self._waiting.pop(0)


def fits(wanted: Any, came: Any) -> bool:
    """Whether a value is what a story wants: equal, the same set, or within { min, max }."""
    if isinstance(wanted, dict):
        low, high = wanted.get("min", came), wanted.get("max", came)
        return isinstance(came, int | float) and bool(low <= came <= high)
    if isinstance(wanted, list) and isinstance(came, list):
        return set(wanted) == set(came)
    return bool(wanted == came)


def _unwanted(told: Told) -> Check:
    return Check(expected=f"no {told.name}", came=f"{told.name}: {told.text}", time_s=told.time_s, ok=False)


def _words(expected: Expected) -> str:
    fields = ", ".join(f"{name} {_value_words(value)}" for name, value in expected.fields.items())
    limit = "" if expected.within_s is None else f" within {expected.within_s:g} s"
    return f"{expected.event}{limit}" + (f" with {fields}" if fields else "")


def _value_words(value: Any) -> str:
    if isinstance(value, dict):
        return " and ".join(
            f"{word} {value[key]}" for key, word in (("min", "≥"), ("max", "≤")) if key in value
        )
    return text_of(value)
