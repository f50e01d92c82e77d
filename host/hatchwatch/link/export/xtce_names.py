"""Names and sizes that XTCE needs and the dictionary does not have: of parameters, and of lists."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hatchwatch.link.dictionary import Dictionary, Field
from hatchwatch.link.naming import SETS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from hatchwatch.link.dictionary import FieldGroup, Layout

__all__ = [
    "HEADER_BYTES",
    "BenchShape",
    "bench_list",
    "count_name",
    "field_bytes",
    "field_name",
    "flattened",
    "group_bytes",
    "longest_list",
]

HEADER_BYTES = 6 + 7 + 6  # CCSDS header, PUS-C telemetry header, time
CRC_BYTES = 2

# Lists that have as many groups as the bench has such parts.
_BENCH_LISTS = {"modules": "module", "sensors": "module", "hatches": "hatch", "injectors": "injector"}


@dataclass(frozen=True, slots=True)
class BenchShape:
    """How many parts a bench has; `names` are empty when nobody said which bench it is."""

    modules: int = 6
    hatches: int = 5
    injectors: int = 6
    names: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def of(cls, names: Mapping[str, list[str]]) -> BenchShape:
        """The shape of a bench with these names of each "module", "hatch" and "injector"."""
        kept = tuple((kind, tuple(known)) for kind, known in names.items())
        return cls(len(names["module"]), len(names["hatch"]), len(names["injector"]), kept)

    def count(self, kind: str) -> int:
        """How many there are of a "module", "hatch" or "injector"."""
        return {"module": self.modules, "hatch": self.hatches, "injector": self.injectors}[kind]

    def named(self, kind: str) -> tuple[str, ...]:
        """The names of this kind in the order of the bench file; empty if unknown."""
        return dict(self.names).get(kind, ())


def field_name(packet: str, field: Field, group: FieldGroup | None = None, place: int = 0) -> str:
    """Name of the XTCE parameter of a field, in the `place`th group of a list.

    Scaled integers lose the scale in their name, since a tool shows them in whole units.
    """
    name = re.sub(r"_q\d+_", "_", field.name)
    return f"{packet}_{name}" if group is None else f"{packet}_{group.name}_{place}_{name}"


def count_name(packet: str, group: FieldGroup) -> str:
    """Name of the XTCE parameter that counts the groups of a list."""
    return f"{packet}_{group.name}_count"


def bench_list(group: FieldGroup) -> str | None:
    """The kind of part of which a list holds one group each, or None."""
    return _BENCH_LISTS.get(group.name)


def field_bytes(known: Dictionary, field: Field) -> int:
    """Bytes of a field of fixed size."""
    return struct.calcsize(">" + known.scalars[field.type]) if field.type in known.scalars else 1


def group_bytes(known: Dictionary, group: FieldGroup) -> int:
    """Bytes of one group of a list."""
    return sum(field_bytes(known, field) for field in group.fields)


def longest_list(known: Dictionary, shape: BenchShape, group: FieldGroup, bytes_before: int) -> int:
    """How many groups such a list can hold behind `bytes_before` bytes of the packet, its count included.

    A packet's room bounds it, and so does the enumeration whose values are told once each, or the number of
    parts of which each group holds a set of its own.
    """
    room = known.max_packet_bytes - bytes_before - CRC_BYTES
    fitting = room // group_bytes(known, group)
    first = group.fields[0]
    if first.type in SETS:
        return min(fitting, shape.count(SETS[first.type]))
    once_each = first.type in known.enums and all(field.name != "index" for field in group.fields)
    return min(fitting, len(known.enums[first.type])) if once_each else fitting


def flattened(packet: str, layout: Layout, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The XTCE parameters, each with its value, that decoded data of one packet makes."""
    for item in layout:
        if isinstance(item, Field):
            yield field_name(packet, item), values[item.name]
            continue
        yield count_name(packet, item), len(values[item.name])
        for place, fields in enumerate(values[item.name]):
            for field in item.fields:
                yield field_name(packet, field, item, place), fields[field.name]
