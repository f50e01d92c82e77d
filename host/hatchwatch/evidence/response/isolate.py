"""One recorded isolation: `hatchwatch isolate` without its face."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.boards.names import pick_all
from hatchwatch.errors import UsageError
from hatchwatch.evidence.response.leading import lead
from hatchwatch.evidence.response.session import ResponseSession
from hatchwatch.methods.isolation import MODES, STRATEGIES, Isolation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hatchwatch.bench import Bench
    from hatchwatch.bench.operator import Operator
    from hatchwatch.evidence.response.session import ResponseRun, Surroundings
    from hatchwatch.methods.isolation import IsolationSettings, Watcher

__all__ = ["checked_leaks", "run_isolation"]


def checked_leaks(where: Surroundings, leaks_pa_m3_s: Mapping[str, float]) -> dict[str, float]:
    """Leaks to plant, with the names spelt as in the bench file; raises UsageError before anything opens."""
    if leaks_pa_m3_s and where.port is not None:
        raise UsageError(
            "Leaks can only be planted in an emulated bench.", cure="Leave --port or --leak out."
        )
    file = load_bench_file(find_bench_file(where.bench))
    names = pick_all("chamber", leaks_pa_m3_s, [module.name for module in file.chambers])
    return dict(zip(names, leaks_pa_m3_s.values(), strict=True))


def run_isolation(
    where: Surroundings,
    settings: IsolationSettings,
    watcher: Watcher,
    *,
    leaks_pa_m3_s: Mapping[str, float] | None = None,
    operator: Operator | None = None,
    on_open: Callable[[Bench], None] | None = None,
) -> ResponseRun:
    """Let the board respond, and leave a folder; errors are raised after the folder is written."""
    leaks = checked_leaks(where, leaks_pa_m3_s or {})
    session = ResponseSession(where)
    session.parameters = {
        "response_mode": MODES[settings.mode],
        "strategy": STRATEGIES[settings.strategy],
    }

    def made(bench: Bench) -> Isolation:
        if on_open is not None:
            on_open(bench)
        return Isolation(bench, settings, watcher)

    def plant(bench: Bench) -> None:
        for module, leak_pa_m3_s in leaks.items():
            session.plant_leak(bench, module, leak_pa_m3_s)

    return lead(session, made, operator=operator, on_ready=plant)
