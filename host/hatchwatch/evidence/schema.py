"""Publish the format of `result.json`: `RESULT.md` for people, `result.schema.json` for programs.

`python -m hatchwatch.evidence.schema` writes both beside this file; a test says when they are stale.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hatchwatch.evidence.result import ResultDocument

__all__ = ["DOCUMENTATION_PATH", "SCHEMA_PATH", "documentation", "json_schema"]

SCHEMA_PATH = Path(__file__).with_name("result.schema.json")
DOCUMENTATION_PATH = Path(__file__).with_name("RESULT.md")

_INTRODUCTION = """# result.json

What a run found, in the folder that `--out` names. This page and `result.schema.json` are made from the model
in `result.py` by `python -m hatchwatch.evidence.schema`; change that, not this.

* Every number that has a unit carries it in its name. Rates in `pa_m3_s` always mean mol/s times R times
  293.15 K.
* A rate is positive when gas leaves the module. `null` stands for what is not known.
* `low` and `high` are the ends of a two-sided 95 % interval; `standard` is a standard uncertainty (k = 1).
* Two runs of an emulated bench with the same seed give the same file apart from `session`.
* Fields may be added within a version of the format; a change of meaning gets a new `format`.
"""


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of result.json."""
    schema = ResultDocument.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "hatchwatch result", **schema}


def documentation() -> str:
    """The text of RESULT.md."""
    schema = json_schema()
    parts = {name: part for name, part in schema["$defs"].items() if "properties" in part}
    sections = [_INTRODUCTION, _section("The file", schema)]
    sections += [_section(name, part) for name, part in parts.items()]
    return "\n".join(sections)


def _section(title: str, part: dict[str, Any]) -> str:
    rows = [
        f"| `{name}` | {_type_text(field)} | {field.get('description', '')} |"
        for name, field in part["properties"].items()
    ]
    table = ["| field | type | meaning |", "|---|---|---|", *rows]
    return "\n".join([f"## {title}", "", part["description"], "", *table, ""])


def _type_text(field: dict[str, Any]) -> str:
    match field:
        case {"$ref": reference}:
            name = reference.rpartition("/")[2]
            text = "verdict" if name == "Verdict" else f"[{name}](#{name.lower()})"
        case {"anyOf": choices}:
            text = " or ".join(_type_text(choice) for choice in choices)
        case {"const": value}:
            text = f"`{value}`"
        case {"enum": values}:
            text = " or ".join(f"`{value}`" for value in values)
        case {"prefixItems": _}:
            text = "pair of text"
        case {"items": inner}:
            text = f"list of {_type_text(inner)}"
        case {"additionalProperties": dict() as inner}:
            text = f"{_type_text(inner)} by name"
        case {"type": "string"}:
            text = "text"
        case _:
            text = str(field["type"])
    return text


def _publish() -> None:
    SCHEMA_PATH.write_text(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n", "utf-8")
    DOCUMENTATION_PATH.write_text(documentation(), "utf-8")


if __name__ == "__main__":
    _publish()
