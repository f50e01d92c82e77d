"""What a study's results depend on, as one digest: only scenarios with the same one belong together."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from hatchwatch.payload import firmware_root

if TYPE_CHECKING:
    from hatchwatch.studies.scenarios import Plan

__all__ = ["code_digest", "study_digest"]

_FLIGHT = (
    "fsw/station/*.py",
    "fsw/services/leak_re*.py",
    "fsw/link/numbers.py",
    "fsw/link/tables/parameters.py",
)
_REPORTING = {
    "cluster",
    "figures",
    "files",
    "identity",
    "journal",
    "page",
    "results",
    "runner",
    "summary",
    "work",
}
_DIGITS = 16


@cache
def code_digest() -> str:
    """Of the flight logic and of the simulation that drives it, as this computer has them."""
    root, here = firmware_root(), Path(__file__).parent
    flight = [path for pattern in _FLIGHT for path in sorted(root.glob(pattern))]
    own = [path for path in sorted(here.glob("*.py")) if path.stem not in _REPORTING]
    digest = hashlib.sha256()
    for path in flight + own:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:_DIGITS]


def study_digest(plan: Plan) -> str:
    """Of everything that decides what a scenario's number means and what comes out of it.

    The number of repeats, name and description are no part of it: more repeats go on with the same study.
    """
    digest = hashlib.sha256(code_digest().encode())
    digest.update(plan.study.canonical().encode())
    for name, bench in sorted(plan.benches.items()):
        digest.update(name.encode() + bench.model_dump_json().encode())
    return digest.hexdigest()[:_DIGITS]
