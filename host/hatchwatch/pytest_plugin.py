"""pytest plugin: `--hatchwatch-bench`, `--hatchwatch-port`, and the fixtures that hand tests an open bench.

The plugin is there in every suite of its environment, so its options have a prefix that nobody else uses. A
suite of its own may have them by short names, such as `--bench`: `add_options(parser)` in its `conftest.py`.

The same test runs on an emulated bench (the default, in lockstep) and on a real one. What only an emulated
bench can do, such as breaking a sensor, a test asks for with the fixture `emulated`, or is skipped.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from hatchwatch.bench import Bench, open_bench
from hatchwatch.boards import find_bench_file, load_bench_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hatchwatch.bench.emulated import EmulatedBoard
    from hatchwatch.boards import BenchFile

__all__ = ["add_options", "bench", "bench_file", "board_seconds", "emulated", "opening"]

BOARD_SECONDS = pytest.StashKey[float]()
WORKER_KEY = "hatchwatch_board_seconds"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a bench."""
    add_options(parser, "--hatchwatch-")


def add_options(parser: pytest.Parser, prefix: str = "--") -> None:
    """Add the options of a bench under names that begin with `prefix`; all names of one mean the same."""
    group = parser.getgroup("hatchwatch", "a bench, emulated by default")

    def add(name: str, **attributes: Any) -> None:
        group.addoption(f"{prefix}{name}", dest=_key(name), **attributes)

    add("bench", default="station6", help="bench file, or a shipped one's name (station6)")
    add("port", default=None, help="serial port of a real board (else emulated)")
    add("crew-clear", action="store_true", help="nobody will be cut off by shut hatches")
    add("seed", type=int, default=1, help="seed of the emulated bench (1)")
    add("max-board-seconds", type=float, help="fail when more board time is used")


def _key(name: str) -> str:
    return "hatchwatch_" + name.replace("-", "_")


def _option(config: pytest.Config, name: str) -> Any:
    return config.getoption(_key(name))


def pytest_configure(config: pytest.Config) -> None:
    """Start counting board time."""
    config.stash[BOARD_SECONDS] = 0.0


@pytest.fixture(scope="session")
def bench_file(pytestconfig: pytest.Config) -> BenchFile:
    """The bench file that the command line names."""
    return load_bench_file(find_bench_file(str(_option(pytestconfig, "bench"))))


@pytest.fixture(scope="session")
def board_seconds(pytestconfig: pytest.Config) -> Callable[[float], None]:
    """Tell how much board time a test used by itself; `bench` and `opening` do so on their own."""

    def used(seconds: float) -> None:
        pytestconfig.stash[BOARD_SECONDS] += seconds

    return used


@pytest.fixture(scope="session")
def opening(pytestconfig: pytest.Config, board_seconds: Callable[[float], None]) -> Callable[..., Any]:
    """How to open the bench of the command line; keyword arguments are those of `open_bench`."""

    @contextmanager
    def opened(**options: Any) -> Iterator[Bench]:
        name, port = _option(pytestconfig, "bench"), _option(pytestconfig, "port")
        options.setdefault("seed", _option(pytestconfig, "seed"))
        with open_bench(name, port, **options) as board:
            board.require_crew_clear(crew_clear=_option(pytestconfig, "crew-clear"))
            try:
                yield board
            finally:
                board_seconds(_board_seconds(board))

    return opened


@pytest.fixture(scope="module")
def bench(opening: Callable[..., Any]) -> Iterator[Bench]:
    """An open bench, one for all tests of a file; left in its safe state."""
    with opening() as board:
        try:
            yield board
        finally:
            board.safe()


@pytest.fixture
def emulated(bench: Bench) -> EmulatedBoard:
    """The emulated board behind `bench`; tests that need it are skipped on a real one."""
    if bench.emulated is None:
        pytest.skip("only an emulated bench can be broken on purpose")
    return bench.emulated


def _board_seconds(board: Bench) -> float:
    """Board time since power-on; a real board tells only since its last reset."""
    if board.emulated is not None:
        return board.emulated.side.time().board_ns / 1e9
    return board.board_time_s


# --- the sum over all workers ---------------------------------------------------------------------------


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object | None) -> None:  # noqa: ARG001 - pytest-xdist names them
    """Add what one worker of pytest-xdist used."""
    node.config.stash[BOARD_SECONDS] += getattr(node, "workeroutput", {}).get(WORKER_KEY, 0.0)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Hand a worker's sum to its controller; fail when too much was used."""
    used_s = session.config.stash[BOARD_SECONDS]
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[WORKER_KEY] = used_s
    limit_s = _option(session.config, "max-board-seconds")
    if limit_s is not None and used_s > limit_s and exitstatus == pytest.ExitCode.OK and output is None:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how much board time the tests used."""
    used_s, limit_s = config.stash[BOARD_SECONDS], _option(config, "max-board-seconds")
    if used_s:
        budget = "" if limit_s is None else f" of {limit_s:.0f} allowed"
        terminalreporter.write_line(f"board time: {used_s:.1f} s{budget}")
