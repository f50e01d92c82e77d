"""The dictionary is consistent with itself."""

from __future__ import annotations

import string

from hatchwatch.link.dictionary import Field, FieldGroup, dictionary


def _fields(layout: tuple[Field | FieldGroup, ...]) -> list[Field]:
    fields: list[Field] = []
    for item in layout:
        fields += item.fields if isinstance(item, FieldGroup) else [item]
    return fields


def test_every_type_is_declared():
    known = dictionary()
    allowed = {*known.scalars, *known.enums, *known.indexes}
    entries = [*known.telemetry.values(), *known.commands.values(), *known.events.values()]
    for entry in entries:
        assert {field.type for field in _fields(entry.layout)} <= allowed, entry.name


def test_numbers_are_given_once():
    known = dictionary()
    commands = [(entry.service, entry.subtype, entry.function) for entry in known.commands.values()]
    assert len(set(commands)) == len(commands)
    names = [event.name for event in known.events.values()]
    assert len(set(names)) == len(names)


def test_texts_use_only_what_is_sent():
    for event in dictionary().events.values():
        used = {name for _, name, _, _ in string.Formatter().parse(event.text) if name}
        assert used <= {item.name for item in event.layout}, event.name
    for code in dictionary().codes.values():
        assert {name for _, name, _, _ in string.Formatter().parse(code.text) if name} <= {"detail"}


def test_what_must_never_change():
    """A host with any dictionary can ask who is there and bring the bench to safety."""
    known = dictionary()
    ping, safe, identity = known.commands["ping"], known.commands["safe"], known.telemetry["identity"]
    assert (ping.service, ping.subtype, ping.layout) == (17, 1, ())
    assert (safe.service, safe.subtype, safe.function, safe.layout) == (8, 1, 5, ())
    assert (identity.service, identity.subtype) == (17, 129)
    assert isinstance(identity.layout[0], Field)
    assert (identity.layout[0].name, identity.layout[0].type) == ("dictionary_hash", "u32")
