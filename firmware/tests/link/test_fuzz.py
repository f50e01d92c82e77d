"""Damaged, spliced, lying, oversized and random frames against the codecs of both sides.

The long form, a million frames, stands among the soak tests.
"""

import fuzz
import fuzz_runs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

randoms = st.randoms(use_true_random=False)


@pytest.mark.parametrize("seed", range(4))
def test_the_parser_takes_commands_and_nothing_else(seed):
    counts = fuzz_runs.through_the_parser(fuzz_runs.seeded(seed), 2500)
    assert counts.total() == 2500
    assert min(counts[kind] for kind in (fuzz.NOTHING, fuzz.BAD, fuzz.REFUSED, fuzz.ACCEPTED)) > 50


@pytest.mark.parametrize("seed", range(4))
def test_the_host_takes_telemetry_and_nothing_else(seed):
    counts = fuzz_runs.through_the_host(fuzz_runs.seeded(seed), 2500)
    assert counts["packets"] + counts["bad"] == 2500
    assert min(counts[name] for name in ("bad", "packets", "Unknown", "Event", "Verification")) > 20


@settings(max_examples=30)
@given(randoms)
def test_the_parser_with_a_smallest_failing_case(rng):
    fuzz_runs.through_the_parser(rng, 20)


@settings(max_examples=30)
@given(randoms)
def test_the_host_with_a_smallest_failing_case(rng):
    fuzz_runs.through_the_host(rng, 20)
