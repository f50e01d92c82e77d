from __future__ import annotations

import pytest

from hatchwatch.evidence.report.tables import budget_bars, mbar_power, seal_rows
from hatchwatch.evidence.result import Budget, HatchEntry
from hatchwatch.numbers import Scale

MICRO = Scale(1e6, "µ")


def test_the_budget_is_sorted_and_its_squares_add_up() -> None:
    items = [("volume", 3e-6), ("noise", 4e-6), ("nothing", 0.0)]
    bars = budget_bars(
        [
            Budget(source=name, title=name, standard_pa_m3_s=u, mean_flow_standard_pa_m3_s=u)
            for name, u in items
        ],
        MICRO,
    )

    assert [bar.title for bar in bars] == ["all together", "noise", "volume", "nothing"]
    assert [bar.standard for bar in bars] == ["5.0", "4.0", "3.0", "0"]
    assert [bar.share_text for bar in bars] == ["", "64 %", "36 %", "0 %"]
    assert [bar.length for bar in bars] == pytest.approx([1.0, 0.8, 0.6, 0.0])


def test_no_budget_no_bars() -> None:
    assert budget_bars([], MICRO) == []


def test_a_flow_has_its_own_digits() -> None:
    entry = HatchEntry(
        name="door",
        between=("a", "b"),
        seal_leak_pa_m3_s=1.2e-5,
        seal_leak_low_pa_m3_s=0.8e-5,
        seal_leak_high_pa_m3_s=1.6e-5,
        mean_flow_pa_m3_s=-1.234e-6,
        mean_flow_standard_pa_m3_s=1.5e-7,
        informative=True,
    )
    (row,) = seal_rows([entry], MICRO)

    assert row.mean_flow == "\N{MINUS SIGN}1.23 ± 0.30"
    assert row.seal is not None
    assert (row.seal.value, row.seal.low, row.seal.high) == ("12.0", "8.0", "16.0")


def test_mbar_litres_share_a_power_of_ten() -> None:
    assert mbar_power(MICRO)[1] == "10⁻⁴"
