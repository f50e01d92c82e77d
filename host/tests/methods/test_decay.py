"""The whole analysis on published and analytic decays."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hatchwatch.methods.decay import DecayRecord, analyse_decay
from hatchwatch.methods.results import DecayResult, ModuleResult, Verdict
from hatchwatch.methods.signals import delayed

if TYPE_CHECKING:
    from collections.abc import Callable

    from hatchwatch.boards.model import BenchFile
    from hatchwatch.methods.protocols import ReadingsBlock

AMBIENT_PA = 101_325.0
ROOM_K = 293.15
RT = 8.314462618 * ROOM_K
START_S, END_S = 20.0, 80.0
TIME_S = np.arange(0.0, END_S, 0.1)


def analyse(
    bench: BenchFile,
    block: ReadingsBlock,
    limit: float = 1e-4,
    ambient_pa: float = AMBIENT_PA,
    **more: object,
) -> DecayResult:
    record = DecayRecord(block, START_S, END_S, ambient_pa, 1.0, offset_standard_pa=1.0, **more)  # type: ignore[arg-type]
    return analyse_decay(bench, record, limit)


def only(result: DecayResult) -> ModuleResult:
    (module,) = result.modules
    return module


def capillary_pa(time_s: np.ndarray, start_pa: float, tau_s: float) -> np.ndarray:
    """Laminar blow-down: P = Pa (1 + C e) / (1 - C e), e = exp(-t/tau), C = (P0 - Pa)/(P0 + Pa)."""
    left = (start_pa - AMBIENT_PA) / (start_pa + AMBIENT_PA) * np.exp(-time_s / tau_s)
    return AMBIENT_PA * (1.0 + left) / (1.0 - left)


def test_vacuum_leak_check_of_40_cfr_1065_644(
    make_bench: Callable[..., BenchFile], make_block: Callable[..., ReadingsBlock]
) -> None:
    # 2.0000 L rise from 25.300 to 50.600 kPa within 70 s at 293.15 K: 2.9657e-4 mol/s enter. The regulation
    # takes the flow for steady, so the room is put far above.
    pressure_pa = 25_300.0 + (50_600.0 - 25_300.0) * (TIME_S - 10.0) / 70.0
    block = make_block(TIME_S, [pressure_pa], noise_pa=0.01)
    module = only(analyse(make_bench({"tank": 2000.0}), block, ambient_pa=1e7))
    assert module.mean_flow_pa_m3_s / RT == pytest.approx(-2.9657e-4, rel=2e-4)
    assert module.mean_flow_low_pa_m3_s < module.mean_flow_high_pa_m3_s < 0.0


def test_below_ambient_gas_enters_and_the_leak_is_negative(
    make_bench: Callable[..., BenchFile], make_block: Callable[..., ReadingsBlock]
) -> None:
    tau_s = 3_000.0
    result = analyse(
        make_bench({"jar": 1000.0}), make_block(TIME_S, [capillary_pa(TIME_S, AMBIENT_PA - 6e3, tau_s)])
    )
    module = only(result)
    rate = 1e-3 / (2.0 * AMBIENT_PA * tau_s) * ((AMBIENT_PA - 8e3) ** 2 - AMBIENT_PA**2)
    assert result.at_pa == -8_000.0
    assert module.leak_pa_m3_s == pytest.approx(rate, rel=2e-3)
    assert module.verdict is Verdict.FAIL


def test_capillary_with_the_published_decay(
    make_bench: Callable[..., BenchFile], make_block: Callable[..., ReadingsBlock]
) -> None:
    # 0.1 mm x 25 mm, 1 L, mu 1.82e-5, +8 kPa: tau 1829.60 s; 109057.05 Pa after 60 s, 108074.84 after 300 s.
    decay_pa = capillary_pa(TIME_S, AMBIENT_PA + 8e3, 1829.60)
    assert np.interp(60.0, TIME_S, decay_pa) == pytest.approx(109_057.05, abs=0.05)
    rate = math.pi * 1e-16 * ((AMBIENT_PA + 8e3) ** 2 - AMBIENT_PA**2) / (256.0 * 1.82e-5 * 25e-3)
    result = analyse(make_bench({"jar": 1000.0}), make_block(TIME_S, [decay_pa]))
    module = only(result)
    assert module.leak_pa_m3_s == pytest.approx(rate, rel=1e-3)
    assert module.mean_flow_pa_m3_s < 0.99 * module.leak_pa_m3_s  # the overpressure has fallen
    assert module.warnings == ()
    assert module.fit is not None
    assert np.abs(module.fit.residual_pa).max() < 0.2


@settings(  # the fixtures are plain functions without state
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    tau_s=st.floats(300.0, 1e7),
    volume_ml=st.floats(50.0, 5000.0),
    start_gauge_pa=st.floats(2e3, 8e3),
)
def test_any_capillary_on_any_volume(
    make_bench: Callable[..., BenchFile],
    make_block: Callable[..., ReadingsBlock],
    tau_s: float,
    volume_ml: float,
    start_gauge_pa: float,
) -> None:
    # tau = V / (2 g Pa) for a conductance g (Pa·m³/s per Pa²).
    rate = volume_ml * 1e-6 / (2.0 * AMBIENT_PA * tau_s) * ((AMBIENT_PA + 8e3) ** 2 - AMBIENT_PA**2)
    block = make_block(TIME_S, [capillary_pa(TIME_S, AMBIENT_PA + start_gauge_pa, tau_s)], noise_pa=0.01)
    module = only(analyse(make_bench({"jar": volume_ml}), block))
    assert module.leak_pa_m3_s == pytest.approx(rate, rel=2e-3, abs=volume_ml * 1e-6 * 2e-3)


def test_two_chambers_that_relax_towards_each_other(
    make_bench: Callable[..., BenchFile], make_block: Callable[..., ReadingsBlock]
) -> None:
    # Q = C (P1 - P2), tau = V1 V2 / ((V1 + V2) C); no leak to the room.
    first_m3, second_m3, conductance = 1.0e-3, 0.5e-3, 2e-8
    tau_s = first_m3 * second_m3 / ((first_m3 + second_m3) * conductance)
    apart_pa = 4_000.0 * np.exp(-TIME_S / tau_s)
    mean_pa = 107_000.0
    first_pa = mean_pa + apart_pa * second_m3 / (first_m3 + second_m3)
    second_pa = mean_pa - apart_pa * first_m3 / (first_m3 + second_m3)
    bench = make_bench({"a": 1000.0, "b": 500.0}, [("a", "b")])
    result = analyse(bench, make_block(TIME_S, [first_pa, second_pa]))
    (hatch,) = result.hatches
    through = conductance * apart_pa[(TIME_S >= START_S)].mean()
    assert hatch.informative
    assert hatch.mean_flow_pa_m3_s == pytest.approx(through, rel=0.1)
    assert [module.verdict for module in result.modules] == [Verdict.PASS, Verdict.PASS]
    assert all(abs(module.leak_pa_m3_s) < 0.1 * through for module in result.modules)


def test_equal_pressures_say_nothing_of_the_seal(
    make_bench: Callable[..., BenchFile], make_block: Callable[..., ReadingsBlock]
) -> None:
    flat = np.full(len(TIME_S), 109_000.0)
    result = analyse(make_bench({"a": 1000.0, "b": 500.0}, [("a", "b")]), make_block(TIME_S, [flat, flat]))
    assert not result.hatches[0].informative
    assert all(module.verdict is Verdict.PASS for module in result.modules)


def test_a_cooling_room_is_no_leak(
    make_bench: Callable[..., BenchFile], make_block: Callable[..., ReadingsBlock]
) -> None:
    # 5 K/h for the whole bench, and the gas still relaxes by 0.2 K with 8 s: the chip follows 2 s late.
    gas_k = ROOM_K - 5.0 / 3600.0 * TIME_S + 0.2 * np.exp(-TIME_S / 8.0)
    chip_k = delayed(TIME_S, gas_k, 2.0)
    pressure_pa = 109_000.0 * gas_k / ROOM_K
    block = make_block(TIME_S, [pressure_pa], [chip_k])
    module = only(analyse(make_bench({"jar": 1000.0}), block))
    naive = -np.polyfit(TIME_S[200:], pressure_pa[200:], 1)[0] * 1e-3
    assert naive > 2e-4
    assert abs(module.leak_pa_m3_s) < 2e-6
    assert module.verdict is Verdict.PASS


def test_a_wrong_lag_is_in_the_budget(
    make_bench: Callable[..., BenchFile], make_block: Callable[..., ReadingsBlock]
) -> None:
    # The gas relaxes while the window runs, and this chip is half a second slower than the bench file says.
    gas_k = ROOM_K + 2.0 * np.exp(-TIME_S / 15.0)
    block = make_block(TIME_S, [109_000.0 * gas_k / ROOM_K], [delayed(TIME_S, gas_k, 2.5)])
    module = only(analyse(make_bench({"jar": 1000.0}), block))
    budget = {item.source: item.standard_pa_m3_s for item in module.budget}
    assert budget["lag"] == max(budget.values())
    assert abs(module.leak_pa_m3_s) == pytest.approx(budget["lag"], rel=0.3)


def test_the_budget_adds_up(
    make_bench: Callable[..., BenchFile], make_block: Callable[..., ReadingsBlock]
) -> None:
    bench = make_bench({"a": 1000.0, "b": 500.0}, [("a", "b")])
    block = make_block(TIME_S, [109_000.0 - TIME_S, 109_000.0 - 0.1 * TIME_S], noise_pa=0.8)
    for module in analyse(bench, block).modules:
        assert math.hypot(*(i.standard_pa_m3_s for i in module.budget)) == pytest.approx(
            module.leak_standard_pa_m3_s
        )
        assert module.leak_high_pa_m3_s - module.leak_pa_m3_s == pytest.approx(
            1.96 * module.leak_standard_pa_m3_s
        )
        volume = next(item for item in module.budget if item.source == "volume")
        assert volume.standard_pa_m3_s == pytest.approx(0.01 * abs(module.leak_pa_m3_s))


def test_offsets_between_sensors_are_no_flow(
    make_bench: Callable[..., BenchFile], make_block: Callable[..., ReadingsBlock]
) -> None:
    flat = np.full(len(TIME_S), 109_000.0)
    block = make_block(TIME_S, [flat + 60.0, flat - 60.0])
    bench = make_bench({"a": 1000.0, "b": 500.0}, [("a", "b")])
    result = analyse(bench, block, offsets_pa=np.array([60.0, -60.0]))
    assert abs(result.hatches[0].mean_flow_pa_m3_s) < 1e-9
    assert all(abs(module.leak_pa_m3_s) < 1e-6 for module in result.modules)


def test_a_dead_sensor_blocks_its_module_only(
    make_bench: Callable[..., BenchFile], make_block: Callable[..., ReadingsBlock]
) -> None:
    flat = np.full(len(TIME_S), 109_000.0)
    block = make_block(TIME_S, [flat - TIME_S, flat, flat], noise_pa=0.8)
    block.state[:, 1] = 3
    bench = make_bench({"a": 500.0, "b": 500.0, "c": 500.0}, [("a", "b"), ("b", "c")])
    a, b, c = analyse(bench, block, limit=3e-4).modules
    assert (a.verdict, b.verdict, c.verdict) == (Verdict.FAIL, Verdict.BLOCKED, Verdict.PASS)
    assert "sensor gave no reading" in b.reason
    assert math.isnan(b.leak_pa_m3_s)
    seals = next(item for item in c.budget if item.source == "seals")
    assert seals.standard_pa_m3_s > 1e-5  # nobody knows what b holds


def test_all_sensors_dead(
    make_bench: Callable[..., BenchFile], make_block: Callable[..., ReadingsBlock]
) -> None:
    block = make_block(TIME_S, [np.full(len(TIME_S), 1e5)])
    block.state[:] = 3
    result = analyse(make_bench({"jar": 1000.0}), block)
    assert result.verdict is Verdict.BLOCKED
    assert result.exit_code == 3
    assert result.noise is None


def test_an_empty_module_can_not_be_judged(
    make_bench: Callable[..., BenchFile], make_block: Callable[..., ReadingsBlock]
) -> None:
    block = make_block(TIME_S, [np.full(len(TIME_S), AMBIENT_PA + 50.0)])
    module = only(analyse(make_bench({"jar": 1000.0}), block))
    assert module.verdict is Verdict.BLOCKED
    assert "fill it" in module.reason


def test_a_gross_leak_fails_though_nothing_is_left_to_fit(
    make_bench: Callable[..., BenchFile], make_block: Callable[..., ReadingsBlock]
) -> None:
    tau_s = 4.0
    rate = 1e-3 / (2.0 * AMBIENT_PA * tau_s) * ((AMBIENT_PA + 8e3) ** 2 - AMBIENT_PA**2)
    flat = np.full(len(TIME_S), 109_000.0)
    block = make_block(TIME_S, [capillary_pa(TIME_S, 109_000.0, tau_s), flat])
    bench = make_bench({"gone": 1000.0, "tight": 500.0}, [("gone", "tight")])
    gone, tight = analyse(bench, block, limit=5e-4).modules
    assert gone.verdict is Verdict.FAIL
    assert gone.leak_low_pa_m3_s < rate < gone.leak_high_pa_m3_s
    assert gone.leak_pa_m3_s == pytest.approx(rate, rel=0.05)
    assert tight.verdict is Verdict.PASS


def test_a_rate_that_changes_is_warned_of(
    make_bench: Callable[..., BenchFile], make_block: Callable[..., ReadingsBlock]
) -> None:
    # A leak of 1e-3 is stopped half way through the window.
    pressure_pa = 109_000.0 - np.minimum(TIME_S, 50.0)
    module = only(analyse(make_bench({"jar": 1000.0}), make_block(TIME_S, [pressure_pa], noise_pa=0.8)))
    assert module.warnings
    assert "unsteady" in {item.source for item in module.budget}
    assert module.mean_flow_low_pa_m3_s < 0.5e-3 < module.mean_flow_high_pa_m3_s


def test_a_large_leak_does_not_blur_its_neighbour(
    make_bench: Callable[..., BenchFile], make_block: Callable[..., ReadingsBlock]
) -> None:
    # An orifice does not follow the laminar law: constant-density decay is (sqrt(dp0) - k t/2)^2.
    orifice_pa = AMBIENT_PA + (np.sqrt(7_675.0) - 0.3 * TIME_S / 2.0) ** 2
    flat = np.full(len(TIME_S), 109_000.0)
    bench = make_bench({"open": 500.0, "far": 500.0, "tight": 500.0}, [("open", "far"), ("far", "tight")])
    large = analyse(bench, make_block(TIME_S, [orifice_pa, flat, flat], noise_pa=0.8))
    calm = analyse(bench, make_block(TIME_S, [flat, flat, flat], noise_pa=0.8))
    assert large.modules[0].verdict is Verdict.FAIL
    assert large.modules[2].leak_standard_pa_m3_s < 1.5 * calm.modules[2].leak_standard_pa_m3_s


def test_only_the_tested_modules_are_told(
    make_bench: Callable[..., BenchFile], make_block: Callable[..., ReadingsBlock]
) -> None:
    flat = np.full(len(TIME_S), 109_000.0)
    record = DecayRecord(make_block(TIME_S, [flat, flat]), START_S, END_S, AMBIENT_PA, 1.0)
    result = analyse_decay(make_bench({"a": 1000.0, "b": 500.0}), record, 1e-4, tested=["b"])
    assert [module.name for module in result.modules] == ["b"]


def test_a_window_of_a_moment_is_refused(
    make_bench: Callable[..., BenchFile], make_block: Callable[..., ReadingsBlock]
) -> None:
    block = make_block(TIME_S, [np.full(len(TIME_S), 109_000.0)])
    with pytest.raises(ValueError, match="too short"):
        analyse_decay(make_bench({"jar": 1000.0}), DecayRecord(block, 20.0, 22.0, AMBIENT_PA, 1.0), 1e-4)
