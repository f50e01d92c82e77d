"""The dictionary as a page of the documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hatchwatch.link.export.tables import dictionary_tables

if TYPE_CHECKING:
    from hatchwatch.link.dictionary import Dictionary
    from hatchwatch.link.export.tables import Table

__all__ = ["dictionary_markdown"]

INTRO = """# The dictionary

Made by `hatchwatch dictionary --markdown FILE` from `firmware/fsw/link/dictionary.py`; do not edit it here.

Everything that crosses the link between host and board: packets by ECSS-E-ST-70-41C (PUS-C) in CCSDS space
packets of APID {apid} (0x{apid:x}), framed by COBS with 0x00 behind each. All numbers are big endian.

| part of a packet | bytes | what it holds |
|---|---|---|
| CCSDS header | 6 | type (1 to the board), secondary header flag, APID, unsegmented, count, length - 1 |
| PUS-C header to the board | 5 | version 2 and acknowledgement flags, service, subtype, source (2) |
| PUS-C header from the board | 7 | version 2, service, subtype, count of this type (2), destination (2) |
| time, from the board only | 6 | since the chip's reset: seconds (4), 1/65536 s (2) |
| data | | the fields below |
| CRC | 2 | CRC-16/CCITT-FALSE over all before it |

A packet is at most {max_packet_bytes} bytes long. {fixed} mean the same in every version, so that any host
can ask any board who it is and bring it to safety.

Types: u8, u16, u32, u64 and i32 are integers by their bits; `str` is one byte of length and UTF-8; `bytes` is
the rest of the packet; `list` is one byte that counts the groups, and the groups one after another; the names
of enumerations are one byte; `module`, `hatch` and `injector` are one byte that counts from 0 in the order of
the bench file; `modules` and `hatches` are sets: two bytes, bit 0 for the first one, and so on.
"""


def dictionary_markdown(known: Dictionary) -> str:
    """The whole dictionary as GitHub-flavoured Markdown."""
    fixed = ", ".join(f"`{name}`" for name in known.fixed)
    intro = INTRO.format(apid=known.apid, max_packet_bytes=known.max_packet_bytes, fixed=fixed)
    return intro + "".join(_section(table) for table in dictionary_tables(known))


def _section(table: Table) -> str:
    lines = [
        f"\n## {table.name.capitalize()}\n",
        f"{table.intro}\n",
        _line(table.columns),
        "|" + "---|" * len(table.columns),
        *(_line(row) for row in table.rows),
    ]
    return "\n".join(lines) + "\n"


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
