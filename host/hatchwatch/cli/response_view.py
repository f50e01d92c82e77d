"""A response to a leak in the terminal: the station, the alarm, the plan, the suspects, what has happened."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from hatchwatch.bench.response import suspect_text
from hatchwatch.boards.terminal import station_text
from hatchwatch.evidence.wording import names_text
from hatchwatch.numbers import rate_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hatchwatch.bench.response import ResponseLog, Told
    from hatchwatch.boards import BenchFile

__all__ = ["ResponseView"]

_LAST_EVENTS: Final = 8
_MOST_SUSPECTS: Final = 4
_BAR: Final = 20  # characters of a probability of one
_STYLES: Final = {"info": "dim", "low": "", "medium": "yellow", "high": "bold red"}
_SAYS_NOTHING: Final = frozenset({"hatch_moving", "hatch_arrived", "injector_moving"})
_NANO: Final = 1e-9


class ResponseView:
    """Shows a `ResponseLog`; fits `methods.isolation.Watcher`.

    On a terminal it is one moving picture; elsewhere each event is a line when it comes, as in a log.
    """

    def __init__(
        self,
        file: BenchFile,
        *,
        out: Console | None = None,
        read_answer: Callable[[], str] | None = None,
    ) -> None:
        """Show on standard error by default, so that a result on standard output stays clean."""
        self._file = file
        self._out = out or Console(stderr=True, highlight=False)
        self._read_answer = read_answer or sys.stdin.readline
        self._live = self._new_picture()
        self._printed = 0  # events that a log has got

    def __enter__(self) -> Self:
        if self._out.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._out.is_terminal:
            self._live.stop()

    def _new_picture(self) -> Live:
        return Live(console=self._out, auto_refresh=False, vertical_overflow="visible")

    def show(self, log: ResponseLog) -> None:
        """Draw anew, or print what is new."""
        if self._out.is_terminal:
            self._live.update(self.picture(log), refresh=True)
            return
        for told in log.events[self._printed :]:
            if told.name not in _SAYS_NOTHING:
                self._out.print(_line(told), soft_wrap=True)
        self._printed = len(log.events)

    def approve(self, step: Told) -> bool:
        """Ask for the proposed step: Enter makes it, n or the end of the input does not."""
        if self._out.is_terminal:
            self._live.stop()
        shut, why = names_text(step.fields["shut"]) or "none", _reason(step.fields["reason"])
        self._out.print(
            Text.assemble(
                ("? ", "bold cyan"),
                f"to {step.fields['purpose']}, because {why}: hatches shut {shut}. ",
                ("Enter makes it, n ends the response. ", "dim"),
            ),
            soft_wrap=True,
        )
        answer = self._read_answer()
        if self._out.is_terminal:
            # The old picture stands above the question; started again it would be drawn over from there.
            self._live = self._new_picture()
            self._live.start()
        return bool(answer) and answer.strip().lower() in {"", "y", "yes"}

    def picture(self, log: ResponseLog) -> Group:
        """Everything at once."""
        return Group(
            self._station(log),
            _alarm_line(log),
            _plan_line(log),
            *_suspect_lines(log),
            *(_line(told) for told in _worth_showing(log)[-_LAST_EVENTS:]),
        )

    def _station(self, log: ResponseLog) -> Text:
        marks = _marks(log)
        drawn = Text(
            station_text(
                self._file,
                self._out.width,
                notes={name: [word] for name, (word, _) in marks.items()},
                positions=log.positions,
            )
        )
        for name, (word, style) in marks.items():
            drawn.highlight_words([name, word], style)
        return drawn


def _marks(log: ResponseLog) -> dict[str, tuple[str, str]]:
    """A word and a style for each module that something is known of."""
    marks: dict[str, tuple[str, str]] = {}
    rest, cut, found = (log.last(name) for name in ("rest_measured", "leak_isolated", "leak_found"))
    if rest is not None and rest.fields["solid"]:
        marks |= dict.fromkeys(rest.fields["modules"], ("solid", "green"))
    if cut is not None:
        marks |= dict.fromkeys(cut.fields["modules"], ("shut off", "yellow"))
    if found is not None and found.fields["kind"] in {"module", "two_modules", "module_and_hatch"}:
        second = found.fields["second"] if found.fields["kind"] == "two_modules" else None
        marks |= {name: ("LEAKS", "bold red") for name in (found.fields["first"], second) if name}
    return marks


def _alarm_line(log: ResponseLog) -> Text:
    alarm = log.alarm
    if alarm is None:
        return Text(_without_alarm(log), style="dim")
    leak, low, high = (rate_text(_NANO * alarm[f"leak{end}_npa_m3_s"]) for end in ("", "_low", "_high"))
    onset = f"began at {alarm['onset_s']} s ({alarm['onset_low_s']} … {alarm['onset_high_s']})"
    reserve = f"reserve {alarm['reserve_safe_s'] / 60:.1f} min"
    return Text.assemble(
        ("ALARM ", "bold red"), f"at {alarm['time_s']} s: {leak} ({low} … {high}), {onset}, {reserve}"
    )


def _without_alarm(log: ResponseLog) -> str:
    """Why the board does something though it has raised no alarm."""
    steps = log.all("response_step")
    if steps and steps[0].fields["reason"] == "command":
        return "repair to be verified" if steps[0].fields["purpose"] == "verify" else "search commanded"
    return "no alarm"


def _plan_line(log: ResponseLog) -> Text:
    seconds = 0 if log.status is None else log.status["seconds"]
    if log.purpose == "none" and log.phase == "watch":
        return Text(f"watching: {_gas(log)}")
    if log.ended:
        return Text(f"{log.phase}, because {_reason(log.reason)}; hatches shut: {_shut(log)}")
    text = f"{log.purpose}: {log.phase} {seconds} s, because {_reason(log.reason)}"
    return Text(f"{text}; hatches to be shut: {names_text(log.shut) or 'none'}")


def _shut(log: ResponseLog) -> str:
    """The hatches that the board says are shut; what was planned is over."""
    return names_text([name for name, position in log.positions.items() if position == "shut"]) or "none"


def _gas(log: ResponseLog) -> str:
    volumes = [] if log.status is None else log.status["gas"]
    told = (
        f"{names_text(gas['modules'])} {gas['gas_state']} {gas['statistic'] / 10:.0f} %" for gas in volumes
    )
    return "; ".join(told) or "waiting for the board's report"


def _suspect_lines(log: ResponseLog) -> list[Text]:
    return [_suspect_line(guess) for guess in log.hypotheses[:_MOST_SUSPECTS]]


def _suspect_line(guess: Mapping[str, Any]) -> Text:
    share = guess["probability_ppm"] / 1e6
    bar = "█" * round(_BAR * share)
    leak = rate_text(_NANO * guess["leak_npa_m3_s"])
    standard = rate_text(_NANO * guess["uncertainty_npa_m3_s"], 2)
    return Text.assemble(
        f"{share:8.3%} ", (f"{bar:<{_BAR}}", "cyan"), f" {suspect_text(guess)}  {leak} ± {standard}"
    )


def _worth_showing(log: ResponseLog) -> list[Told]:
    return [told for told in log.events if told.name not in _SAYS_NOTHING]


def _line(told: Told) -> Text:
    return Text(f"{told.time_s:8.1f} s  {told.text}", style=_STYLES.get(told.severity, ""))


def _reason(name: str) -> str:
    return name.replace("_", " ")
