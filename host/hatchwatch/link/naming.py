"""Names in place of the numbers of a packet: of indexes, of sets, and of what a leak is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hatchwatch.link.dictionary import Field, dictionary
from hatchwatch.numbers import rate_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hatchwatch.link.dictionary import FieldGroup, Layout

    Names = Mapping[str, Sequence[str]]

__all__ = [
    "NOBODY",
    "SETS",
    "counted_parts",
    "members",
    "named_fields",
    "numbered_fields",
    "sentence",
    "set_of",
    "text_of",
]

SETS = {"modules": "module", "hatches": "hatch"}  # types that are one bit per part of the bench
NOBODY = 255  # as an index: there is none
_LEAK_UNIT = "nPa m3/s"
_PA_M3_S = 1e-9  # of one such unit
_NOT_MEASURED = -1  # as a bound

# What the fields "first" and "second", or "index", count, by the enumeration beside them.
_PAIRS = {
    "module": ("module", "module"),
    "two_modules": ("module", "module"),
    "hatch": ("hatch", "hatch"),
    "module_and_hatch": ("module", "hatch"),
    "sensor_drifts": ("module", "module"),
}
_DECIDERS = {"longer": "module", "closure": "hatch", "sensor": "module", "pressure": "module"}


def members(bits: int) -> tuple[int, ...]:
    """The indexes in a set."""
    return tuple(index for index in range(bits.bit_length()) if bits >> index & 1)


def set_of(indexes: Iterable[int]) -> int:
    """The bits of a set of indexes."""
    bits = 0
    for index in indexes:
        bits |= 1 << index
    return bits


def named_fields(layout: Layout, values: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """The values with names for what counts parts of a bench; a set becomes a list of names.

    `names` holds the names of each "module", "hatch" and "injector". An index without a name becomes "number
    7"; one that means nobody, None.
    """
    return {item.name: _named(item, values, names) for item in layout}


def numbered_fields(layout: Layout, named: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """The reverse of `named_fields` for plain fields: what `link.commands.command` takes.

    Raises ValueError for a name that the bench does not have.
    """
    kinds = {item.name: item.type for item in layout if isinstance(item, Field)}
    return {name: _numbered(kinds.get(name, ""), value, names) for name, value in named.items()}


def _numbered(kind: str, value: Any, names: Names) -> Any:
    if kind in SETS:
        return set_of(_index(SETS[kind], name, names) for name in value)
    return _index(kind, value, names) if kind in names and isinstance(value, str) else value


def _index(kind: str, name: str, names: Names) -> int:
    known = list(names[kind])
    if name not in known:
        raise ValueError(f"no {kind} is called {name}; there are {', '.join(known)}")
    return known.index(name)


def sentence(template: str, layout: Layout, named: Mapping[str, Any]) -> str:
    """Fill a text of the dictionary: leaks get an SI prefix, and brackets around nobody are left out."""
    leaks = {item.name for item in layout if isinstance(item, Field) and item.unit == _LEAK_UNIT}
    texts = {
        name: rate_text(_leak_pa_m3_s(value)) if name in leaks else text_of(value)
        for name, value in named.items()
    }
    return template.format(**texts).replace(f" ({text_of(None)})", "")


def _leak_pa_m3_s(value_npa_m3_s: int) -> float | None:
    return None if value_npa_m3_s == _NOT_MEASURED else value_npa_m3_s * _PA_M3_S


def text_of(value: Any) -> str:
    """A named value for a text: sets with commas, and "none" for what is empty."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)


def _named(item: Field | FieldGroup, values: Mapping[str, Any], names: Names) -> Any:
    value = values[item.name]
    if not isinstance(item, Field):
        return [named_fields(item.fields, group, names) for group in value]
    if item.type in SETS:
        return [_name(SETS[item.type], index, names) for index in members(value)]
    kind = item.type if item.type in dictionary().indexes else _counted(item.name, values)
    return value if kind is None else _name(kind, value, names)


def _name(kind: str, index: int, names: Names) -> str | None:
    known = names.get(kind, ())
    if index == NOBODY:
        return None
    return known[index] if index < len(known) else f"number {index}"


def counted_parts(name: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The kinds of parts that a plain number may count, by its name and its neighbours; () if none."""
    if name in {"first", "second"}:
        kinds = {pair[name == "second"] for kind, pair in _PAIRS.items() if values.get("kind", kind) == kind}
    elif name == "index":
        kinds = {part for decider, part in _DECIDERS.items() if values.get("decider", decider) == decider}
    else:
        kinds = {"module"} if name == "module" else set()
    return tuple(sorted(kinds, reverse=True))


def _counted(name: str, values: Mapping[str, Any]) -> str | None:
    """What a plain number counts, as far as its neighbours tell: the packets of leaks have such fields."""
    if name in {"first", "second"} and values.get("kind") in _PAIRS:
        return _PAIRS[values["kind"]][name == "second"]
    if name == "index":
        return _DECIDERS.get(values.get("decider", ""))
    return "module" if name == "module" else None
