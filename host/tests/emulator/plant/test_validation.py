"""The published and analytic cases, run as the benchmark runs them."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "plant_validation.py"


@pytest.fixture(scope="module")
def cases() -> dict[str, Any]:
    return {case.name: case for case in runpy.run_path(str(SCRIPT))["all_cases"]()}


def test_every_case_is_met_within_a_tenth_of_a_percent(cases):
    errors = {name: case.relative_error for name, case in cases.items()}
    assert {name: error for name, error in errors.items() if abs(error) >= 1e-3} == {}


def test_the_cases_cover_what_was_published(cases):
    text = " ".join(f"{case.name} {case.source}" for case in cases.values())
    for subject in ("isothermal", "adiabatic", "laminar", "orifice", "relax", "40 CFR 1065.644", "Fliegner"):
        assert subject in text
