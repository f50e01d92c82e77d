"""Telecommands in XTCE: one MetaCommand for each command of the dictionary.

The tool that sends them sets sequence count and length and appends the CRC, as ground systems do for PUS. A
list takes exactly one group, which every tool can do; who wants more sends the command again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from hatchwatch.link.dictionary import CommandEntry, Dictionary, Field, FieldGroup
from hatchwatch.link.export.xtce_types import TypeSet

if TYPE_CHECKING:
    from hatchwatch.link.export.xtce_names import BenchShape

__all__ = ["command_meta_data"]

ALL = "none for all"  # how the dictionary says that an empty list means everything
ACKNOWLEDGE = 0x29  # PUS version 2; acceptance and completion are reported
UNSEGMENTED = 0xC000  # the count behind it is the sender's
TELECOMMAND = 0x1800  # packet type and secondary header flag


def command_meta_data(known: Dictionary, shape: BenchShape) -> Element:
    """The element `CommandMetaData` for all commands of the dictionary."""
    types = TypeSet(known, shape, "Argument")
    commands = Element("MetaCommandSet")
    for entry in known.commands.values():
        _add_command(commands, types, known.apid, entry)
        if any(isinstance(item, FieldGroup) and item.meaning == ALL for item in entry.layout):
            _add_command(commands, types, known.apid, entry, every=True)
    root = Element("CommandMetaData")
    root.extend([types.element, commands])
    return root


def _add_command(
    commands: Element, types: TypeSet, apid: int, entry: CommandEntry, *, every: bool = False
) -> None:
    name = f"{entry.name}_all" if every else entry.name
    command = SubElement(commands, "MetaCommand", name=name, shortDescription=entry.meaning)
    arguments = Element("ArgumentList")
    container = Element("CommandContainer", name=name)
    entries = SubElement(container, "EntryList")
    _fixed(entries, "packet_id", TELECOMMAND | apid, 16)
    _fixed(entries, "sequence", UNSEGMENTED, 16)
    _fixed(entries, "length", 0, 16)
    _fixed(entries, "pus_version_and_acknowledgements", ACKNOWLEDGE, 8)
    _fixed(entries, "service", entry.service, 8)
    _fixed(entries, "subtype", entry.subtype, 8)
    _fixed(entries, "source", 0, 16)
    if entry.function is not None:
        _fixed(entries, "function", entry.function, 8)
    for item in entry.layout:
        if isinstance(item, Field):
            _argument(arguments, entries, types, item)
            continue
        _fixed(entries, f"{item.name}_count", 0 if every else 1, 8)
        for field in () if every else item.fields:
            _argument(arguments, entries, types, field)
    if len(arguments):
        command.append(arguments)
    command.append(container)


def _argument(arguments: Element, entries: Element, types: TypeSet, field: Field) -> None:
    kind = types.some_bytes() if field.type == "bytes" else types.of(field)
    argument = SubElement(arguments, "Argument", name=field.name, argumentTypeRef=kind)
    if field.meaning:
        argument.set("shortDescription", field.meaning)
    SubElement(entries, "ArgumentRefEntry", argumentRef=field.name)


def _fixed(entries: Element, name: str, value: int, bits: int) -> None:
    text = value.to_bytes(bits // 8, "big").hex().upper()
    SubElement(entries, "FixedValueEntry", name=name, binaryValue=text, sizeInBits=str(bits))
