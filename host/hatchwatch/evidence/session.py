"""One recorded decay test: bench, recording, method, result and report, whatever happens on the way."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hatchwatch.bench import Bench, open_bench
from hatchwatch.bench.parameters import report_settings
from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.boards.names import pick_all
from hatchwatch.deploy.files import MANIFEST_NAME
from hatchwatch.emulator.faults import fault_of
from hatchwatch.errors import Aborted, BlockedError, HatchwatchError, UsageError, internal_error
from hatchwatch.evidence.document import (
    document_of_decay,
    document_of_problem,
    first_identity,
    met_identity,
    problem_of,
    session_facts,
)
from hatchwatch.evidence.folder import RunFolder, default_folder
from hatchwatch.evidence.recorder import Recorder
from hatchwatch.evidence.recording import read_recording
from hatchwatch.evidence.report import build_report
from hatchwatch.methods.planning import plan_decay
from hatchwatch.methods.procedure import DecaySettings, DecayTest
from hatchwatch.methods.protocols import NoProgress
from hatchwatch.methods.results import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from hatchwatch.bench.emulated import PlantName
    from hatchwatch.bench.operator import Operator
    from hatchwatch.boards import BenchFile
    from hatchwatch.evidence import result as parts
    from hatchwatch.evidence.result import ResultDocument
    from hatchwatch.methods.protocols import Progress, ReadingsBlock
    from hatchwatch.methods.results import DecayResult

__all__ = ["DecayRun", "RunOptions", "checked", "run_decay"]


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What to test, where, and where the evidence goes."""

    bench: str
    settings: DecaySettings
    port: str | None = None  # None: emulated
    seed: int = 1
    plant: PlantName = "quiet"
    leaks_pa_m3_s: Mapping[str, float] = field(default_factory=dict)  # planted, emulated only
    faults: tuple[tuple[str, str], ...] = ()  # (kind, target) as in `emulator.faults`, emulated only
    out: Path | None = None
    command: str | None = None  # the command line, for the record


@dataclass(frozen=True, slots=True)
class DecayRun:
    """What a run left behind."""

    document: ResultDocument
    folder: RunFolder


def run_decay(
    options: RunOptions,
    progress: Progress | None = None,
    operator: Operator | None = None,
    on_open: Callable[[Bench], None] | None = None,
) -> DecayRun:
    """Run a pressure-decay test and leave its folder. `on_open` sees the bench before the first phase.

    Mistakes of the user are told before anything starts or moves (UsageError, OutputError). Once the run has
    begun, every end leaves result.json and report.html beside the recording; errors are raised after that.
    """
    options = checked(options)
    path = find_bench_file(options.bench)
    file = load_bench_file(path)
    if options.out is not None:
        folder = RunFolder.prepare(options.out)
    else:
        folder = RunFolder.prepare_new(default_folder(file.name, "decay", datetime.now()))  # noqa: DTZ005
    session = _Session(options, file, path.read_bytes(), folder)
    return session.run(progress or NoProgress(), operator, on_open)


def checked(options: RunOptions) -> RunOptions:
    """The same options with all names spelt as in the bench file.

    Raises UsageError for whatever can be known to be wrong before a bench is opened: names of modules and
    parts, a limit that can't be decided, faults on a real bench; BenchFileError.
    """
    file = load_bench_file(find_bench_file(options.bench))
    settings = _with_true_names(options.settings, file)
    plan_decay(file, settings.limit_pa_m3_s, settings.duration_s, settings.at_pa, settings.tested)
    leaking = pick_all("chamber", options.leaks_pa_m3_s, [module.name for module in file.chambers])
    if (options.leaks_pa_m3_s or options.faults) and options.port is not None:
        raise UsageError(
            "Leaks and faults can only be planted in an emulated bench.",
            cure="Leave --port out; or leave --leak and --fault out, and open an injector with --open.",
        )
    return replace(
        options,
        settings=settings,
        leaks_pa_m3_s=dict(zip(leaking, options.leaks_pa_m3_s.values(), strict=True)),
        faults=tuple(fault_of(file, kind, target) for kind, target in options.faults),
    )


def _with_true_names(settings: DecaySettings, file: BenchFile) -> DecaySettings:
    chambers = [module.name for module in file.chambers]
    fitted = [module.name for module in file.injectors]
    return replace(
        settings,
        tested=None if settings.tested is None else pick_all("chamber", settings.tested, chambers),
        open_injectors=pick_all("module with an injector", settings.open_injectors, fitted),
    )


class _Session:
    """The state of one run."""

    def __init__(self, options: RunOptions, file: BenchFile, file_bytes: bytes, folder: RunFolder) -> None:
        self._options = options
        self._file = file
        self._folder = folder
        self._started = datetime.now(UTC)
        self._identity = first_identity(file, file_bytes, real=options.port is not None)
        metadata = {"bench": {"name": file.name}, "tool": {"version": self._identity.tool.version}}
        self._recorder = Recorder(
            folder.recording_path,
            file,
            identity=metadata,
            attachments={f"{file.name}.toml": file_bytes},
        )

    def run(
        self, progress: Progress, operator: Operator | None, on_open: Callable[[Bench], None] | None
    ) -> DecayRun:
        test: DecayTest | None = None
        try:
            with self._recorder, self._open(operator) as bench:
                if on_open is not None:
                    on_open(bench)
                bench.check_sensors(self._options.settings.tested)
                test = DecayTest(bench, self._options.settings, _Recorded(progress, self._recorder, bench))
                result = test.run()
                self._record_fits(result)
        except HatchwatchError as error:
            self._fail(error, test)
            raise
        except KeyboardInterrupt:
            stopped = Aborted("Stopped by Ctrl-C before the test had begun.")
            self._fail(stopped, test)
            raise stopped from None
        except Exception as error:  # whatever it is, a run leaves its result
            unforeseen = internal_error(error)
            self._fail(unforeseen, test)
            raise unforeseen from error
        return self._finish(
            document_of_decay(result, self._file, identity=self._identity, session=self._wall_facts())
        )

    @contextmanager
    def _open(self, operator: Operator | None) -> Iterator[Bench]:
        options = self._options
        with open_bench(
            options.bench,
            options.port,
            seed=options.seed,
            plant=options.plant,
            operator=operator,
            on_packet=self._recorder.packet,
            on_sent=self._recorder.sent,
        ) as bench:
            self._identity = met_identity(self._identity, bench, self._options.leaks_pa_m3_s)
            report_settings(bench)  # the recording holds them then, for a replay
            if bench.manifest is not None:
                self._recorder.attach(MANIFEST_NAME, bench.manifest)
            self._plant(bench)
            yield bench

    def _plant(self, bench: Bench) -> None:
        """Plant the leaks and faults that were asked for, and say so in the recording."""
        if bench.emulated is None:
            return
        side, now_s = bench.emulated.side, bench.board_time_s
        for module, leak_pa_m3_s in self._options.leaks_pa_m3_s.items():
            side.set_leak(module, leak_pa_m3_s)
            self._recorder.note(now_s, f"planted in {module}: {leak_pa_m3_s:.3g} Pa·m³/s at 8 kPa")
        for kind, target in self._options.faults:
            side.fault(kind, target)
            self._recorder.note(now_s, f"planted fault: {kind} of {target}")

    def _record_fits(self, result: DecayResult) -> None:
        for module in result.modules:
            if module.fit is not None:
                self._recorder.fit(module.name, module.fit)

    def _fail(self, error: HatchwatchError, test: DecayTest | None) -> None:
        """Leave the folder of a run that an error has ended."""
        self._finish(self._document_of_error(error, test)).folder.tell(error)

    def _document_of_error(self, error: HatchwatchError, test: DecayTest | None) -> ResultDocument:
        verdict = _verdict_of(error)
        problem, session = problem_of(error), self._wall_facts()
        if test is None:
            return document_of_problem(
                verdict, problem, self._file, method="decay", identity=self._identity, session=session
            )
        return document_of_decay(
            test.unfinished(verdict, error.seen),
            self._file,
            identity=self._identity,
            session=session,
            problem=problem,
        )

    def _finish(self, document: ResultDocument) -> DecayRun:
        self._folder.write_result(document)
        recording = read_recording(self._folder.recording_path)
        self._folder.write_report(build_report(document, self._file, recording))
        return DecayRun(document, self._folder)

    def _wall_facts(self) -> parts.Session:
        return session_facts(self._started, self._options.port, self._options.command)


class _Recorded:
    """Passes progress on, and records where each phase begins."""

    def __init__(self, progress: Progress, recorder: Recorder, bench: Bench) -> None:
        self._progress = progress
        self._recorder = recorder
        self._bench = bench

    def begin(self, phase: str, expected_s: float | None) -> None:
        self._recorder.phase(self._bench.board_time_s, phase)
        self._progress.begin(phase, expected_s)

    def update(self, elapsed_s: float, note: str, latest: ReadingsBlock, share: float | None = None) -> None:
        self._recorder.check()  # a test without its recording is no evidence: stop now, not at the end
        self._progress.update(elapsed_s, note, latest, share)

    def end(self, phase: str) -> None:
        self._progress.end(phase)


def _verdict_of(error: HatchwatchError) -> Verdict:
    if isinstance(error, Aborted):
        return Verdict.ABORTED
    return Verdict.BLOCKED if isinstance(error, BlockedError) else Verdict.ERROR
