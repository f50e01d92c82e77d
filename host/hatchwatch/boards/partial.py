"""Read as much of a written file as can be read, so that one mistake does not hide the others."""

from __future__ import annotations

import copy
import difflib
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from hatchwatch.boards.mistakes import Mistake, Place, describe_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["find_all", "is_told", "readable_part", "respell_keys"]

Table = TypeVar("Table", bound=BaseModel)
Check = Callable[[Table, Mapping[str, Any]], Iterable[Mistake]]
ALIKE = 0.75  # of difflib: one wrong, missing or swapped letter


def find_all(
    table: type[Table], data: Mapping[str, Any], cross_check: Check[Table], *, parts_hide: bool = True
) -> tuple[list[Mistake], Table | None]:
    """Validate parsed TOML: either all mistakes, or none and what it says.

    `cross_check` gets what can be read, and the data with keys as they were meant. What it tells of a place
    is left out when the place was told of already, or with `parts_hide` something within it.
    """
    respelt = copy.deepcopy(dict(data))
    mistakes = list(respell_keys(table, respelt))
    whole: Table | None = None
    try:
        whole = table.model_validate(respelt)
    except ValidationError as error:
        mistakes += describe_errors(error)
    known = {mistake.place for mistake in mistakes}

    def hidden(one: Mistake) -> bool:
        return is_told(one.place, known) if parts_hide else one.place in known

    seen = whole if whole is not None else readable_part(table, respelt, known)
    mistakes += [one for one in cross_check(seen, respelt) if not hidden(one)]
    return mistakes, None if mistakes else whole


def is_told(place: Place, known: Iterable[Place]) -> bool:
    """Whether a mistake at this place, or within it, has been told already."""
    return bool(place) and any(other[: len(place)] == place for other in known)


def respell_keys(table: type[BaseModel], data: dict[str, Any], place: Place = ()) -> Iterator[Mistake]:
    """Report keys that a table does not have, and change `data` to go on with the keys that were meant."""
    for key in [key for key in data if key not in table.model_fields]:
        value = data.pop(key)
        free = [name for name in table.model_fields if name not in data]
        meant = difflib.get_close_matches(key, free, n=1, cutoff=ALIKE)
        if meant:
            data[meant[0]] = value
            yield Mistake((*place, key), f"is no key here; did you mean {meant[0]}?")
        else:
            yield Mistake((*place, key), f"is no key here; the keys are {', '.join(table.model_fields)}")
    for name, inner in _inner_tables(table).items():
        value = data.get(name)
        if isinstance(value, dict):
            yield from respell_keys(inner, value, (*place, name))
        for index, item in enumerate(value) if isinstance(value, list) else ():
            if isinstance(item, dict):
                yield from respell_keys(inner, item, (*place, name, index))


def readable_part(table: type[Table], data: Mapping[str, Any], bad: set[Place], place: Place = ()) -> Table:
    """Build a table from whatever can be read; `bad` are the places that can't.

    Optional values that can't be read take their defaults, required ones are None against their declared
    type: only the cross-checks see such a table, and the file is refused in the end.
    """
    inner_tables = _inner_tables(table)
    values: dict[str, Any] = {}
    for name, field in table.model_fields.items():
        here, value, inner = (*place, name), data.get(name), inner_tables.get(name)
        if inner is not None and get_origin(field.annotation) is tuple:
            items = value if isinstance(value, list) else []
            values[name] = tuple(
                readable_part(inner, item if isinstance(item, dict) else {}, bad, (*here, index))
                for index, item in enumerate(items)
            )
        elif inner is not None and isinstance(value, dict):
            values[name] = readable_part(inner, value, bad, here)
        elif inner is None and isinstance(value, dict) and here not in bad:
            values[name] = {key: one for key, one in value.items() if not is_told((*here, key), bad)}
        elif inner is None and name in data and not any(other[: len(here)] == here for other in bad):
            values[name] = tuple(value) if isinstance(value, list) else value
        else:
            values[name] = None if field.is_required() else field.get_default(call_default_factory=True)
    return table.model_construct(**values)


def _inner_tables(table: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """Find the fields that hold tables or lists of tables."""
    found = {name: _table_within(field.annotation) for name, field in table.model_fields.items()}
    return {name: inner for name, inner in found.items() if inner is not None}


def _table_within(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_table_within, get_args(annotation))), None)
