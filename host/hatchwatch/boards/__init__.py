"""Bench files: one description of board, wiring, station and plant, read by everyone."""

from hatchwatch.boards.files import load_bench_file
from hatchwatch.boards.model import BenchFile

__all__ = ["BenchFile", "load_bench_file"]
