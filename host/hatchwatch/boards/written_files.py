"""TOML files that users write: found by path or name, read, and told of with every mistake."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hatchwatch.boards.lines import line_numbers, nearest_line
from hatchwatch.boards.mistakes import spell_place
from hatchwatch.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hatchwatch.boards.mistakes import Mistake

__all__ = ["find_file", "mistaken", "read_text", "toml_of"]


def find_file(kind: str, name: str, shipped: Sequence[Path]) -> Path:
    """Turn what the user typed, a path or the name of a shipped file, into the path of one that exists.

    `kind` is what messages call it, such as "story". Raises UsageError.
    """
    path = Path(name).expanduser()
    if path.is_file():
        return path
    named = {one.stem: one for one in shipped}
    stem = name.removesuffix(".toml")
    if stem in named:
        return named[stem]
    close = difflib.get_close_matches(stem, named, n=1)
    question = f"Did you mean {close[0]}? " if close else ""
    raise UsageError(
        f"There is no {kind} {name}.",
        cure=f"{question}Give the path of a {kind} file, or one of these names: {', '.join(named)}.",
    )


def read_text(kind: str, path: Path) -> str:
    """The text of a file; raises UsageError if it can't be read."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(
            f"{path} can't be read: {reason}.", cure=f"Give the path of a {kind} file."
        ) from error


def toml_of(text: str, name: str) -> dict[str, Any]:
    """What a TOML text says; `name` is what messages call it. Raises UsageError."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name} is not TOML: {error}.", fault=name, cure="Correct that line.") from error


def mistaken(
    name: str, text: str, data: Mapping[str, Any], mistakes: Iterable[Mistake], cure: str
) -> UsageError:
    """The error that lists all mistakes in a file by their lines; those of one line stay in their order."""
    lines = line_numbers(text)
    placed = sorted(
        ((nearest_line(one.place, lines) or 0, one) for one in mistakes), key=lambda placed: placed[0]
    )
    count = "1 mistake" if len(placed) == 1 else f"{len(placed)} mistakes"
    listed = [f"{name} has {count}:"]
    for number, one in placed:
        where = f"line {number}" if number else "file"
        listed.append(f"  {where:9}{spell_place(one.place, data)} {one.text}")
    return UsageError("\n".join(listed), fault=name, cure=cure)
