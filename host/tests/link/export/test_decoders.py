"""Real packets, read alike by three decoders; the table is printed by `host/benchmarks/decoders.py`."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "decoders.py"


@pytest.fixture(scope="module")
def found():
    return runpy.run_path(str(SCRIPT))["investigate"]()


def test_three_decoders_read_the_same_values(found):
    assert found.kinds
    assert {name: kind.differences for name, kind in found.kinds.items() if kind.differences} == {}


def test_commands_built_by_spacepackets_are_accepted_and_answered(found):
    assert found.unanswered == []
    assert found.accepted >= 15
    for name in ("pong", "identity", "echo", "parameter_values", "logged_event", "refused", "failed"):
        assert found.kinds[name].packets
