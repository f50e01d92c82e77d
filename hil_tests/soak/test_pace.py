"""Ten board minutes at 10 Hz: no turn of the loop slips, nothing is lost, the heap stays as it is."""

from itertools import pairwise

import pytest

from hatchwatch.bench import open_bench
from hatchwatch.boards import find_bench_file
from hatchwatch.link.packets import Readings

MINUTES = 10
TICK_S = 0.1


def bench_at(frequency_hz, folder):
    lines = find_bench_file("station6").read_text("utf-8").splitlines()
    path = folder / "station6.toml"
    changed = [
        f"frequency_hz = {frequency_hz}" if line.startswith("frequency_hz") else line for line in lines
    ]
    path.write_text("\n".join(changed), "utf-8")
    return path


def run_for(path, minutes):
    with open_bench(path) as bench:
        bench.wait(60.0)
        before = bench.housekeeping()
        since = len(bench.link.history)
        bench.wait(60.0 * minutes)
        packets = bench.link.history.since(since)
        after = bench.housekeeping()
    numbers = [packet.sequence for packet in packets]
    gaps = sum((second - first) % 16384 != 1 for first, second in pairwise(numbers))
    readings = sum(isinstance(packet.body, Readings) for packet in packets)
    return {
        "readings": readings,
        "gaps": gaps,
        "slips": after.slips - before.slips,
        "heap_lost": before.heap_free - after.heap_free,
        "worst_loop_us": after.worst_loop_us,
    }


def check(figures):
    assert figures["slips"] == 0
    assert figures["gaps"] == 0
    assert figures["heap_lost"] <= 0
    assert figures["readings"] == pytest.approx(60 * MINUTES / TICK_S, abs=3)


@pytest.mark.parametrize("frequency_hz", [400_000, 100_000])
def test_ten_minutes(frequency_hz, soak, tmp_path):
    soak(lambda: run_for(bench_at(frequency_hz, tmp_path), MINUTES), check)
