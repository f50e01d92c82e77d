"""What this suite shares: options by short names, since it is about benches alone, and long measurements."""

from itertools import pairwise

import pytest

from hatchwatch.bench.bench import Bench
from hatchwatch.link.commands import command
from hatchwatch.link.packets import Event, Readings
from hatchwatch.pytest_plugin import add_options

SETTLE_S = 70.0  # the start counts as healthy after a minute, and then the free heap is measured
SEQUENCE_MODULUS = 1 << 14
# A worker takes whole files, in this order and then by name: the longest last would leave the others idle.
LONGEST_FIRST = ("test_response.py", "test_fault_matrix_hatches.py", "test_endings.py")


def pytest_addoption(parser: pytest.Parser) -> None:
    """See `hatchwatch.pytest_plugin`."""
    add_options(parser)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    places = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))


def _endure(bench: Bench, duration_s: float, interval_ms: int = 100) -> dict[str, int]:
    """Let the bench run by itself for a time; return what grew, what was lost and what went wrong."""
    bench.link.execute(command("readings_start", interval_ms=interval_ms))
    bench.wait(SETTLE_S)
    before = bench.housekeeping()
    since = len(bench.link.history)
    bench.wait(duration_s)
    packets = bench.link.history.since(since)
    after = bench.housekeeping()
    bench.link.execute(command("readings_start", interval_ms=100))
    numbers = [packet.sequence for packet in packets]
    return {
        "readings": sum(isinstance(packet.body, Readings) for packet in packets),
        "gaps": sum((second - first) % SEQUENCE_MODULUS != 1 for first, second in pairwise(numbers)),
        "events": sum(isinstance(packet.body, Event) and packet.body.severity > 1 for packet in packets),
        "slips": after.slips - before.slips,
        "resets": after.boot_count - before.boot_count,
        "dropped": after.packets_dropped - before.packets_dropped,
        "heap_free_before": before.heap_free,
        "heap_free_after": after.heap_free,
        "worst_loop_us": max(before.worst_loop_us, after.worst_loop_us),
    }


def _has_endured(figures: dict[str, int], readings: int) -> None:
    assert {name: figures[name] for name in ("gaps", "events", "slips", "resets", "dropped")} == {
        "gaps": 0,
        "events": 0,
        "slips": 0,
        "resets": 0,
        "dropped": 0,
    }
    assert figures["heap_free_after"] == figures["heap_free_before"]
    assert figures["readings"] == pytest.approx(readings, abs=3)


@pytest.fixture(scope="session")
def endure():
    """`endure(bench, duration_s, interval_ms)`: see `_endure`."""
    return _endure


@pytest.fixture(scope="session")
def has_endured():
    """`has_endured(figures, readings)`: nothing was lost, nothing grew, nothing went wrong."""
    return _has_endured
