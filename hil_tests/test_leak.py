"""A known leak is measured within its interval, and the tight modules are told to be tight."""

import pytest

from hatchwatch.methods.procedure import DecaySettings, DecayTest
from hatchwatch.methods.results import Verdict

LEAKING = "PrK"
LEAK_PA_M3_S = 4e-4  # at 8 kPa
LIMIT_PA_M3_S = 2e-4
DURATION_S = 30.0


@pytest.fixture(scope="module")
def result(bench):
    if bench.emulated is None:
        pytest.skip("a real bench has no leak that is known to the suite")
    bench.emulated.side.set_leak(LEAKING, LEAK_PA_M3_S)
    settings = DecaySettings(limit_pa_m3_s=LIMIT_PA_M3_S, duration_s=DURATION_S, crew_clear=True)
    return DecayTest(bench, settings).run()


def test_the_leaking_module_fails_and_the_others_pass(result):
    verdicts = {module.name: module.verdict for module in result.modules}
    assert verdicts.pop(LEAKING) is Verdict.FAIL
    assert set(verdicts.values()) == {Verdict.PASS}


def test_the_planted_leak_lies_in_its_interval(result):
    leaking = next(module for module in result.modules if module.name == LEAKING)
    assert leaking.leak_low_pa_m3_s <= LEAK_PA_M3_S <= leaking.leak_high_pa_m3_s
    assert leaking.leak_high_pa_m3_s - leaking.leak_low_pa_m3_s < 0.25 * LEAK_PA_M3_S


def test_the_truth_of_the_plant_is_the_leak_that_was_planted(result):
    for module in result.modules:
        planted_pa_m3_s = LEAK_PA_M3_S if module.name == LEAKING else 0.0
        assert module.truth_pa_m3_s == pytest.approx(planted_pa_m3_s, rel=2e-3, abs=1e-12)


def test_the_mean_flow_is_smaller_since_the_bench_is_below_the_reference(result):
    leaking = next(module for module in result.modules if module.name == LEAKING)
    assert leaking.mean_flow_low_pa_m3_s <= leaking.truth_mean_flow_pa_m3_s <= leaking.mean_flow_high_pa_m3_s
    assert leaking.truth_mean_flow_pa_m3_s < leaking.truth_pa_m3_s


def test_the_bench_ends_in_its_safe_state(bench, result):
    report = bench.housekeeping()
    assert set(report.hatches) == {bench.file.safe.hatches}
    assert set(report.injectors) == {"shut"}
