"""Frames on the serial line: COBS with 0x00 between packets."""

from __future__ import annotations

from cobs import cobs

__all__ = ["DELIMITER", "FrameSplitter", "encode_frame"]

DELIMITER = b"\x00"


def encode_frame(packet: bytes) -> bytes:
    """Return the bytes on the line for one packet, its closing delimiter included."""
    return bytes(cobs.encode(packet)) + DELIMITER


class FrameSplitter:
    """Cuts a stream of bytes into packets, whatever lies between them.

    Text of the REPL, halves of frames and noise are counted in `bad_frames` and kept in `last_bad`
    (shortened), because a board that talks, but not as our firmware would, is best shown by what it says.
    """

    def __init__(self, max_frame_bytes: int = 1024) -> None:
        self._max_frame_bytes = max_frame_bytes
        self._pending = bytearray()
        self.bad_frames = 0
        self.last_bad = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes as they came; return the contents of the frames that they completed."""
        self._pending += data
        *complete, rest = self._pending.split(DELIMITER)
        self._pending = rest
        if len(rest) > self._max_frame_bytes:  # no delimiter in sight: this is not our firmware
            self.reject(bytes(rest))
            self._pending = bytearray()
        packets = []
        for frame in complete:
            packet = self._decode(bytes(frame))
            if packet:
                packets.append(packet)
        return packets

    @property
    def unfinished(self) -> bytes:
        """What came after the last delimiter: the prompt of a REPL, for instance."""
        return bytes(self._pending)

    def reject(self, frame: bytes) -> None:
        """Count a frame that came whole but holds no packet."""
        self.bad_frames += 1
        self.last_bad = frame[-256:]

    def _decode(self, frame: bytes) -> bytes:
        if not frame:
            return b""
        try:
            return bytes(cobs.decode(frame))
        except cobs.DecodeError:
            self.reject(frame)
            return b""
