"""Find the line of a TOML file on which a key stands; the parser of the standard library does not tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hatchwatch.boards.mistakes import Place

__all__ = ["line_numbers", "nearest_line"]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""^\s*([A-Za-z0-9_\-."']+(?:\s*\.\s*[A-Za-z0-9_\-"']+)*)\s*=""")


def line_numbers(text: str) -> dict[Place, int]:
    """Line number (from 1) of every table header and of every key that begins a line.

    Keys inside of inline tables are not listed; take the line of the table. Lines within multi-line strings
    are skipped.
    """
    lines: dict[Place, int] = {}
    counts: dict[Place, int] = {}  # entries so far in each array of tables
    table: Place = ()
    in_string = False
    for number, line in enumerate(text.splitlines(), start=1):
        toggles = (line.count('"""') + line.count("'''")) % 2 == 1
        if not in_string and (header := _HEADER.match(line)):
            table = _enter(_split(header[2]), header[1] == "[[", counts)
            lines.setdefault(table, number)
        elif not in_string and (key := _KEY.match(line)):
            lines.setdefault((*table, *_split(key[1])), number)
        in_string ^= toggles
    return lines


def nearest_line(place: Place, lines: dict[Place, int]) -> int | None:
    """Line of a place, or else of the table that holds it; None for a place outside of every table."""
    for length in range(len(place), 0, -1):
        if (number := lines.get(place[:length])) is not None:
            return number
    return None


def _enter(keys: Place, is_entry: bool, counts: dict[Place, int]) -> Place:
    """Turn a header into a path: the last entry of every array of tables that it passes through."""
    path: Place = ()
    for position, key in enumerate(keys):
        path = (*path, key)
        if is_entry and position == len(keys) - 1:
            counts[path] = counts.get(path, 0) + 1
        if path in counts:
            path = (*path, counts[path] - 1)
    return path


def _split(dotted: str) -> Place:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
