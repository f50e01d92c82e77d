"""Turn the host's objects into what JSON knows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import numpy as np

__all__ = ["jsonable"]


def jsonable(value: object) -> Any:
    """The same as dicts, lists, strings, numbers and None.

    Numbers that are not finite become None, bytes become hexadecimal text, enumeration members their name in
    lower case, dataclasses dicts of their fields. Raises TypeError for anything else.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: jsonable(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): jsonable(part) for key, part in value.items()}
    if isinstance(value, np.ndarray):
        return jsonable(value.tolist())
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
        return [jsonable(part) for part in value]
    return _scalar(value)


def _scalar(value: object) -> str | float | None:
    scalar: str | float | None
    match value:
        case Enum():
            scalar = value.name.lower()
        case None | bool() | int() | str():
            scalar = value
        case float() | np.floating():
            scalar = float(value) if math.isfinite(value) else None
        case np.integer() | np.bool_():
            scalar = value.item()
        case bytes() | bytearray():
            scalar = bytes(value).hex()
        case _:
            raise TypeError(f"{type(value).__name__} has no JSON form")
    return scalar
