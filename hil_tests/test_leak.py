"""A known leak is measured within its interval, and the tight modules are told to be tight."""

from dataclasses import dataclass

import pytest

from hatchwatch.methods.procedure import DecaySettings, DecayTest
from hatchwatch.methods.results import Verdict

LEAKING = "PrK"
LEAK_PA_M3_S = 4e-4  # at 8 kPa
DURATION_S = 30.0
COVERAGE_FACTOR = 1.96  # of a two-sided 95 % interval


@dataclass(frozen=True)
class KnownLeak:
    """A leak at 8 kPa over ambient that is known beforehand, and its standard uncertainty."""

    module: str
    leak_pa_m3_s: float
    standard_pa_m3_s: float
    open_injectors: tuple[str, ...] = ()


@pytest.fixture(scope="module")
def known(bench):
    """Planted in an emulated bench; on a real one an injector whose leak somebody has measured."""
    if bench.emulated is not None:
        bench.emulated.side.set_leak(LEAKING, LEAK_PA_M3_S)
        return KnownLeak(LEAKING, LEAK_PA_M3_S, 0.0)
    stated = [module for module in bench.file.injectors if module.injector.leak_pa_m3_s is not None]
    if not stated:
        pytest.skip("no injector of this bench states its leak (leak_pa_m3_s), so none is known to the suite")
    if not any(module.ambient for module in bench.file.modules):
        pytest.skip("nobody vents and zeroes the bench for the suite: it needs a module marked ambient")
    chosen = stated[0]
    return KnownLeak(
        chosen.name,
        chosen.injector.leak_pa_m3_s,
        chosen.injector.leak_uncertainty_pa_m3_s,
        open_injectors=(chosen.name,),
    )


@pytest.fixture(scope="module")
def result(bench, known):
    """A real bench has to be filled already; one that is not is told so by the test."""
    settings = DecaySettings(
        limit_pa_m3_s=known.leak_pa_m3_s / 2.0,
        duration_s=DURATION_S,
        crew_clear=True,
        open_injectors=known.open_injectors,
    )
    return DecayTest(bench, settings).run()


@pytest.fixture
def leaking(result, known):
    return next(module for module in result.modules if module.name == known.module)


def test_the_leaking_module_fails_and_the_others_pass(result, known):
    verdicts = {module.name: module.verdict for module in result.modules}
    assert verdicts.pop(known.module) is Verdict.FAIL
    assert set(verdicts.values()) == {Verdict.PASS}


def test_the_known_leak_lies_in_its_interval(leaking, known):
    margin_pa_m3_s = COVERAGE_FACTOR * known.standard_pa_m3_s
    assert leaking.leak_low_pa_m3_s <= known.leak_pa_m3_s + margin_pa_m3_s
    assert leaking.leak_high_pa_m3_s >= known.leak_pa_m3_s - margin_pa_m3_s
    assert leaking.leak_high_pa_m3_s - leaking.leak_low_pa_m3_s < 0.25 * known.leak_pa_m3_s


def test_the_truth_of_the_plant_is_the_leak_that_was_planted(emulated, result, known):
    for module in result.modules:
        planted_pa_m3_s = known.leak_pa_m3_s if module.name == known.module else 0.0
        assert module.truth_pa_m3_s == pytest.approx(planted_pa_m3_s, rel=2e-3, abs=1e-12)


def test_the_mean_flow_is_smaller_since_the_bench_is_below_the_reference(emulated, leaking):
    assert leaking.mean_flow_low_pa_m3_s <= leaking.truth_mean_flow_pa_m3_s <= leaking.mean_flow_high_pa_m3_s
    assert leaking.truth_mean_flow_pa_m3_s < leaking.truth_pa_m3_s


def test_the_bench_ends_in_its_safe_state(bench, result):
    report = bench.housekeeping()
    assert set(report.hatches) == {bench.file.safe.hatches}
    assert set(report.injectors) == {"shut"}
