"""Record a run while it happens: every packet as it was on the wire, and what it says in plain JSON.

The file is an unchunked MCAP: whatever kills this process, all that was recorded can be read (`recording`,
`recover`). When the run ends well the file is rewritten in compressed chunks.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from typing import TYPE_CHECKING, Any

import numpy as np
from mcap.writer import CompressionType, Writer

from hatchwatch.errors import OutputError
from hatchwatch.evidence import channels as topic
from hatchwatch.evidence.jsonable import jsonable
from hatchwatch.evidence.messages import Namer
from hatchwatch.evidence.recover import compact
from hatchwatch.evidence.sink import StraightFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import TracebackType

    from hatchwatch.boards.model import BenchFile
    from hatchwatch.link.packets import Body
    from hatchwatch.methods.results import FitCurves

__all__ = ["BoardClock", "Recorder"]

_log = logging.getLogger(__name__)
_NS = 1_000_000_000
_OVERTAKING_S = 1.0  # an event may overtake readings that began earlier, never by this much


class BoardClock:
    """Places the board's clock on the calendar, so that log times run at the board's pace.

    The first board time seen is put at the wall time of that moment. When the board starts anew its clock
    begins again at zero; it is then placed where the old one stopped.
    """

    def __init__(self, wall_ns: Callable[[], int] = time.time_ns) -> None:
        self._wall_ns = wall_ns
        self._zero_ns: int | None = None  # where board time 0 lies
        self._latest_s = 0.0

    def packet_came(self, board_time_s: float) -> None:
        """Learn from a packet's own time, in the order in which packets come."""
        if self._zero_ns is None:
            self._zero_ns = self._wall_ns() - round(board_time_s * _NS)
        elif board_time_s < self._latest_s - _OVERTAKING_S:
            self._zero_ns += round((self._latest_s - board_time_s) * _NS)
        self._latest_s = board_time_s

    def log_ns(self, board_time_s: float | None) -> int:
        """Log time in ns since 1970 of a board time; None means the latest packet's.

        Before the first packet it is the wall time.
        """
        if self._zero_ns is None:
            return self._wall_ns()
        time_s = self._latest_s if board_time_s is None else board_time_s
        return max(self._zero_ns + round(time_s * _NS), 0)  # MCAP knows no time before 1970


class Recorder:
    """Writes one run's MCAP file. Methods may be called from any thread.

    A disk that fills up must not stop the test that is under way: methods that record never raise for it. The
    first failure ends the recording and stays in `failure`; `check` raises it, and so does leaving the `with`
    block in peace.
    """

    def __init__(
        self,
        path: Path,
        bench: BenchFile,
        *,
        identity: Mapping[str, Mapping[str, str]] | None = None,
        attachments: Mapping[str, bytes] | None = None,
        wall_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        """Begin a recording at `path`, replacing what was there.

        `identity` becomes the file's metadata (one record per key); `attachments` are files by name, the
        bench file among them. Raises OutputError when the file can't be written.
        """
        self.path = path
        self.failure: OutputError | None = None
        self._lock = threading.Lock()
        self._clock = BoardClock(wall_ns)
        self._wall_ns = wall_ns
        self._namer = Namer(bench)
        self._sequence: dict[str, int] = {}
        self._closed = False
        try:
            self._file = StraightFile(path)
        except OSError as error:
            raise self._output_error(error) from error
        try:
            self._writer, self._channel_ids = self._begin(bench, identity or {}, attachments or {})
        except OSError as error:
            self._file.close()
            raise self._output_error(error) from error

    def _begin(
        self,
        bench: BenchFile,
        identity: Mapping[str, Mapping[str, str]],
        attachments: Mapping[str, bytes],
    ) -> tuple[Writer, dict[str, int]]:
        writer = Writer(self._file, use_chunking=False, compression=CompressionType.NONE)  # type: ignore[arg-type]
        writer.start(profile="hatchwatch", library="hatchwatch")
        ids = {}
        for channel in topic.channels(module.name for module in bench.modules):
            schema_id = writer.register_schema(
                channel.schema_name, channel.schema_encoding, channel.schema_bytes
            )
            ids[channel.topic] = writer.register_channel(
                channel.topic, channel.message_encoding, schema_id, {"meaning": channel.meaning}
            )
            self._sequence[channel.topic] = 0
        now_ns = self._wall_ns()
        for name, entries in identity.items():
            writer.add_metadata(name, dict(entries))
        for name, data in attachments.items():
            writer.add_attachment(now_ns, now_ns, name, "text/plain", data)
        return writer, ids

    def __enter__(self) -> Recorder:
        """The recorder itself; it records from its making on."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if kind is None:
            self.check()

    def check(self) -> None:
        """Raise OutputError if recording has failed."""
        if self.failure is not None:
            raise self.failure

    def packet(self, board_time_s: float, raw: bytes, body: Body) -> None:
        """Record a packet from the board: its exact bytes, and what it says. Fits `Link(on_packet=...)`."""
        with self._lock:
            self._clock.packet_came(board_time_s)
        self._write(topic.RAW, board_time_s, raw)
        said = self._namer.message(body)
        if said is not None:
            self.message(said[0], board_time_s, said[1])

    def sent(self, packet: bytes, command: str = "") -> None:
        """Record a packet to the board (without framing); `command` says in words what it asks for."""
        self._write(topic.SENT, None, packet)
        self.message(topic.ACK, None, self._namer.sent(packet, command))

    def message(self, name: str, board_time_s: float | None, fields: Mapping[str, Any]) -> None:
        """Record one JSON message on the channel `name` (`channels`), with its board time."""
        plain = jsonable(fields if board_time_s is None else {"board_time_s": board_time_s, **fields})
        data = json.dumps(plain, separators=(",", ":"), allow_nan=False)
        self._write(name, board_time_s, data.encode())

    def attach(self, name: str, data: bytes) -> None:
        """Put one more file into the recording."""
        with self._lock:
            if self._closed or self.failure is not None:
                return
            now_ns = self._wall_ns()
            try:
                self._writer.add_attachment(now_ns, now_ns, name, "text/plain", data)
            except OSError as error:
                self.failure = self._output_error(error)

    def phase(self, board_time_s: float, name: str) -> None:
        """Record that a phase of the test begins."""
        self.message(topic.PHASE, board_time_s, {"name": name})

    def note(self, board_time_s: float, text: str, severity: str = "info") -> None:
        """Record an event of the host's own, such as a planted leak, a warning or Ctrl-C."""
        self.message(topic.EVENT, board_time_s, {"severity": severity, "source": "host", "text": text})

    def fit(self, module: str, curves: FitCurves) -> None:
        """Record what was fitted to one module, so that a report can be drawn from the recording alone."""
        names = ("time_s", "pressure_pa", "temperature_k", "amount_pa", "fitted_pa", "residual_pa")
        arrays = {name: np.round(getattr(curves, name), 6).tolist() for name in names}
        self.message(topic.FIT, float(curves.time_s[-1]), {"module": module, **arrays})

    def close(self) -> None:
        """Finish the file and compress it; safe to call twice. Never raises: see `failure`."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            try:
                if self.failure is None:
                    self._writer.finish()  # type: ignore[no-untyped-call]
                    self._file.sync()
            except OSError as error:
                self.failure = self._output_error(error)
            finally:
                self._file.close()
        if self.failure is None:
            self._compact()

    def _compact(self) -> None:
        try:
            compact(self.path)
        except (OSError, OutputError) as error:
            # The unchunked file is complete and stays as it is; only disk space is lost.
            _log.warning("%s was not compressed: %s", self.path, error)

    def _write(self, name: str, board_time_s: float | None, data: bytes) -> None:
        with self._lock:
            if self._closed or self.failure is not None:
                return
            self._sequence[name] += 1
            try:
                self._writer.add_message(
                    self._channel_ids[name],
                    log_time=self._clock.log_ns(board_time_s),
                    data=data,
                    publish_time=self._wall_ns(),
                    sequence=self._sequence[name],
                )
            except OSError as error:
                self.failure = self._output_error(error)

    def _output_error(self, error: OSError) -> OutputError:
        return OutputError(
            f"The recording {self.path} can't be written: {error.strerror or error}.",
            cure="Make room there or choose another folder with --out. What was recorded so far can be read.",
        )
