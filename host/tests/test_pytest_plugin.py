"""The plugin in suites of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

pytest_plugins = ["pytester"]

SHOWS_BENCH = """
def test_bench(bench_file):
    assert bench_file.name == "single"
"""


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", *arguments)


def test_other_plugins_may_have_the_short_names(pytester: pytest.Pytester) -> None:
    names = ["--bench", "--port", "--seed", "--crew-clear", "--max-board-seconds"]
    pytester.makepyfile(
        other=f"""
        def pytest_addoption(parser):
            for name in {names}:
                parser.addoption(name)
        """,
        test_it=SHOWS_BENCH,
    )
    pytester.syspathinsert()
    result = run(pytester, "-p", "other", "--port", "80", "--bench", "mine", "--hatchwatch-bench", "single")
    result.assert_outcomes(passed=1)


def test_a_suite_may_take_the_short_names(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        from hatchwatch.pytest_plugin import add_options

        def pytest_addoption(parser):
            add_options(parser)
        """
    )
    pytester.makepyfile(SHOWS_BENCH)
    run(pytester, "--bench", "single").assert_outcomes(passed=1)
    run(pytester, "--hatchwatch-bench", "single").assert_outcomes(passed=1)
    run(pytester, "--bench", "pair").assert_outcomes(failed=1)
