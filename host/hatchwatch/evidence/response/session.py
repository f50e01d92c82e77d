"""One recorded response to a leak: bench, recording, document and report, whatever happens on the way."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hatchwatch.bench import Bench, open_bench
from hatchwatch.bench.parameters import report_settings
from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.deploy.files import MANIFEST_NAME
from hatchwatch.errors import Aborted, HatchwatchError
from hatchwatch.evidence.document import first_identity, met_identity, problem_of, session_facts
from hatchwatch.evidence.folder import RunFolder, default_folder
from hatchwatch.evidence.recorder import Recorder
from hatchwatch.evidence.recording import read_recording
from hatchwatch.evidence.report.response_page import build_response_report
from hatchwatch.evidence.response.document import Happened, ResponseDocument
from hatchwatch.evidence.response.findings import findings, summary
from hatchwatch.methods.isolation import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from hatchwatch.bench.emulated import Pace, PlantName
    from hatchwatch.bench.operator import Operator
    from hatchwatch.bench.response import ResponseLog

__all__ = ["ResponseRun", "ResponseSession", "Surroundings"]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Which bench, in what surroundings, and where the evidence goes."""

    bench: str
    kind: str  # "isolation", "verification" or "story": names the folder and the document
    port: str | None = None  # None: emulated
    seed: int = 1
    plant: PlantName = "quiet"
    pace: Pace = "max"
    out: Path | None = None
    command: str | None = None  # the command line, for the record


@dataclass(frozen=True, slots=True)
class ResponseRun:
    """What a run left behind."""

    document: ResponseDocument
    folder: RunFolder


class ResponseSession:
    """The state of one run. Its folder is made at once, so mistakes are told before anything starts."""

    def __init__(self, where: Surroundings) -> None:
        """Read the bench file, make folder and recording.

        Raises BenchFileError, UsageError for a folder with an earlier run, OutputError.
        """
        self.where = where
        self.happenings: list[Happened] = []
        self.parameters: dict[str, int] = {}  # that were set for this run
        self._planted_pa_m3_s: dict[str, float] = {}
        path = find_bench_file(self.where.bench)
        self.file, file_bytes = load_bench_file(path), path.read_bytes()
        self.folder = self._make_folder()
        self._started = datetime.now(UTC)
        self._identity = first_identity(self.file, file_bytes, real=self.where.port is not None)
        self._recorder = Recorder(
            self.folder.recording_path,
            self.file,
            identity={
                "bench": {"name": self.file.name},
                "tool": {"version": self._identity.tool.version},
            },
            attachments={f"{self.file.name}.toml": file_bytes},
        )

    def attach(self, name: str, data: bytes) -> None:
        """Put one more file into the recording."""
        self._recorder.attach(name, data)

    @contextmanager
    def open(self, operator: Operator | None = None) -> Iterator[Bench]:
        """The bench, with all that passes between it and us recorded."""
        where = self.where
        with (
            self._recorder,
            open_bench(
                where.bench,
                where.port,
                seed=where.seed,
                plant=where.plant,
                pace=where.pace,
                operator=operator,
                on_packet=self._recorder.packet,
                on_sent=self._recorder.sent,
            ) as bench,
        ):
            self._identity = met_identity(self._identity, bench, self._planted_pa_m3_s)
            report_settings(bench)
            if bench.manifest is not None:
                self._recorder.attach(MANIFEST_NAME, bench.manifest)
            yield bench

    def note(self, time_s: float, text: str) -> None:
        """Keep what was done to the bench: in the recording, in the document and in the report."""
        self._recorder.note(time_s, text)
        self.happenings.append(Happened(time_s=time_s, text=text))

    def plant_leak(self, bench: Bench, module: str, leak_pa_m3_s: float) -> None:
        """Open a leak in an emulated module, and keep that it was."""
        assert bench.emulated is not None
        bench.emulated.side.set_leak(module, leak_pa_m3_s)
        self._planted_pa_m3_s[module] = leak_pa_m3_s
        self._identity = met_identity(self._identity, bench, self._planted_pa_m3_s)
        self.note(bench.board_time_s, f"planted in {module}: {leak_pa_m3_s:.3g} Pa·m³/s at 8 kPa")

    def finish(
        self,
        outcome: Outcome,
        log: ResponseLog,
        *,
        error: HatchwatchError | None = None,
        rest_truth_pa_m3_s: float | None = None,
        found_truth_pa_m3_s: Mapping[float, float] | None = None,
        **more: Any,
    ) -> ResponseRun:
        """Write document and report; `more` are further fields of the document.

        Of an emulated bench the plant's truth stands beside what was told: of the rest, and of what was found
        by the time of its event.
        """
        problem = None if error is None else problem_of(error)
        fields: dict[str, Any] = {
            "outcome": outcome,
            "exit_code": outcome.exit_code,
            "summary": summary(outcome, log, found_truth_pa_m3_s) if error is None else error.seen,
            "problem": problem,
            "happenings": self.happenings,
            "parameters": self.parameters,
            "identity": self._identity,
            "session": session_facts(self._started, self.where.port, self.where.command),
        }
        found = findings(log, found_truth_pa_m3_s)
        if found["rest"] is not None:
            found["rest"] = found["rest"].model_copy(update={"truth_pa_m3_s": rest_truth_pa_m3_s})
        document = ResponseDocument(**(found | fields | more))
        self.folder.write_result(document)
        recording = read_recording(self.folder.recording_path)
        self.folder.write_report(build_response_report(document, self.file, recording))
        return ResponseRun(document, self.folder)

    def fail(self, error: HatchwatchError, log: ResponseLog, **more: Any) -> ResponseRun:
        """The same for a run that an error has ended."""
        outcome = Outcome.ABORTED if isinstance(error, Aborted) else Outcome.BLOCKED
        run = self.finish(outcome, log, error=error, **more)
        run.folder.tell(error)
        return run

    def _make_folder(self) -> RunFolder:
        where, result = self.where, f"{self.where.kind}.json"
        if where.out is not None:
            return RunFolder.prepare(where.out, result)
        wanted = default_folder(self.file.name, where.kind, datetime.now())  # noqa: DTZ005 (a folder's name)
        return RunFolder.prepare_new(wanted, result)
