"""Rewrite a recording in compressed chunks with an index, whether it was finished or cut off."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mcap.records import Attachment, Channel, Message, Metadata, Schema
from mcap.writer import CompressionType, Writer

from hatchwatch.errors import OutputError
from hatchwatch.evidence.records import RecordFile

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

__all__ = ["Recovery", "compact", "recover"]


@dataclass(frozen=True, slots=True)
class Recovery:
    """What `recover` found."""

    messages: int
    complete: bool  # the source had been finished properly
    lost_bytes: int  # behind the last complete record of the source


def recover(source: Path, target: Path) -> Recovery:
    """Copy all complete records of `source` into the new file `target`, chunked and indexed.

    The target appears only when it is whole, so it may be the source itself. Raises OutputError when the
    source is no recording or the target can't be written.
    """
    part = target.with_name(target.name + ".part")
    try:
        try:
            with part.open("wb") as stream:
                recovery = _copy(RecordFile(source), stream)
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"{target} can't be written: {error.strerror or error}.",
            cure="Choose another folder, or make room there.",
        ) from error
    return recovery


def compact(path: Path) -> Recovery:
    """`recover` in place: a recording made at full speed becomes about five times smaller."""
    return recover(path, path)


def _copy(source: RecordFile, stream: BinaryIO) -> Recovery:
    writer = Writer(stream, compression=CompressionType.ZSTD)
    writer.start(profile="hatchwatch", library="hatchwatch")
    schemas: dict[int, int] = {0: 0}
    ids: dict[int, int] = {}
    messages = 0
    for record in source.records():
        match record:
            case Schema():
                if record.id not in schemas:
                    schemas[record.id] = writer.register_schema(record.name, record.encoding, record.data)
            case Channel():
                if record.id not in ids:
                    ids[record.id] = writer.register_channel(
                        record.topic, record.message_encoding, schemas[record.schema_id], record.metadata
                    )
            case Message():
                writer.add_message(
                    ids[record.channel_id], record.log_time, record.data, record.publish_time, record.sequence
                )
                messages += 1
            case Attachment():
                writer.add_attachment(
                    record.create_time, record.log_time, record.name, record.media_type, record.data
                )
            case Metadata():
                writer.add_metadata(record.name, record.metadata)
            case _:
                pass
    writer.finish()  # type: ignore[no-untyped-call]
    return Recovery(messages, source.complete, source.lost_bytes)
