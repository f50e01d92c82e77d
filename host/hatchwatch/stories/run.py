"""Play a story on an emulated bench in lockstep, record it, and compare what comes with what it expects."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from hatchwatch.bench.parameters import set_parameters
from hatchwatch.bench.response import ResponseLog
from hatchwatch.errors import Aborted, BoardError, HatchwatchError, internal_error
from hatchwatch.evidence.response.document import StoryEntry
from hatchwatch.evidence.response.session import ResponseSession, Surroundings
from hatchwatch.evidence.response.truth import FoundTruth, hull_loss_pa_m3_s, rest_loss_pa_m3_s
from hatchwatch.methods.isolation import outcome_of
from hatchwatch.stories.expectations import Expectations
from hatchwatch.stories.files import load_story
from hatchwatch.stories.happenings import Timeline, perform, words
from hatchwatch.stories.truth import check_leak, check_onset, check_rest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hatchwatch.bench import Bench
    from hatchwatch.evidence.response.document import Check
    from hatchwatch.evidence.response.session import ResponseRun
    from hatchwatch.stories.schema import FormName, Happening, Story

    OnStep = Callable[[Bench, ResponseLog], None]

__all__ = ["play_story"]

_STEP_S = 0.5
_LINGER_S = 3.0  # behind the last expected event: what it has caused is told by then


def play_story(
    path: Path,
    form: FormName = "full",
    *,
    seed: int | None = None,
    out: Path | None = None,
    command: str | None = None,
    on_step: OnStep | None = None,
) -> ResponseRun:
    """Play the story in the file at `path`; `seed` replaces its own.

    The run leaves a folder with story.json, run.mcap and report.html, however it ends. Its exit code is 0
    when all came as expected, 1 when not. `on_step` is called after every step of board time.

    Raises UsageError for a wrong story, BlockedError kinds when the bench fails, Aborted after Ctrl-C.
    """
    story = load_story(path)
    where = Surroundings(
        story.bench,
        "story",
        seed=story.seed if seed is None else seed,
        plant=story.plant,
        out=out,
        command=command,
    )
    return _Player(story, path, form, ResponseSession(where)).run(on_step or _nothing)


class _Player:
    """The state of one play."""

    def __init__(self, story: Story, path: Path, form: FormName, session: ResponseSession) -> None:
        self._story = story
        self._form = story.form(form)
        self._session = session
        self._log = ResponseLog(session.file.part_names)
        self._place = 0  # first packet that was not looked at yet
        self._truth: list[Check] = []
        self._expectations = Expectations(story.expect, story.never, 0.0)
        self._leak_s: float | None = None  # when the first leak began
        self._loss_pa_m3_s: float | None = None  # when the alarm came
        self._rest_loss_pa_m3_s: float | None = None  # of what was proved, in the end
        self._found_loss_pa_m3_s: dict[float, float] = {}  # of what was found, by the time of that
        self._entry = StoryEntry(
            name=path.stem,
            title=story.title,
            text=story.text.strip(),
            form=form,
            scale=story.scale.strip(),
            sha256=sha256(path.read_bytes()).hexdigest(),
            checks=[],
        )
        session.attach(path.name, path.read_bytes())

    def run(self, on_step: OnStep) -> ResponseRun:
        """Play it; errors are raised when the folder is written."""
        try:
            with self._session.open() as bench:
                self._prepare(bench)
                self._play(bench, on_step)
                checks = [*self._expectations.end(bench.board_time_s), *self._truth]
        except HatchwatchError as error:
            self._session.fail(error, self._log, **self._so_far)
            raise
        except KeyboardInterrupt:
            stopped = Aborted("The story was stopped by Ctrl-C.")
            self._session.fail(stopped, self._log, **self._so_far)
            raise stopped from None
        except Exception as error:  # whatever it is, a run leaves its document
            unforeseen = internal_error(error)
            self._session.fail(unforeseen, self._log, **self._so_far)
            raise unforeseen from error
        return self._session.finish(
            outcome_of(self._log),
            self._log,
            rest_truth_pa_m3_s=self._rest_loss_pa_m3_s,
            found_truth_pa_m3_s=self._found_loss_pa_m3_s,
            story=self._entry.model_copy(update={"checks": checks}),
            exit_code=0 if all(check.ok for check in checks) else 1,
        )

    @property
    def _so_far(self) -> dict[str, Any]:
        """What a story that did not come to its end tells."""
        return {"story": self._entry, "found_truth_pa_m3_s": self._found_loss_pa_m3_s}

    def _prepare(self, bench: Bench) -> None:
        """Hatches in their safe state, parameters set, then time counts."""
        bench.safe()
        ambient_pa, _ = bench.ambient()
        values = {"ambient_pa": round(ambient_pa)} | self._story.parameters | self._form.parameters
        set_parameters(bench, values)
        self._session.parameters = values
        self._catch_up(bench)

    def _play(self, bench: Bench, on_step: OnStep) -> None:
        start_s = bench.board_time_s
        found = FoundTruth(bench)
        self._found_loss_pa_m3_s = found.loss_pa_m3_s
        self._expectations = Expectations(self._story.expect, self._story.never, start_s)
        timeline = Timeline(self._story.happenings, start_s, self._form.pace)
        end_s = start_s + self._form.limit_s
        while bench.board_time_s < end_s and not self._expectations.failed:
            while (happening := timeline.due(bench.board_time_s, self._log)) is not None:
                self._do(happening, bench)
            bench.wait(timeline.next_s(bench.board_time_s, _STEP_S, self._log))
            self._catch_up(bench)
            self._expectations.follow(self._log, bench.board_time_s, more_to_come=timeline.more_to_come)
            self._look_at_the_truth(bench)
            found.look(self._log)
            on_step(bench, self._log)
            if self._story.expect and self._expectations.met and timeline.over:
                end_s = min(end_s, bench.board_time_s + _LINGER_S)
        self._compare_with_truth(bench)

    def _do(self, happening: Happening, bench: Bench) -> None:
        now_s = bench.board_time_s
        self._session.note(now_s, words(happening))
        if happening.leak is not None and happening.leak.pa_m3_s > 0.0 and self._leak_s is None:
            self._leak_s = now_s
        try:
            perform(happening, bench)
        except BoardError as error:
            error.fault = "the story, or the board"
            raise
        self._expectations.happened(bench.board_time_s)

    def _look_at_the_truth(self, bench: Bench) -> None:
        """Take down what the station loses while the alarm is fresh."""
        if "leak" in self._story.truth and self._loss_pa_m3_s is None and self._log.alarm is not None:
            self._loss_pa_m3_s = hull_loss_pa_m3_s(bench)

    def _compare_with_truth(self, bench: Bench) -> None:
        if "onset" in self._story.truth:
            self._truth.append(check_onset(self._log, self._leak_s or 0.0))
        if "leak" in self._story.truth:
            self._truth.append(check_leak(self._log, self._loss_pa_m3_s or 0.0))
        rest = self._log.last("rest_measured")
        if "rest" in self._story.truth:
            if rest is not None:
                self._rest_loss_pa_m3_s = rest_loss_pa_m3_s(bench, rest.fields["modules"])
            self._truth.append(check_rest(self._log, self._rest_loss_pa_m3_s or 0.0))

    def _catch_up(self, bench: Bench) -> None:
        packets = bench.link.history.since(self._place)
        self._place += len(packets)
        self._log.take(packets)


def _nothing(_bench: Bench, _log: ResponseLog) -> None:
    pass
