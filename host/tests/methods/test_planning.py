"""Plans against the published table of detectable leaks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hatchwatch.errors import UsageError
from hatchwatch.methods.planning import (
    plan_decay,
    shortest_duration_s,
    slope_standard_pa_s,
    smallest_limit_pa_m3_s,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from hatchwatch.boards.model import BenchFile


@pytest.fixture
def litre(make_bench: Callable[..., BenchFile]) -> BenchFile:
    return make_bench({"jar": 1000.0})


# Smallest detectable leak, 3.29 u, of 1 L: noise only, and with flicker of 0.3 Pa. The published column knows
# neither the noise of the chip's temperature nor what is lost by reading at 10 Hz: together a fifth.
@pytest.mark.parametrize(
    ("duration_s", "noise_only", "with_flicker"),
    [(30, 1.8e-5, 8.2e-5), (60, 6.2e-6, 4.1e-5), (300, 5.6e-7, 8.0e-6)],
)
def test_detectable_leaks(duration_s: float, noise_only: float, with_flicker: float) -> None:
    litre_m3 = 1e-3
    assert 1.1 < 3.29 * slope_standard_pa_s(duration_s, 0.0) * litre_m3 / noise_only < 1.3
    assert 3.29 * slope_standard_pa_s(duration_s, 0.3) * litre_m3 == pytest.approx(with_flicker, rel=0.06)


@settings(max_examples=12)
@given(st.floats(10.0, 2000.0), st.floats(1.05, 3.0), st.floats(0.0, 1.0))
def test_longer_is_better_and_flicker_is_worse(duration_s: float, factor: float, flicker_pa: float) -> None:
    here = slope_standard_pa_s(duration_s, flicker_pa)
    assert slope_standard_pa_s(factor * duration_s, flicker_pa) < here
    assert slope_standard_pa_s(duration_s, flicker_pa + 0.1) > here


def test_the_smallest_limit_is_four_guard_bands(litre: BenchFile) -> None:
    plan = plan_decay(litre, None, 60.0)
    smallest = smallest_limit_pa_m3_s(litre, 60.0)
    assert smallest <= plan.limit_pa_m3_s < 1.1 * smallest
    assert plan.limit_pa_m3_s == float(f"{plan.limit_pa_m3_s:.1e}")
    assert 4.0 * 1.645 * plan.standard_pa_m3_s["jar"] == pytest.approx(plan.limit_pa_m3_s, rel=0.1)


def test_the_largest_module_decides(make_bench: Callable[..., BenchFile]) -> None:
    both = make_bench({"small": 250.0, "large": 1000.0})
    assert smallest_limit_pa_m3_s(both, 60.0) > 3.0 * smallest_limit_pa_m3_s(both, 60.0, tested=["small"])


def test_a_limit_too_small_is_refused_with_what_would_do(litre: BenchFile) -> None:
    with pytest.raises(UsageError) as caught:
        plan_decay(litre, 5e-5, 60.0)
    assert "smallest decidable limit" in caught.value.seen
    assert "--limit" in (caught.value.cure or "")
    assert "--duration" in (caught.value.cure or "")


def test_the_duration_that_would_do_does(litre: BenchFile) -> None:
    needed_s = shortest_duration_s(litre, 5e-5)
    assert needed_s is not None
    assert plan_decay(litre, 5e-5, math.ceil(needed_s)).limit_pa_m3_s == 5e-5
    with pytest.raises(UsageError):
        plan_decay(litre, 5e-5, 0.95 * needed_s)


def test_no_duration_beats_the_drift(litre: BenchFile) -> None:
    assert shortest_duration_s(litre, 1e-6) is None
    with pytest.raises(UsageError) as caught:
        plan_decay(litre, 1e-6, 60.0)
    assert "--duration" not in (caught.value.cure or "")


def test_a_volume_nobody_knows_decides_nothing(make_bench: Callable[..., BenchFile]) -> None:
    bench = make_bench({"jar": 1000.0})
    vague = bench.modules[0].model_copy(update={"volume_uncertainty_ml": 300.0})
    assert smallest_limit_pa_m3_s(bench.model_copy(update={"modules": (vague,)}), 60.0) == math.inf


@pytest.mark.parametrize(
    ("limit", "duration_s", "tested"),
    [
        (1e-3, 5.0, None),
        (1e-3, 1e9, None),
        (-1.0, 60.0, None),
        (math.nan, 60.0, None),
        (1e-3, 60.0, ["attic"]),
        (1e-3, 60.0, []),
    ],
)
def test_nonsense_is_refused(
    litre: BenchFile, limit: float, duration_s: float, tested: list[str] | None
) -> None:
    with pytest.raises(UsageError):
        plan_decay(litre, limit, duration_s, tested=tested)


@pytest.mark.parametrize("at_pa", [0.0, 99.0, -8_000.0, 20_001.0, math.nan, math.inf])
def test_a_pressure_that_drives_no_leak_is_refused(litre: BenchFile, at_pa: float) -> None:
    with pytest.raises(UsageError, match="--at"):
        plan_decay(litre, 1e-3, 60.0, at_pa)


@pytest.mark.parametrize("at_pa", [5_000.0, 20_000.0])
def test_leaks_may_be_stated_at_another_pressure_than_the_fill(litre: BenchFile, at_pa: float) -> None:
    assert plan_decay(litre, None, 60.0, at_pa).at_pa == at_pa


@pytest.mark.parametrize("limit", [None, 1e-3])
def test_a_pressure_too_far_from_the_fill_decides_nothing(litre: BenchFile, limit: float | None) -> None:
    with pytest.raises(UsageError, match="can decide no limit at 100 Pa") as caught:
        plan_decay(litre, limit, 60.0, 100.0)
    assert "inf" not in caught.value.seen
    assert "--at" in (caught.value.cure or "")
