"""The table that a leak test ends with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hatchwatch.methods.results import Verdict

if TYPE_CHECKING:
    from hatchwatch.evidence.result import ModuleEntry, ResultDocument
    from hatchwatch.evidence.session import DecayRun

__all__ = ["print_run"]

STYLES = {
    Verdict.PASS: "bold green",
    Verdict.FAIL: "bold red",
    Verdict.INCONCLUSIVE: "bold yellow",
}


def print_run(run: DecayRun, *, chosen_limit: float | None = None) -> None:
    """Print what a run found, and where its files are; `chosen_limit` (Pa·m³/s) is one nobody asked for."""
    console = Console(highlight=False, soft_wrap=True)
    document = run.document
    console.print(_table(document))
    console.print(Text(document.summary, style="bold"))
    if chosen_limit is not None:
        console.print(f"limit: {chosen_limit:.2g} Pa·m³/s, the smallest that this duration can decide")
    for warning in document.warnings:
        console.print(f"note: {warning}")
    console.print(f"report: {run.folder.report_path}")


def _table(document: ResultDocument) -> Table:
    conditions = document.conditions
    at = "" if conditions is None else f" at {conditions.at_pa / 1000:+g} kPa"
    known_truth = any(module.truth_pa_m3_s is not None for module in document.modules)
    title = f"leak{at} in Pa·m³/s, 95 % interval"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("module")
    table.add_column("verdict", no_wrap=True)
    for heading in ("leak", "low", "high", "limit", *(["truth"] if known_truth else [])):
        table.add_column(heading, justify="right", no_wrap=True)
    for module in document.modules:
        table.add_row(*_row(module, known_truth=known_truth))
    return table


def _row(module: ModuleEntry, *, known_truth: bool) -> list[str | Text]:
    rates = [
        module.leak_pa_m3_s,
        module.leak_low_pa_m3_s,
        module.leak_high_pa_m3_s,
        module.limit_pa_m3_s,
    ]
    rates += [module.truth_pa_m3_s] if known_truth else []
    verdict = Text(module.verdict.value, style=STYLES.get(module.verdict, "bold magenta"))
    return [module.name, verdict, *map(_rate, rates)]


def _rate(rate_pa_m3_s: float | None) -> str:
    if rate_pa_m3_s is None:
        return "-"
    return f"{rate_pa_m3_s:.2e}" if rate_pa_m3_s else "0"
