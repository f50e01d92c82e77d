"""The bench: what command line, tests and methods hold, whether its board is real or emulated."""

from hatchwatch.bench.bench import Bench
from hatchwatch.bench.opening import open_bench

__all__ = ["Bench", "open_bench"]
