"""Real packets, read alike by three decoders; the table is printed by `host/benchmarks/decoders.py`."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from hatchwatch.link.dictionary import dictionary

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "decoders.py"


@pytest.fixture(scope="module")
def found():
    return runpy.run_path(str(SCRIPT))["investigate"]()


def test_three_decoders_read_the_same_values_in_every_kind_of_packet(found):
    assert {name: kind.differences for name, kind in found.kinds.items() if kind.differences} == {}
    assert set(dictionary().telemetry) <= set(found.kinds)


def test_commands_built_by_spacepackets_are_accepted_and_answered(found):
    assert found.unanswered == []
    assert found.refused == []
