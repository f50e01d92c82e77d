"""What the schema of a story can't know: names of the bench and of the dictionary, times that never come.

A story that is wrong elsewhere is checked too: what can't be read of it is None, whatever its declared type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.boards.mistakes import Mistake
from hatchwatch.emulator.faults import fault_of
from hatchwatch.errors import BenchFileError, UsageError
from hatchwatch.link.checking import check_fields, check_name, check_parameter
from hatchwatch.link.dictionary import Field, dictionary
from hatchwatch.stories.schema import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hatchwatch.boards import BenchFile
    from hatchwatch.boards.mistakes import Place
    from hatchwatch.stories.schema import Expected, Happening, Story

__all__ = ["cross_check"]


def cross_check(story: Story, data: Mapping[str, Any]) -> Iterator[Mistake]:
    """Every mistake that the schema does not tell; `data` is the file as it is written."""
    bench: BenchFile | None = None
    try:
        bench = load_bench_file(find_bench_file(story.bench))
    except BenchFileError as error:
        yield Mistake(("bench",), error.seen)
    yield from _check_parameters(("parameters",), story.parameters)
    for form in ("short", "full"):
        told = getattr(story, form)
        yield from _check_parameters((form, "parameters"), {} if told is None else told.parameters)
    for index, happening in enumerate(story.happenings):
        place: Place = ("happenings", index)
        yield from _check_form(place, data["happenings"][index])
        yield from _check_time(place, happening, story)
        yield from _check_happening(place, happening, bench)
    for index, expected in enumerate(story.expect):
        yield from _check_expected(("expect", index), expected, bench)
    for index, name in enumerate(story.never):
        yield from check_name(("never", index), "event", name, _events())


def _events() -> list[str]:
    return [entry.name for entry in dictionary().events.values()]


def _check_form(place: Place, written: Any) -> Iterator[Mistake]:
    """One time and one action; a key that does not exist was told, and may have been meant for either."""
    if not isinstance(written, dict):
        return
    if ("at_s" in written) == ("after" in written):
        yield Mistake(place, "needs either at_s or after")
    if sum(action in written for action in ACTIONS) != 1:
        yield Mistake(place, f"needs exactly one of {', '.join(ACTIONS)}")


def _check_time(place: Place, happening: Happening, story: Story) -> Iterator[Mistake]:
    """What is due behind the end of a form never happens in it."""
    for name in ("short", "full"):
        form = getattr(story, name)
        if form is None or form.limit_s is None or happening.at_s is None:
            continue
        due_s = happening.at_s * (1.0 if form.pace is None else form.pace)
        if due_s >= form.limit_s:
            yield Mistake(
                (*place, "at_s"),
                f"never comes in the {name} form: it is due at {due_s:g} s, limit_s is {form.limit_s:g}",
            )


def _check_happening(place: Place, happening: Happening, bench: BenchFile | None) -> Iterator[Mistake]:
    if happening.after is not None:
        yield from check_name((*place, "after"), "event", happening.after, _events())
    yield from _check_parameters((*place, "parameters"), happening.parameters or {})
    if bench is None:
        return
    for action in happening.actions:
        done = getattr(happening, action)
        yield from _check_parts((*place, action), done, bench)
        if action in {"fault", "repaired"}:
            yield from _check_fault((*place, action), done, bench)
        if action == "command":
            yield from _check_command((*place, action), done, bench)


def _check_parts(place: Place, done: Any, bench: BenchFile) -> Iterator[Mistake]:
    chambers = [module.name for module in bench.chambers]
    if (module := getattr(done, "module", None)) is not None:
        yield from check_name((*place, "module"), "chamber", module, chambers)
    if (hatch := getattr(done, "hatch", None)) is not None:
        yield from check_name((*place, "hatch"), "hatch", hatch, [one.name for one in bench.hatches])
    for name in getattr(done, "modules", None) or ():
        yield from check_name((*place, "modules"), "chamber", name, chambers)


def _check_fault(place: Place, done: Any, bench: BenchFile) -> Iterator[Mistake]:
    if done.kind is None or done.target is None:
        return
    try:
        fault_of(bench, done.kind, done.target)
    except UsageError as error:
        yield Mistake(place, f"{error.seen} {error.cure or ''}".strip())


def _check_command(place: Place, done: Any, bench: BenchFile) -> Iterator[Mistake]:
    known = dictionary().commands
    if done.name is None:
        return
    yield from check_name((*place, "name"), "command", done.name, known)
    if done.name not in known or done.fields is None:
        return
    layout = known[done.name].layout
    yield from check_fields((*place, "fields"), done.fields, layout, bench.part_names)
    missing = [item.name for item in layout if isinstance(item, Field) and item.name not in done.fields]
    if missing:
        yield Mistake((*place, "fields"), f"lacks {', '.join(missing)}")


def _check_expected(place: Place, expected: Expected, bench: BenchFile | None) -> Iterator[Mistake]:
    if expected.event is None:  # against its declared type: it can't be read
        return
    yield from check_name((*place, "event"), "event", expected.event, _events())
    layouts = {entry.name: entry.layout for entry in dictionary().events.values()}
    if expected.event in layouts and bench is not None:
        names = bench.part_names
        yield from check_fields(
            (*place, "fields"), expected.fields, layouts[expected.event], names, ranges=True
        )


def _check_parameters(place: Place, values: Mapping[str, int]) -> Iterator[Mistake]:
    for name, value in values.items():
        yield from check_parameter((*place, name), name, (value,))
