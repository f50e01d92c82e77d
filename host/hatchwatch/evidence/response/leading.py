"""A response that is led from here, recorded: it leaves its folder however it ends."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from hatchwatch.bench.response import ResponseLog
from hatchwatch.errors import Aborted, HatchwatchError, internal_error
from hatchwatch.evidence.response.truth import FoundTruth, rest_loss_pa_m3_s

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
    truth_pa_m3_s: dict[float, float] = {}

    def so_far() -> dict[str, Any]:
        return {"warnings": warnings, "found_truth_pa_m3_s": truth_pa_m3_s, **more}

    try:
        with session.open(operator) as bench:
            response, truth = made(bench), FoundTruth(bench)
            log, warnings, truth_pa_m3_s = response.log, response.warnings, truth.loss_pa_m3_s
            outcome = response.run(None if on_ready is None else partial(on_ready, bench), truth.look)
            rest_truth_pa_m3_s = _rest_truth(bench, log)
    except HatchwatchError as error:
        session.fail(error, log, **so_far())
        raise
    except KeyboardInterrupt:
        stopped = Aborted("Stopped by Ctrl-C before the response had begun.")
        session.fail(stopped, log, **so_far())
        raise stopped from None
    except Exception as error:  # whatever it is, a run leaves its document
        unforeseen = internal_error(error)
        session.fail(unforeseen, log, **so_far())
        raise unforeseen from error
    return session.finish(outcome, log, rest_truth_pa_m3_s=rest_truth_pa_m3_s, **so_far())


def _rest_truth(bench: Bench, log: ResponseLog) -> float | None:
    rest = log.last("rest_measured")
    if rest is None or bench.emulated is None:
        return None
    return rest_loss_pa_m3_s(bench, rest.fields["modules"])
