"""The decision rule: u counts against whoever must prove."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatchwatch.methods.results import Verdict, overall_verdict
from hatchwatch.methods.verdict import judge

LIMIT = 1e-4

# leak, standard uncertainty, verdict; the guard band of u = 1e-5 is 1.645e-5 wide on each side of the limit
TABLE = [
    (0.0, 1e-5, Verdict.PASS),
    (8.35e-5, 1e-5, Verdict.PASS),
    (8.36e-5, 1e-5, Verdict.INCONCLUSIVE),
    (1e-4, 1e-5, Verdict.INCONCLUSIVE),
    (1.164e-4, 1e-5, Verdict.INCONCLUSIVE),
    (1.165e-4, 1e-5, Verdict.FAIL),
    (1.0, 1e-5, Verdict.FAIL),
    (-2e-5, 1e-5, Verdict.PASS),
    (-5.4e-5, 1e-5, Verdict.PASS),
    (-5.6e-5, 1e-5, Verdict.INCONCLUSIVE),  # three u and a quarter of the limit the wrong way
    (-1e-5, 1e-7, Verdict.PASS),  # certainly the wrong way, but by a tenth of the limit
    (0.0, 7e-5, Verdict.INCONCLUSIVE),  # nothing known
]


@pytest.mark.parametrize(("leak", "standard", "verdict"), TABLE)
def test_guard_band(leak: float, standard: float, verdict: Verdict) -> None:
    assert judge(leak, standard, LIMIT)[0] is verdict


@given(
    leak=st.floats(-1.0, 1.0),
    standard=st.floats(1e-9, 1.0),
    limit=st.floats(1e-9, 1.0),
    more=st.floats(1.0, 100.0),
)
def test_a_worse_measurement_never_turns_pass_into_fail(
    leak: float, standard: float, limit: float, more: float
) -> None:
    verdicts = {judge(leak, standard, limit)[0], judge(leak, more * standard, limit)[0]}
    assert verdicts != {Verdict.PASS, Verdict.FAIL}


@given(standard=st.floats(1e-9, 1.0), limit=st.floats(1e-9, 1.0), excess=st.floats(0.0, 1.0))
def test_what_leaks_over_the_limit_never_passes(standard: float, limit: float, excess: float) -> None:
    assert judge(limit + excess, standard, limit)[0] is not Verdict.PASS


@pytest.mark.parametrize(
    ("leak", "standard", "limit"),
    [(math.nan, 1e-5, 1e-4), (0.0, 0.0, 1e-4), (0.0, math.nan, 1e-4), (0, 1, 0)],
)
def test_nonsense_gets_no_verdict(leak: float, standard: float, limit: float) -> None:
    with pytest.raises(ValueError, match="no verdict"):
        judge(leak, standard, limit)


@pytest.mark.parametrize(
    ("verdicts", "overall", "exit_code"),
    [
        ([Verdict.PASS, Verdict.PASS], Verdict.PASS, 0),
        ([Verdict.PASS, Verdict.INCONCLUSIVE], Verdict.INCONCLUSIVE, 2),
        ([Verdict.INCONCLUSIVE, Verdict.FAIL, Verdict.PASS], Verdict.FAIL, 1),
        ([Verdict.FAIL, Verdict.BLOCKED], Verdict.BLOCKED, 3),
        ([Verdict.PASS, Verdict.ERROR, Verdict.BLOCKED], Verdict.ERROR, 3),
        ([Verdict.ABORTED], Verdict.ABORTED, 130),
        ([], Verdict.BLOCKED, 3),
    ],
)
def test_the_worst_verdict_rules_the_run(verdicts: list[Verdict], overall: Verdict, exit_code: int) -> None:
    assert overall_verdict(verdicts) is overall
    assert overall.exit_code == exit_code
