from __future__ import annotations

import numpy as np
import pytest

from hatchwatch.studies.measures import Measure


def rows(column: str, values: list[object]) -> list[dict[str, object]]:
    return [{column: value} for value in values]


def test_a_share_has_the_interval_of_clopper_and_pearson() -> None:
    """Published: 0 of 10 is at most 30.85 %; 4 of 20 lies in 5.73 .. 43.66 %."""
    measure = Measure("right", "share", "right", "")
    none = measure.of(rows("right", [False] * 10))
    assert none is not None
    assert (none.value, none.low) == (0.0, 0.0)
    assert none.high == pytest.approx(0.3085, abs=1e-4)
    some = measure.of(rows("right", [True] * 4 + [False] * 16))
    assert some is not None
    assert (some.low, some.high) == (pytest.approx(0.0573, abs=1e-4), pytest.approx(0.4366, abs=1e-4))


def test_a_rate_has_the_interval_of_garwood() -> None:
    """Published: 10 events are 4.795 .. 18.39 expected ones, none are at most 3.689."""
    measure = Measure("false alarms", "rate", "alarms", "", per="watched_s", factor=3600.0)
    counted = measure.of([{"alarms": 6, "watched_s": 1800.0}, {"alarms": 4, "watched_s": 1800.0}])
    assert counted is not None
    assert counted.value == pytest.approx(10.0)
    assert (counted.low, counted.high) == (pytest.approx(4.795, abs=1e-3), pytest.approx(18.39, abs=1e-2))
    none = measure.of([{"alarms": 0, "watched_s": 3600.0}])
    assert none is not None
    assert (none.value, none.low) == (0.0, 0.0)
    assert none.high == pytest.approx(3.689, abs=1e-3)


def test_a_spread_is_median_and_outer_quantiles() -> None:
    estimate = Measure("delay", "spread", "s", "", factor=1e3).of(rows("s", [v / 100 for v in range(101)]))
    assert estimate is not None
    assert (estimate.low, estimate.value, estimate.high) == pytest.approx((50.0, 500.0, 950.0))


def test_the_interval_of_a_mean_holds_it_nineteen_times_of_twenty() -> None:
    rng = np.random.default_rng(3)
    measure = Measure("closures", "mean", "n", "")
    held = 0
    for _ in range(400):
        estimate = measure.of(rows("n", list(rng.normal(5.0, 2.0, 60))))
        assert estimate is not None
        held += estimate.low <= 5.0 <= estimate.high
    assert 0.91 <= held / 400 <= 0.98


def test_rows_without_a_value_have_no_say() -> None:
    measure = Measure("delay", "spread", "s", "")
    assert measure.of(rows("s", [None, None])) is None
    estimate = measure.of(rows("s", [None, 4.0]))
    assert estimate is not None
    assert (estimate.value, estimate.count) == (4.0, 1)
