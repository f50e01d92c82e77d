"""What all pages have in common: one offline HTML file with its style, its figures and who took part."""

from __future__ import annotations

import json
import re
from datetime import datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from plotly.offline import get_plotlyjs

from hatchwatch.evidence.report.identity import identity_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hatchwatch.evidence.report.figures import Figure
    from hatchwatch.evidence.report.identity import Identified

__all__ = ["framed", "render"]

_RESOURCES = files("hatchwatch.evidence.report")


def render(template: str, **context: Any) -> str:
    """One page of the folder `page` as an HTML text that loads nothing from anywhere."""
    environment = Environment(
        loader=PackageLoader("hatchwatch.evidence.report", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["with_code"] = _with_code
    return environment.get_template(template).render(**context)


def framed(document: Identified, figures: Mapping[str, Figure], result_name: str) -> dict[str, Any]:
    """What `frame.html` needs; `result_name` is the file with the numbers."""
    return {
        "document": document,
        "result_name": result_name,
        "identity": identity_rows(document),
        "figures": sorted(figures),
        "figures_json": _script_safe(json.dumps(figures, separators=(",", ":"), allow_nan=False)),
        "started": f"{datetime.fromisoformat(document.session.started_utc):%Y-%m-%d %H:%M} UTC",
        "style": _resource("report.css"),
        "script": _resource("report.js"),
        "plotly": Markup(get_plotlyjs()),  # noqa: S704 (a library of ours)
    }


def _with_code(text: str) -> Markup:
    """Text with `commands` between backquotes, as HTML."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 (escaped just here)


def _script_safe(text: str) -> Markup:
    """JSON that may stand inside a script element: nothing in it can end the element."""
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704


def _resource(name: str) -> Markup:
    return Markup(_RESOURCES.joinpath("page", name).read_text("utf-8"))  # noqa: S704 (a file of ours)
