"""What a file says of the link, checked against the dictionary: parameters, and the fields of packets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hatchwatch.boards.mistakes import Mistake, Place
from hatchwatch.boards.names import hint
from hatchwatch.link.dictionary import Field, dictionary
from hatchwatch.link.naming import SETS, counted_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from hatchwatch.link.dictionary import Layout

    Names = Mapping[str, Sequence[str]]

__all__ = ["check_fields", "check_name", "check_parameter"]

_RANGE = ("min", "max")


def check_name(place: Place, kind: str, name: str, known: Iterable[str]) -> Iterator[Mistake]:
    """Tell of a name that does not exist, with the nearest ones."""
    allowed = list(known)
    if name not in allowed:
        yield Mistake(place, f"names no {kind}; {hint(name, allowed)}")


def check_parameter(place: Place, name: str, values: Iterable[int]) -> Iterator[Mistake]:
    """Tell of a parameter that the firmware does not have, or of values outside its range."""
    known = dictionary().parameters
    entry = known.get(name)
    if entry is None:
        yield Mistake(place, f"is no parameter of the firmware; {hint(name, known)}")
        return
    wrong = [one for one in values if not entry.minimum <= one <= entry.maximum]
    if wrong:
        span = f"{entry.minimum} to {entry.maximum} {entry.unit}".rstrip()
        yield Mistake(place, f"must be {span}; it is {wrong[0]}")


def check_fields(
    place: Place, fields: Mapping[str, Any], layout: Layout, names: Names, *, ranges: bool = False
) -> Iterator[Mistake]:
    """Tell of fields that a packet does not have, and of values that can't be theirs.

    `names` holds those of each "module", "hatch" and "injector"; with `ranges` a number may be
    { min = 1, max = 2 }.
    """
    known = {item.name: item for item in layout if isinstance(item, Field)}
    for name, value in fields.items():
        here = (*place, name)
        if name not in known:
            yield from check_name(here, "field", name, known)
        elif isinstance(value, dict) and ranges:
            yield from _check_range(here, value)
        else:
            yield from _check_value(here, known[name], value, fields, names, int | float if ranges else int)


def _check_range(place: Place, span: Mapping[str, Any]) -> Iterator[Mistake]:
    wrong = [key for key in span if key not in _RANGE]
    numbers = [span[key] for key in _RANGE if key in span]
    if wrong or not numbers or not all(map(_is_number, numbers)):
        yield Mistake(place, "must be a value, or a range such as { min = 1, max = 2 }")
    elif numbers != sorted(numbers):
        yield Mistake(place, f"has min above max: {numbers[0]} and {numbers[1]}; nothing fits")


def _check_value(
    place: Place, field: Field, value: Any, beside: Mapping[str, Any], names: Names, number: Any
) -> Iterator[Mistake]:
    enum = dictionary().enums.get(field.type)
    if field.type in SETS:
        yield from _check_set(place, SETS[field.type], value, names)
    elif field.type in names:
        yield from _check_part(place, (field.type,), value, names)
    elif kinds := counted_parts(field.name, beside):
        yield from _check_part(place, kinds, value, names)
    elif enum is not None and value not in enum.values():
        yield Mistake(place, f"must be one of {', '.join(enum.values())}; it is {value!r}")
    elif field.type in _WHOLE and not isinstance(value, number):
        yield Mistake(place, f"must be a number; it is {value!r}")
    elif field.type in {"str", "bytes"} and not isinstance(value, str):
        yield Mistake(place, f"must be text in quotes; it is {value!r}")


def _check_set(place: Place, kind: str, value: Any, names: Names) -> Iterator[Mistake]:
    if not isinstance(value, list):
        yield Mistake(place, f"must be a list of names; it is {value!r}")
        return
    for one in value:
        yield from _check_part(place, (kind,), one, names)


def _check_part(place: Place, kinds: Sequence[str], value: Any, names: Names) -> Iterator[Mistake]:
    if not isinstance(value, str):
        yield Mistake(place, f"must be the name of a {' or '.join(kinds)}; it is {value!r}")
        return
    yield from check_name(place, " or ".join(kinds), value, [one for kind in kinds for one in names[kind]])


_WHOLE = frozenset({"u8", "u16", "u32", "i32", "u64"})


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
