"""The results of a study as files: one Parquet table of all scenarios, one JSON summary."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from hatchwatch.errors import OutputError
from hatchwatch.studies.kinds import measures_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hatchwatch.studies.measures import Estimate
    from hatchwatch.studies.runner import Run
    from hatchwatch.studies.scenarios import Plan

__all__ = [
    "PAGE",
    "SUMMARY",
    "TABLE",
    "PointSummary",
    "summarise",
    "write_summary",
    "write_table",
    "write_whole",
]

TABLE, SUMMARY, PAGE = "scenarios.parquet", "summary.json", "report.html"


@dataclass(frozen=True)
class PointSummary:
    """All scenarios at one point of the grid."""

    at: dict[str, Any]  # the values of the grid's axes
    scenarios: int
    measures: dict[str, Estimate | None]


def summarise(plan: Plan, run: Run) -> list[PointSummary]:
    """The measures of the study's kind at every point of its grid."""
    rows_at = [[row for row in run.rows if row["point"] == place] for place in range(len(plan.points))]
    return [
        PointSummary(
            at, len(rows), {measure.name: measure.of(rows) for measure in measures_of(plan.study.kind)}
        )
        for at, rows in zip(plan.points, rows_at, strict=True)
    ]


def write_table(path: Path, plan: Plan, run: Run) -> None:
    """One row per scenario; the file's metadata hold digest and study. Raises OutputError."""
    table = pa.Table.from_pylist(run.rows)
    metadata = {"hatchwatch.digest": run.digest, "hatchwatch.study": plan.study.model_dump_json()}
    table = table.replace_schema_metadata(metadata)
    write_whole(path, lambda part: pq.write_table(table, part))


def write_summary(path: Path, plan: Plan, run: Run, points: list[PointSummary]) -> None:
    """The measures for programs. Raises OutputError."""
    data = summary_data(plan, run, points)
    write_whole(path, lambda part: part.write_text(json.dumps(data, indent=1) + "\n", "utf-8"))


def summary_data(plan: Plan, run: Run, points: list[PointSummary]) -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "study": plan.study.name,
        "kind": plan.study.kind,
        "digest": run.digest,
        "scenarios": len(run.rows),
        "wanted": len(plan),
        "troubles": {str(number): text for number, text in run.troubles.items()},
        "measures": {
            measure.name: {"form": measure.form, "unit": measure.unit, "meaning": measure.meaning}
            for measure in measures_of(plan.study.kind)
        },
        "points": [asdict(point) for point in points],
    }


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file so that it is whole or not there; raises OutputError."""
    part = path.with_name(path.name + ".part")
    try:
        try:
            write(part)
            with part.open("rb") as stream:
                os.fsync(stream.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"{path} can't be written: {error.strerror or error}.",
            cure="Make room there; the same command writes it again without doing a scenario twice.",
        ) from error
