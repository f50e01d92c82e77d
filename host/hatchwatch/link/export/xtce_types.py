"""Types of XTCE parameters and arguments, each made when first used: an unused one would be an error."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal
from xml.etree.ElementTree import Element, SubElement

from hatchwatch.link.export.xtce_names import field_bytes
from hatchwatch.link.naming import SETS

if TYPE_CHECKING:
    from hatchwatch.link.dictionary import Dictionary, Field
    from hatchwatch.link.export.xtce_names import BenchShape

__all__ = ["TypeSet"]

MAX_STRING_BITS = 255 * 8
ECHO_BYTES = 8  # XTCE can't leave the length of a command to who sends it


class TypeSet:
    """The `ParameterTypeSet` or the `ArgumentTypeSet` of a document."""

    def __init__(self, known: Dictionary, shape: BenchShape, kind: Literal["Parameter", "Argument"]) -> None:
        self.element = Element(f"{kind}TypeSet")
        self._known = known
        self._shape = shape
        self._kind = kind
        self._made: set[str] = set()

    def of(self, field: Field) -> str:
        """Name of the type of a field of fixed size."""
        names = self._known.enums.get(field.type)
        if names is not None:
            return self._enumerated(field.type, list(names.items()), self._known.enum_texts[field.type])
        if field.type in self._known.indexes:
            return self._index(field.type)
        if field.type in SETS:
            return self.integer(f"u{8 * field_bytes(self._known, field)}", field.unit)
        return self.integer(field.type, field.unit)

    def integer(self, scalar: str, unit: str) -> str:
        """Name of an integer type; a unit such as "1/256 Pa" makes it a scaled number in Pa."""
        scaled = re.fullmatch(r"1/(\d+) (.+)", unit)
        # An argument stays the integer that the board takes: tools round scaled ones in their own ways.
        if scaled and self._kind == "Parameter":
            return self._scaled(scalar, int(scaled[1]), scaled[2])
        name = f"{scalar}_{_slug(unit)}" if unit else scalar
        if self._is_new(name):
            signed = "true" if scalar.startswith("i") else "false"
            made = self._add("Integer", name, unit, sizeInBits=str(_bits(scalar)), signed=signed)
            _integer_encoding(made, scalar)
        return name

    def text(self, name: str, length_parameter: str) -> str:
        """Name of a string type whose length in bytes is another parameter."""
        made = self._add("String", f"{name}_type", "")
        encoding = SubElement(made, "StringDataEncoding", encoding="UTF-8")
        variable = SubElement(encoding, "Variable", maxSizeInBits=str(MAX_STRING_BITS))
        _size_from(variable, length_parameter, 0)
        return f"{name}_type"

    def rest(self, name: str, bytes_before: int) -> str:
        """Name of a type of bytes from `bytes_before` up to the CRC of the packet."""
        made = self._add("Binary", f"{name}_type", "")
        size = SubElement(SubElement(made, "BinaryDataEncoding"), "SizeInBits")
        _size_from(size, "PKT_LENGTH", 7 - bytes_before - 2)
        return f"{name}_type"

    def some_bytes(self) -> str:
        """Name of a type of a few bytes."""
        if self._is_new("bytes"):
            made = self._add("Binary", "bytes", "")
            size = SubElement(SubElement(made, "BinaryDataEncoding"), "SizeInBits")
            SubElement(size, "FixedValue").text = str(8 * ECHO_BYTES)
        return "bytes"

    def _scaled(self, scalar: str, divisor: int, unit: str) -> str:
        name = f"{scalar}_{_slug(unit)}_by_{divisor}"
        if self._is_new(name):
            encoding = _integer_encoding(self._add("Float", name, unit, sizeInBits="64"), scalar)
            polynomial = SubElement(SubElement(encoding, "DefaultCalibrator"), "PolynomialCalibrator")
            SubElement(polynomial, "Term", coefficient="0", exponent="0")
            SubElement(polynomial, "Term", coefficient=repr(1 / divisor), exponent="1")
        return name

    def _index(self, kind: str) -> str:
        names = self._shape.named(kind)
        if names:
            return self._enumerated(kind, list(enumerate(names)), {})
        return self.integer("u8", "")

    def _enumerated(self, name: str, values: list[tuple[int, str]], texts: dict[int, str]) -> str:
        if self._is_new(name):
            made = self._add("Enumerated", name, "")
            _integer_encoding(made, "u8")
            listed = SubElement(made, "EnumerationList")
            for number, label in values:
                entry = SubElement(listed, "Enumeration", value=str(number), label=label)
                if texts.get(number):
                    entry.set("shortDescription", texts[number])
        return name

    def _is_new(self, name: str) -> bool:
        return name not in self._made

    def _add(self, sort: str, name: str, unit: str, **attributes: str) -> Element:
        self._made.add(name)
        made = SubElement(self.element, f"{sort}{self._kind}Type", {"name": name, **attributes})
        units = SubElement(made, "UnitSet")
        if unit:
            SubElement(units, "Unit").text = unit
        return made


def _integer_encoding(parent: Element, scalar: str) -> Element:
    encoding = "twosComplement" if scalar.startswith("i") else "unsigned"
    return SubElement(parent, "IntegerDataEncoding", sizeInBits=str(_bits(scalar)), encoding=encoding)


def _size_from(parent: Element, parameter: str, more_bytes: int) -> None:
    """Size in bits: eight times what a parameter holds and `more_bytes`."""
    dynamic = SubElement(parent, "DynamicValue")
    SubElement(dynamic, "ParameterInstanceRef", parameterRef=parameter)
    SubElement(dynamic, "LinearAdjustment", slope="8", intercept=str(8 * more_bytes))


def _bits(scalar: str) -> int:
    return int(scalar[1:])


def _slug(unit: str) -> str:
    return re.sub(r"\W+", "_", unit)
