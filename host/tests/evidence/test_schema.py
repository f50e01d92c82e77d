from __future__ import annotations

import json

from jsonschema import Draft202012Validator

from hatchwatch.evidence.schema import DOCUMENTATION_PATH, SCHEMA_PATH, documentation, json_schema

CURE = "run `python -m hatchwatch.evidence.schema` and commit what it writes"


def test_the_published_schema_is_that_of_the_model() -> None:
    assert json.loads(SCHEMA_PATH.read_text("utf-8")) == json_schema(), CURE


def test_the_documentation_is_that_of_the_model() -> None:
    assert DOCUMENTATION_PATH.read_text("utf-8") == documentation(), CURE


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_schema())


def test_every_field_is_described_and_every_number_with_a_unit_names_it() -> None:
    schema = json_schema()
    for part in (schema, *schema["$defs"].values()):
        for name, field in part.get("properties", {}).items():
            assert field.get("description") or "$ref" in field, name
            if field.get("type") == "number":
                assert name.endswith(("_pa", "_s", "_pa_s", "_pa_m3_s", "_m3")), name
