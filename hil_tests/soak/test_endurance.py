"""Hours by itself: no turn of the loop slips, nothing is lost, the heap stays as it is."""

import pytest

from hatchwatch.bench import open_bench
from hatchwatch.boards import find_bench_file

HOUR_S = 3600.0
MINUTE_S = 60.0


def bench_at(frequency_hz, folder):
    lines = find_bench_file("station6").read_text("utf-8").splitlines()
    path = folder / "station6.toml"
    changed = [
        f"frequency_hz = {frequency_hz}" if line.startswith("frequency_hz") else line for line in lines
    ]
    path.write_text("\n".join(changed), "utf-8")
    return path


@pytest.mark.parametrize(
    ("duration_s", "interval_ms", "frequency_hz"),
    [
        pytest.param(10 * MINUTE_S, 100, 400_000, id="ten minutes at 10 Hz"),
        pytest.param(10 * MINUTE_S, 100, 100_000, id="ten minutes at 10 Hz on a slow bus"),
        pytest.param(HOUR_S, 100, 400_000, id="an hour at 10 Hz"),
        pytest.param(6 * HOUR_S, 1000, 400_000, id="six hours at 1 Hz"),
    ],
)
def test_long(duration_s, interval_ms, frequency_hz, soak, endure, has_endured, tmp_path):
    def measure():
        with open_bench(bench_at(frequency_hz, tmp_path)) as bench:
            return endure(bench, duration_s, interval_ms)

    soak(measure, lambda figures: has_endured(figures, duration_s * 1000 / interval_ms))
