"""The page of a study: one HTML file with its figures, its table and what it was, that loads nothing."""

from __future__ import annotations

import json
import platform
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from hatchwatch import __version__
from hatchwatch.studies.figures import measure_figures
from hatchwatch.studies.identity import code_digest
from hatchwatch.studies.kinds import measures_of
from hatchwatch.studies.wording import estimate_text, headline, value_text

if TYPE_CHECKING:
    from hatchwatch.studies.results import PointSummary
    from hatchwatch.studies.runner import Run
    from hatchwatch.studies.scenarios import Plan

__all__ = ["build_page"]

_REPORT = files("hatchwatch.evidence.report")  # a study looks like the report of a test
_MOST_TROUBLES = 20


def build_page(plan: Plan, run: Run, points: list[PointSummary], study_text: str) -> str:
    """The whole page; `study_text` is the study file as it was read."""
    environment = Environment(
        loader=PackageLoader("hatchwatch.studies", "sheet"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("study.html").render(**_context(plan, run, points, study_text))


def _context(plan: Plan, run: Run, points: list[PointSummary], study_text: str) -> dict[str, Any]:
    figures = measure_figures(plan, run.rows)
    measures = [
        measure
        for measure in measures_of(plan.study.kind)
        if any(point.measures[measure.name] is not None for point in points)
    ]
    return {
        "study": plan.study,
        "run": run,
        "wanted": len(plan),
        "axes": list(plan.points[0]),
        "headline": headline(len(run.rows), len(plan), len(points), len(run.troubles)),
        "measures": measures,
        "points": [
            {
                "at": [value_text(value) for value in point.at.values()],
                "scenarios": point.scenarios,
                "texts": [estimate_text(point.measures[measure.name]) for measure in measures],
            }
            for point in points
        ],
        "troubles": dict(list(run.troubles.items())[:_MOST_TROUBLES]),
        "identity": (
            ("digest of the study", run.digest),
            ("flight logic and simulation", code_digest()),
            ("tool", f"hatchwatch {__version__}, Python {platform.python_version()}"),
            ("processor time", f"{sum(row['wall_s'] for row in run.rows):.0f} s"),
        ),
        "study_text": study_text,
        "figures": list(figures),
        "figures_json": _script_safe(json.dumps(figures, separators=(",", ":"), allow_nan=False)),
        "style": _resource("report.css"),
        "script": _resource("report.js"),
        "plotly": Markup(get_plotlyjs()),  # noqa: S704 (a library of ours)
    }


def _script_safe(text: str) -> Markup:
    """JSON that may stand inside a script element: nothing in it can end the element."""
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704


def _resource(name: str) -> Markup:
    return Markup(_REPORT.joinpath("page", name).read_text("utf-8"))  # noqa: S704 (a file of ours)
