"""The time line of a story: what is done to the bench, and when it is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hatchwatch.bench.bench import TICK_S
from hatchwatch.bench.parameters import set_parameters
from hatchwatch.link.commands import command
from hatchwatch.link.dictionary import dictionary
from hatchwatch.link.naming import numbered_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hatchwatch.bench import Bench
    from hatchwatch.bench.response import ResponseLog
    from hatchwatch.emulator.side import SideChannel
    from hatchwatch.stories.schema import Happening

__all__ = ["Timeline", "perform", "words"]

MOVE_S = 60.0  # for a command that waits for all servos


class Timeline:
    """Happenings with a time in the order of their times; those after an event one after the other.

    `after` is the first such event since the one that the happening before waited for, that one included: so
    several may follow the same event.
    """

    def __init__(self, happenings: Sequence[Happening], start_s: float, pace: float) -> None:
        timed = [happening for happening in happenings if happening.at_s is not None]
        self._timed = sorted(timed, key=lambda happening: happening.at_s or 0.0)
        self._following = [happening for happening in happenings if happening.after is not None]
        self._start_s = start_s
        self._pace = pace
        self._since = 0  # place in the log of the event that was waited for last

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return not self._timed and not self._following

    @property
    def more_to_come(self) -> bool:
        """Whether happenings with a time are still to come, on which the board can't act yet."""
        return bool(self._timed)

    def due(self, now_s: float, log: ResponseLog) -> Happening | None:
        """The next happening whose moment has come; it counts as done from here on."""
        for waiting in (self._timed, self._following):
            due_s = self._due_s(waiting[0], log) if waiting else None
            if due_s is not None and due_s <= now_s + TICK_S / 2:  # nearer a wait does not come
                happening = waiting.pop(0)
                if happening.after is not None:
                    self._since = self._event(happening.after, log)
                return happening
        return None

    def next_s(self, now_s: float, step_s: float, log: ResponseLog) -> float:
        """How long to wait: `step_s`, or less if something is due before."""
        times_s = [self._due_s(waiting[0], log) for waiting in (self._timed, self._following) if waiting]
        ahead_s = [due_s - now_s for due_s in times_s if due_s is not None and due_s > now_s]
        return min([step_s, *ahead_s])

    def _due_s(self, happening: Happening, log: ResponseLog) -> float | None:
        """Board time at which it is due; None while the event that it waits for has not come."""
        if happening.after is None:
            return self._start_s + self._pace * (happening.at_s or 0.0)
        place = self._event(happening.after, log)
        return None if place < 0 else log.events[place].time_s + self._pace * happening.delay_s

    def _event(self, name: str, log: ResponseLog) -> int:
        """Place in the log of the first event of that name that may be waited for, or -1."""
        places = range(self._since, len(log.events))
        return next((place for place in places if log.events[place].name == name), -1)


def perform(happening: Happening, bench: Bench) -> None:
    """Do it to an emulated bench.

    Raises BoardError when the board refuses a command or a move, UsageError for values that make no sense.
    """
    (action,) = happening.actions
    assert bench.emulated is not None
    if action in _BOARD_ACTIONS:
        _BOARD_ACTIONS[action](getattr(happening, action), bench)
    else:
        _PLANT_ACTIONS[action](getattr(happening, action), bench.emulated.side)


def words(happening: Happening) -> str:
    """What it is, for people: the story's own words, or the action with its values."""
    if happening.text is not None:
        return happening.text
    (action,) = happening.actions
    done = getattr(happening, action)
    values = done if isinstance(done, dict) else done.model_dump(exclude_none=True)
    return f"{action}: " + ", ".join(f"{key} {value}" for key, value in values.items())


def _command(done: Any, bench: Bench) -> None:
    fields = numbered_fields(dictionary().commands[done.name].layout, done.fields, bench.names)
    bench.link.execute(command(done.name, **fields), timeout_s=MOVE_S)


_BOARD_ACTIONS: dict[str, Callable[[Any, Bench], None]] = {
    "move": lambda done, bench: bench.move_hatch(done.hatch, done.position, arm=done.arm),
    "command": _command,
    "parameters": lambda done, bench: set_parameters(bench, done),
}
_PLANT_ACTIONS: dict[str, Callable[[Any, SideChannel], None]] = {
    "leak": lambda done, side: side.set_leak(done.module, done.pa_m3_s, done.kind),
    "seal": lambda done, side: side.set_seal(done.hatch, done.pa_m3_s),
    "heat": lambda done, side: side.heat(done.kelvin, over_s=done.over_s, modules=done.modules),
    "front": lambda done, side: side.front(done.pressure_pa, over_s=done.over_s),
    "fault": lambda done, side: side.fault(done.kind, done.target, **done.value),
    "repaired": lambda done, side: side.clear(done.kind, done.target),
    "fill": lambda done, side: side.fill(gauge_pa=done.gauge_pa, modules=done.modules),
}
