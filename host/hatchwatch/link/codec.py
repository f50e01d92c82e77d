"""Pack and unpack the data of packets by the layouts of the dictionary."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from hatchwatch.link.dictionary import Field, FieldGroup, dictionary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hatchwatch.link.dictionary import Layout

__all__ = ["LayoutError", "pack_fields", "unpack_fields"]


class LayoutError(ValueError):
    """The bytes do not fit the layout, or a value does not fit its field."""


def pack_fields(layout: Layout, values: Mapping[str, Any]) -> bytes:
    """Return the bytes of `values`; enumerations may be given by name or by number.

    Raises:
        LayoutError: a value is missing, unknown, of the wrong type, or too large for its field.
    """
    unknown = set(values) - {item.name for item in layout}
    if unknown:
        raise LayoutError(f"no such field: {', '.join(sorted(unknown))}")
    parts = []
    for item in layout:
        if item.name not in values:
            raise LayoutError(f"{item.name} is missing")
        parts.append(_pack_item(item, values[item.name]))
    return b"".join(parts)


def _pack_item(item: Field | FieldGroup, value: Any) -> bytes:
    if isinstance(item, Field):
        return _pack_scalar(item, value)
    if len(value) > 255:
        raise LayoutError(f"{item.name} has {len(value)} groups, 255 fit")
    return bytes((len(value),)) + b"".join(pack_fields(item.fields, group) for group in value)


def _pack_scalar(field: Field, value: Any) -> bytes:
    if field.type == "bytes":
        return bytes(value)
    if field.type == "str":
        text = str(value).encode()
        if len(text) > 255:
            raise LayoutError(f"{field.name} is {len(text)} bytes long, 255 fit")
        return bytes((len(text),)) + text
    try:
        number = dictionary().enum_value(field.type, value) if isinstance(value, str) else value
        return struct.pack(_code(field), number)
    except (struct.error, KeyError) as error:
        raise LayoutError(f"{field.name} = {value!r} does not fit {field.type}: {error}") from error


def unpack_fields(layout: Layout, data: bytes) -> dict[str, Any]:
    """Return the values in `data`: numbers, enumerations as names, lists of dicts for groups.

    A number outside its enumeration comes back as the number: telemetry of another firmware stays readable.

    Raises:
        LayoutError: too few or too many bytes.
    """
    values, end = _unpack_from(layout, data, 0)
    if end != len(data):
        raise LayoutError(f"{len(data) - end} bytes too many")
    return values


def _unpack_from(layout: Layout, data: bytes, start: int) -> tuple[dict[str, Any], int]:
    values: dict[str, Any] = {}
    for item in layout:
        if isinstance(item, FieldGroup):
            count, start = _take(">B", data, start)
            groups = []
            for _ in range(count):
                group, start = _unpack_from(item.fields, data, start)
                groups.append(group)
            values[item.name] = groups
        else:
            values[item.name], start = _unpack_scalar(item, data, start)
    return values, start


def _unpack_scalar(field: Field, data: bytes, start: int) -> tuple[Any, int]:
    if field.type == "bytes":
        return data[start:], len(data)
    if field.type == "str":
        length, start = _take(">B", data, start)
        if start + length > len(data):
            raise LayoutError(f"the data ends within {field.name}")
        return data[start : start + length].decode("utf-8", "replace"), start + length
    number, start = _take(_code(field), data, start)
    names = dictionary().enums.get(field.type)
    return (number if names is None else names.get(number, number)), start


def _take(code: str, data: bytes, start: int) -> tuple[int, int]:
    end = start + struct.calcsize(code)
    if end > len(data):
        raise LayoutError("the data ends too early")
    number: int = struct.unpack_from(code, data, start)[0]
    return number, end


def _code(field: Field) -> str:
    known = dictionary()
    if field.type in known.enums or field.type in known.indexes:
        return ">B"
    return ">" + known.scalars[field.type]
