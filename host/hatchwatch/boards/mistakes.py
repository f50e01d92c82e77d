"""Mistakes in a bench file, told in words: where it is, what is wrong, what would be right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

__all__ = ["Mistake", "Place", "describe_errors", "spell_place"]

Place = tuple[str | int, ...]
NAMED_TABLES = ("modules", "hatches", "muxes")


@dataclass(frozen=True)
class Mistake:
    """One mistake: the place in the file as a path of keys, and what is wrong there."""

    place: Place
    text: str


def spell_place(place: Place, data: Mapping[str, Any]) -> str:
    """Spell a place in words, with the name of the module, hatch or mux: `modules[2] "Zvezda": volume_ml`."""
    if not place:
        return "the file"
    table, rest = str(place[0]), place[1:]
    if table in NAMED_TABLES and rest and isinstance(rest[0], int):
        entry, rest = _spell_entry(table, rest[0], data), rest[1:]
        return f"{entry}: {_spell_keys(rest)}" if rest else entry
    return f"[{table}] {_spell_keys(rest)}" if rest else table


def describe_errors(error: ValidationError) -> list[Mistake]:
    """Put pydantic's errors into the words of a bench file."""
    return [_describe(item) for item in error.errors(include_url=False) if not _is_echo(item)]


def _is_echo(error: ErrorDetails) -> bool:
    """Tell whether a list is called too short only because its entries are wrong."""
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]


def _describe(error: ErrorDetails) -> Mistake:
    place, kind, seen = error["loc"], error["type"], _shown(error["input"])
    if place[-1] == "address":
        legal = "0x70 to 0x77" if place[0] == "muxes" else "0x76 or 0x77"
        return Mistake(place, f"must be {legal}, a number without quotes; it is {seen}")
    bounds = {
        key: f"{value:g}" for key, value in error.get("ctx", {}).items() if isinstance(value, int | float)
    }
    if kind not in _WORDS:
        return Mistake(place, f"{error['msg'][:1].lower()}{error['msg'][1:]}; it is {seen}")
    expected = str(error.get("ctx", {}).get("expected", "")).replace("'", '"')
    return Mistake(place, _WORDS[kind].format(**{"seen": seen, "expected": expected, **bounds}))


def _spell_entry(table: str, index: int, data: Mapping[str, Any]) -> str:
    entries = data.get(table)
    entry = entries[index] if isinstance(entries, list) and index < len(entries) else None
    name = entry.get("name") if isinstance(entry, dict) else None
    return f'{table}[{index}] "{name}"' if isinstance(name, str) else f"{table}[{index}]"


def _spell_keys(keys: Place) -> str:
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).removeprefix(".")


def _shown(value: object) -> str:
    """Show a value as TOML would have it, cut to a line."""
    if isinstance(value, bool):
        return str(value).lower()
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 40 else text[:39] + "…"


# pydantic's kinds of errors in our words; {seen} is the value, the rest are pydantic's names of the bounds.
_WORDS = {
    "missing": "is missing",
    "literal_error": "must be {expected}; it is {seen}",
    "greater_than": "must be more than {gt}; it is {seen}",
    "greater_than_equal": "must be {ge} or more; it is {seen}",
    "less_than": "must be less than {lt}; it is {seen}",
    "less_than_equal": "must be {le} or less; it is {seen}",
    "int_type": "must be a whole number; it is {seen}",
    "float_type": "must be a number; it is {seen}",
    "finite_number": "must be a finite number; it is {seen}",
    "bool_type": "must be true or false; it is {seen}",
    "string_type": "must be text in quotes; it is {seen}",
    "string_pattern_mismatch": "must be a letter, then up to 23 letters, digits, - or _; it is {seen}",
    "model_type": "must be a table; it is {seen}",
    "dict_type": "must be a table; it is {seen}",
    "tuple_type": "must be a list; it is {seen}",
    "too_long": "must have at most {max_length} entries; it has {actual_length}",
    "too_short": "must have at least {min_length} entries; it has {actual_length}",
}
