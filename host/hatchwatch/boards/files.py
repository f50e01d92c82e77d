"""Find and read bench files; whatever is wrong with one is told at once."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from hatchwatch.boards.checks import cross_check
from hatchwatch.boards.lines import line_numbers, nearest_line
from hatchwatch.boards.mistakes import Mistake, spell_place
from hatchwatch.boards.model import BenchFile
from hatchwatch.boards.partial import find_all
from hatchwatch.errors import BenchFileError
from hatchwatch.payload import boards_root

__all__ = ["find_bench_file", "list_bench_files", "load_bench_file", "parse_bench_file"]

SCHEMA_CURE = "`hatchwatch boards schema` prints a JSON schema that editors check while you type."


def load_bench_file(path: Path) -> BenchFile:
    """Read and validate one bench file; raises BenchFileError with every mistake in it."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise BenchFileError(f"{path} can't be read: {reason}.", cure=_choices()) from error
    return parse_bench_file(text, str(path))


def parse_bench_file(text: str, name: str = "the bench file") -> BenchFile:
    """Validate the text of a bench file; `name` is what messages call it."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BenchFileError(
            f"{name} is not TOML: {error}.", cure="Correct that line and check again."
        ) from error
    mistakes, bench = find_mistakes(data)
    if bench is None:
        raise BenchFileError(
            _list_mistakes(name, text, data, mistakes),
            fault=name,
            cure=f"Correct these, then run `hatchwatch boards check {name}`. {SCHEMA_CURE}",
        )
    return bench


def find_mistakes(data: dict[str, Any]) -> tuple[list[Mistake], BenchFile | None]:
    """Validate parsed TOML: either all mistakes, or none and the bench."""
    return find_all(BenchFile, data, lambda bench, _respelt: cross_check(bench))


def find_bench_file(name: str) -> Path:
    """Turn what the user typed, a path or the name of a bench, into the path of an existing file.

    A name is looked for in the folder `boards` here, then among the bench files that come with hatchwatch.
    """
    path = Path(name).expanduser()
    if path.is_file():
        return path
    if path.name == name and path.suffix in ("", ".toml"):
        for folder in (Path("boards"), boards_root()):
            if (candidate := folder / f"{path.stem}.toml").is_file():
                return candidate
    raise BenchFileError(f"There is no bench file {name}.", fault="the command line", cure=_choices())


def list_bench_files() -> list[Path]:
    """All bench files by name: those in the folder `boards` here hide those that come with hatchwatch."""
    found: dict[str, Path] = {}
    for folder in (Path("boards"), boards_root()):
        for path in sorted(folder.glob("*.toml")):
            found.setdefault(path.stem, path)
    return [found[stem] for stem in sorted(found)]


def _list_mistakes(name: str, text: str, data: dict[str, Any], mistakes: list[Mistake]) -> str:
    lines = line_numbers(text)
    rows = sorted((nearest_line(mistake.place, lines) or 0, index) for index, mistake in enumerate(mistakes))
    count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
    listed = [f"{name} has {count}:"]
    for number, index in rows:
        where = f"line {number}" if number else "file"
        mistake = mistakes[index]
        listed.append(f"  {where:9}{spell_place(mistake.place, data)} {mistake.text}")
    return "\n".join(listed)


def _choices() -> str:
    names = ", ".join(path.stem for path in list_bench_files())
    return f"Give the path of a bench file, or one of these names: {names}."
