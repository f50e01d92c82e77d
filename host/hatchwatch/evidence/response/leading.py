"""A response that is led from here, recorded: it leaves its folder however it ends."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from hatchwatch.bench.response import ResponseLog
from hatchwatch.errors import Aborted, HatchwatchError, internal_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from hatchwatch.bench import Bench
    from hatchwatch.bench.operator import Operator
    from hatchwatch.evidence.response.session import ResponseRun, ResponseSession
    from hatchwatch.methods.response import Response

__all__ = ["lead"]


def lead(
    session: ResponseSession,
    made: Callable[[Bench], Response],
    *,
    operator: Operator | None = None,
    on_ready: Callable[[Bench], None] | None = None,
    **more: Any,
) -> ResponseRun:
    """Open the bench, run the response that is `made` for it, and leave a folder.

    `on_ready` is called when the board is about to begin; `more` are further fields of the document. Errors
    are raised after the folder is written.
    """
    log = ResponseLog(session.file.part_names)
    warnings: list[str] = []
    try:
        with session.open(operator) as bench:
            response = made(bench)
            log, warnings = response.log, response.warnings
            outcome = response.run(None if on_ready is None else partial(on_ready, bench))
    except HatchwatchError as error:
        session.fail(error, log, warnings=warnings, **more)
        raise
    except KeyboardInterrupt:
        stopped = Aborted("Stopped by Ctrl-C before the response had begun.")
        session.fail(stopped, log, warnings=warnings, **more)
        raise stopped from None
    except Exception as error:  # whatever it is, a run leaves its document
        unforeseen = internal_error(error)
        session.fail(unforeseen, log, warnings=warnings, **more)
        raise unforeseen from error
    return session.finish(outcome, log, warnings=warnings, **more)
