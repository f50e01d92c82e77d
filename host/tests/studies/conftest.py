"""Studies of strategies alone: each scenario takes milliseconds."""

from __future__ import annotations

import pytest

from hatchwatch.studies.files import parse_study
from hatchwatch.studies.runner import Run
from hatchwatch.studies.scenarios import Plan
from hatchwatch.studies.work import do

BISECT = """
name = "closures"
description = "How many closures a search takes"
kind = "bisect"
seed = 3
repeats = 3

[scenario]
station = ["tree", "chain"]
modules = [3, 6, 9]
volume_ml = { low = 300.0, high = 1200.0 }

[parameters]
strategy = 1
"""


@pytest.fixture(scope="session")
def study_text() -> str:
    return BISECT


@pytest.fixture(scope="session")
def plan() -> Plan:
    return Plan.of(parse_study(BISECT))


@pytest.fixture(scope="session")
def run(plan: Plan) -> Run:
    rows = [do(plan, number).row for number in range(len(plan))]
    return Run("0123456789abcdef", [row for row in rows if row is not None], found_done=0)
