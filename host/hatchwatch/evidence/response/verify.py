"""One recorded verification of a repair: `hatchwatch verify` without its face."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.boards.names import pick
from hatchwatch.evidence.response.leading import lead
from hatchwatch.evidence.response.session import ResponseSession
from hatchwatch.methods.verification import PARAMETERS, Verification

if TYPE_CHECKING:
    from hatchwatch.evidence.response.session import ResponseRun, Surroundings
    from hatchwatch.methods.response import Watcher

__all__ = ["checked_module", "run_verification"]


def checked_module(bench: str, module: str) -> str:
    """The module as the bench file spells it; raises UsageError before anything opens."""
    file = load_bench_file(find_bench_file(bench))
    return pick("chamber", module, [chamber.name for chamber in file.chambers])


def run_verification(where: Surroundings, module: str, watcher: Watcher) -> ResponseRun:
    """Have the board compare, and leave a folder; errors are raised after the folder is written."""
    module = checked_module(where.bench, module)
    session = ResponseSession(where)
    session.parameters = dict(PARAMETERS)
    return lead(session, lambda bench: Verification(bench, module, watcher), verified=module)
