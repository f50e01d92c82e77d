"""The dictionary as XTCE 1.2 (OMG formal/18-02-04), which Yamcs and other ground systems read."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

from hatchwatch.link.export.xtce_commands import command_meta_data
from hatchwatch.link.export.xtce_names import BenchShape
from hatchwatch.link.export.xtce_telemetry import telemetry_meta_data

if TYPE_CHECKING:
    from hatchwatch.link.dictionary import Dictionary

__all__ = ["BenchShape", "dictionary_xtce"]

NAMESPACE = "http://www.omg.org/spec/XTCE/20180204"
SCHEMA = "https://www.omg.org/spec/XTCE/20180204/SpaceSystem.xsd"


def dictionary_xtce(known: Dictionary, shape: BenchShape | None = None) -> str:
    """All telemetry and commands as an XTCE document, for benches of one shape (six modules by default)."""
    shape = shape or BenchShape()
    root = ElementTree.Element(
        "SpaceSystem",
        {
            "xmlns": NAMESPACE,
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:schemaLocation": f"{NAMESPACE} {SCHEMA}",
            "name": "hatchwatch",
            "shortDescription": f"firmware {known.firmware_version}, dictionary {known.hash:08x}, "
            f"for {shape.modules} modules, {shape.hatches} hatches, {shape.injectors} injectors",
        },
    )
    ElementTree.SubElement(
        root,
        "Header",
        version=known.firmware_version,
        validationStatus="Working",
        classification="NotClassified",
    )
    root.append(telemetry_meta_data(known, shape))
    root.append(command_meta_data(known, shape))
    ElementTree.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"
