"""Names that a person typed: found whatever the case of their letters, or told with the right ones."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from hatchwatch.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["hint", "pick", "pick_all"]

_FEW = 12  # names that a line of a message has room for
_NEAREST = 3


def hint(name: str, allowed: Iterable[str]) -> str:
    """What may have been meant by a name that does not exist: one alike, all of few, or the nearest."""
    known = list(allowed)
    if alike := difflib.get_close_matches(name, known, n=1):
        return f"did you mean {alike[0]}?"
    if len(known) > _FEW:
        near = difflib.get_close_matches(name, known, n=_NEAREST, cutoff=0.0)
        return f"the nearest of {len(known)} are {', '.join(near)}"
    return f"choose from {', '.join(known)}" if known else "there is none"


def pick(kind: str, name: str, allowed: Iterable[str]) -> str:
    """The one of the `allowed` names that is meant, as it is spelt there; raises UsageError if none is.

    `kind` is what messages call such a thing.
    """
    return pick_all(kind, (name,), allowed)[0]


def pick_all(kind: str, names: Iterable[str], allowed: Iterable[str]) -> tuple[str, ...]:
    """The same for several names; the UsageError tells all that are wrong, and the names alike."""
    by_folded = {name.casefold(): name for name in allowed}
    typed = tuple(names)
    wrong = [name for name in typed if name.casefold() not in by_folded]
    if wrong:
        raise UsageError(
            f"There is no {kind} called {', '.join(wrong)} on this bench.", cure=_cure(wrong, by_folded)
        )
    return tuple(by_folded[name.casefold()] for name in typed)


def _cure(wrong: Iterable[str], by_folded: dict[str, str]) -> str:
    if not by_folded:
        return "The bench file has none; `hatchwatch boards show` tells what it has."
    alike: list[str] = []
    for name in wrong:
        alike += [by_folded[match] for match in difflib.get_close_matches(name.casefold(), by_folded, n=1)]
    question = f"Did you mean {', '.join(dict.fromkeys(alike))}? " if alike else ""
    return f"{question}Choose from {', '.join(by_folded.values())}."
