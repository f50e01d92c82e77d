"""Read the records of an MCAP file that may end anywhere.

The library's own reader takes a cut message for a whole one, and its seeking reader refuses files without a
footer. A record here is either complete or not there: messages must parse, packets must have the right CRC
(after a power cut the end of a file may be as long as it should be, but full of zeros).
"""

from __future__ import annotations

import json
import struct
from binascii import crc_hqx
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from mcap.data_stream import ReadDataStream
from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.records import Attachment, Channel, Chunk, Footer, Message, Metadata, Schema
from mcap.stream_reader import breakup_chunk
from zstandard import ZstdError

from hatchwatch.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mcap.records import McapRecord

__all__ = ["RecordFile"]

_MAGIC = b"\x89MCAP0\r\n"
_HEADER = struct.Struct("<BQ")
_LARGEST_RECORD_BYTES = 1 << 30


class RecordFile:
    """The complete records of a recording, in their order; afterwards `complete` tells how the file ended."""

    def __init__(self, path: Path) -> None:
        """Nothing is read before `records`."""
        self.path = path
        self.complete = False  # the file was finished properly
        self.lost_bytes = 0  # behind the last complete record
        self._encodings: dict[int, str] = {}  # of the channels seen so far

    def records(self) -> Iterator[McapRecord]:
        """Schemas, channels, messages, attachments, metadata; raises OutputError if this is no recording."""
        with self._open() as stream:
            if stream.read(len(_MAGIC)) != _MAGIC:
                raise OutputError(
                    f"{self.path} is not a recording: it does not begin like an MCAP file.",
                    fault="the file",
                    cure="Name the run.mcap of a run's folder.",
                )
            good_until = stream.tell()
            while (found := _next_record(stream)) is not None:
                opcode, body = found
                try:
                    whole = [record for record in _parse(opcode, body) if self._is_whole(record)]
                except (McapError, struct.error, ValueError, ZstdError):
                    break  # damaged inside: what follows can't be trusted to be in step
                yield from whole
                if whole or opcode != Opcode.MESSAGE:
                    good_until = stream.tell()
                if opcode == Opcode.FOOTER:
                    self.complete = True
                    break
            stream.seek(0, 2)
            self.lost_bytes = 0 if self.complete else stream.tell() - good_until

    def _is_whole(self, record: McapRecord) -> bool:
        """Whether a message's content bears it out; other records have proved themselves by parsing."""
        if isinstance(record, Channel):
            self._encodings[record.id] = record.message_encoding
        if not isinstance(record, Message):
            return True
        match self._encodings.get(record.channel_id):
            case "json":
                return _is_json(record.data)
            case "ccsds":
                return (
                    len(record.data) > 2 and crc_hqx(record.data, 0xFFFF) == 0
                )  # the packet ends with its CRC
            case encoding:
                return encoding is not None

    def _open(self) -> BinaryIO:
        try:
            return self.path.open("rb")
        except OSError as error:
            raise OutputError(
                f"The recording {self.path} can't be read: {error.strerror}.",
                fault="the file",
                cure="Name the run.mcap of a run's folder.",
            ) from error


def _next_record(stream: BinaryIO) -> tuple[int, bytes] | None:
    """Opcode and body of the next record, None where no whole record follows."""
    header = stream.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    opcode, length = _HEADER.unpack(header)
    if opcode == 0 or length > _LARGEST_RECORD_BYTES:
        return None
    body = stream.read(length)
    return (opcode, body) if len(body) == length else None


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except ValueError:
        return False
    return True


def _parse(opcode: int, body: bytes) -> Iterator[McapRecord]:
    data = ReadDataStream(BytesIO(body))
    match opcode:
        case Opcode.MESSAGE:
            yield Message.read(data, len(body))
        case Opcode.SCHEMA:
            yield Schema.read(data)
        case Opcode.CHANNEL:
            yield Channel.read(data)
        case Opcode.ATTACHMENT:
            yield Attachment.read(data)
        case Opcode.METADATA:
            yield Metadata.read(data)
        case Opcode.CHUNK:
            yield from breakup_chunk(Chunk.read(data), validate_crc=True)
        case Opcode.FOOTER:
            Footer.read(data)
        case _:
            pass  # indexes and statistics: they repeat what we read anyway
