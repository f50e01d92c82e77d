"""Bench files: one description of board, wiring, station and plant, read by everyone."""

from hatchwatch.boards.files import find_bench_file, list_bench_files, load_bench_file, parse_bench_file
from hatchwatch.boards.model import BenchFile

__all__ = ["BenchFile", "find_bench_file", "list_bench_files", "load_bench_file", "parse_bench_file"]
