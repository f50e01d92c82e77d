"""Arguments of commands, typed by the dictionary: the names of a bench, ranges, and close matches."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter, validators

from hatchwatch.boards.names import pick, pick_all
from hatchwatch.errors import UsageError
from hatchwatch.link.dictionary import Field, FieldGroup, dictionary
from hatchwatch.link.naming import SETS, set_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hatchwatch.link.dictionary import CommandEntry

    Names = Mapping[str, Sequence[str]]

__all__ = ["annotation", "can_be_built", "checked_parameter", "default_of", "field_values", "structure_names"]

MOVES = ("open", "shut")  # the positions that can be commanded
STRUCTURE_SERVICE = 3


def structure_names() -> dict[int, str]:
    """Names of the structures of service 3 by their ids."""
    entries = dictionary().telemetry.values()
    return {entry.structure: entry.name for entry in entries if entry.structure is not None}


def can_be_built(entry: CommandEntry, names: Names) -> bool:
    """Whether the bench has what the command is about: one without injectors moves none."""
    fields = [item for item in entry.layout if isinstance(item, Field)]
    return all(names[field.type] for field in fields if field.type in names)


def annotation(item: Field | FieldGroup, names: Names) -> Any:
    """The annotation of a command's argument, for cyclopts."""
    if isinstance(item, Field):
        return _field_annotation(item, names)
    first, *others = item.fields
    if others:
        text = _help(item, f"{_label(first)}={others[0].name.upper()}, one or more")
        return Annotated[tuple[str, ...], Parameter(consume_multiple=True, negative="", help=text)]
    one = _choice(first, names)
    return Annotated[
        tuple[one, ...],  # type: ignore[valid-type]
        Parameter(consume_multiple=True, negative="", help=_help(item, item.meaning or first.meaning)),
    ]


def default_of(item: Field | FieldGroup) -> Any:
    """What an argument is that nobody gives: an empty list where that means all."""
    return () if isinstance(item, FieldGroup) and item.meaning == "none for all" else inspect.Parameter.empty


def field_values(entry: CommandEntry, given: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """What was typed, as `link.commands.command` takes it.

    Raises UsageError for names and numbers that the dictionary does not allow.
    """
    return {item.name: _value(item, given[item.name], names) for item in entry.layout}


def checked_parameter(text: str) -> tuple[str, int]:
    """Name and value of NAME=VALUE; raises UsageError with what is allowed."""
    typed, equals, number = text.partition("=")
    if not equals:
        raise UsageError(f"{text} sets nothing.", cure="Write NAME=VALUE, such as hatch_retries=2.")
    known = dictionary().parameters
    entry = known[pick("parameter", typed.replace("-", "_"), known)]
    span = f"{entry.minimum} to {entry.maximum}{' ' + entry.unit if entry.unit else ''}"
    try:
        value = int(number, 0)
    except ValueError:
        raise UsageError(
            f"{entry.name} takes whole numbers, not {number!r}.",
            cure=f"Choose from {span}: {entry.meaning}.",
        ) from None
    if not entry.minimum <= value <= entry.maximum:
        raise UsageError(
            f"{value} is outside the range of {entry.name}.", cure=f"Choose from {span}: {entry.meaning}."
        )
    return entry.name, value


def _field_annotation(field: Field, names: Names) -> Any:
    parameter: dict[str, Any] = {"help": _help(field, field.meaning)}
    if field.type in {"bytes", "str"}:
        return Annotated[str, Parameter(**parameter)]
    if field.type in SETS:
        listed = f"{', '.join(names[SETS[field.type]])}; none without any"
        parameter["help"] = _help(field, f"{field.meaning or field.name}: some of {listed}")
        return Annotated[tuple[str, ...], Parameter(consume_multiple=True, negative="", **parameter)]
    choices = _choices(field, names)
    if choices:
        parameter["converter"] = _picker(field, choices)
        return Annotated[Literal[tuple(choices)], Parameter(**parameter)]
    low, high = _range(field.type)
    return Annotated[int, Parameter(validator=validators.Number(gte=low, lte=high), **parameter)]


def _choice(field: Field, names: Names) -> Any:
    choices = _choices(field, names)
    return Literal[tuple(choices)] if choices else int


def _choices(field: Field, names: Names) -> Sequence[str]:
    """The names that a field may have; none for numbers."""
    if field.type == "position":
        return MOVES
    if field.name == "sid":
        return tuple(structure_names().values())
    if field.type in names:
        return names[field.type]
    if field.type == "event":
        return tuple(entry.name for entry in dictionary().events.values())
    return tuple(dictionary().enums.get(field.type, {}).values())


def _picker(field: Field, choices: Sequence[str]) -> Callable[..., str]:
    def convert(_kind: Any, tokens: Sequence[Any]) -> str:
        return pick(field.name, tokens[0].value, choices)

    return convert


def _range(kind: str) -> tuple[int, int]:
    bits = int(kind[1:])
    return (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if kind.startswith("i") else (0, 2**bits - 1)


def _value(item: Field | FieldGroup, given: Any, names: Names) -> Any:
    if isinstance(item, Field):
        return _field_value(item, given, names)
    first, *others = item.fields
    if not others:
        return [{first.name: _field_value(first, one, names)} for one in given]
    if first.type == "parameter":
        return [dict(zip((first.name, others[0].name), checked_parameter(one), strict=True)) for one in given]
    return [_pair(first, others[0], one, names) for one in given]


def _pair(first: Field, second: Field, text: str, names: Names) -> dict[str, Any]:
    typed, equals, number = text.partition("=")
    name = pick(_label(first).lower(), typed, _choices(first, names))
    if not equals or not number.isdecimal():
        wanted = second.meaning or second.unit
        raise UsageError(f"{text} says nothing.", cure=f"Write {name}=NUMBER: {wanted}.")
    return {first.name: _field_value(first, name, names), second.name: int(number)}


def _field_value(field: Field, given: Any, names: Names) -> Any:
    if field.type == "bytes":
        return str(given).encode()
    if field.name == "sid":
        return {name: number for number, name in structure_names().items()}[given]
    if field.type in names:
        return list(names[field.type]).index(given)
    if field.type in SETS:
        return _set_value(SETS[field.type], given, names)
    return given


def _set_value(kind: str, given: Sequence[str], names: Names) -> int:
    """The bits of names that were typed with spaces or commas between them."""
    typed = [name for words in given for name in words.split(",") if name]
    known = list(names[kind])
    return set_of(known.index(name) for name in pick_all(kind, typed, known))


def _label(field: Field) -> str:
    return "STRUCTURE" if field.name == "sid" else field.name.upper()


def _help(item: Field | FieldGroup, text: str) -> str:
    unit = getattr(item, "unit", "")
    text = text or item.name
    return f"{text[:1].upper()}{text[1:]}{f' [{unit}]' if unit else ''}."
