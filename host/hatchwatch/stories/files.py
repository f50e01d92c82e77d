"""Find and read story files; whatever is wrong with one is told at once."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.boards.mistakes import Mistake, describe_errors
from hatchwatch.boards.written_files import find_file, mistaken, read_text, toml_of
from hatchwatch.emulator.faults import fault_of
from hatchwatch.errors import BenchFileError, UsageError
from hatchwatch.link.dictionary import Field, dictionary
from hatchwatch.stories.schema import Story

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from hatchwatch.boards import BenchFile
    from hatchwatch.boards.mistakes import Place
    from hatchwatch.link.dictionary import Layout

__all__ = ["find_story", "list_stories", "load_story", "parse_story"]

_SHIPPED: Final = Path(__file__).parent / "files"
_CURE: Final = "Correct these; host/docs/stories.md tells what a story may say."


def list_stories() -> list[Path]:
    """The stories that come with hatchwatch, by name."""
    return sorted(_SHIPPED.glob("*.toml"))


def find_story(name: str) -> Path:
    """Turn what the user typed, a path or the name of a story, into the path of an existing file."""
    return find_file("story", name, list_stories())


def load_story(path: Path) -> Story:
    """Read and validate one story; raises UsageError with every mistake in it."""
    return parse_story(read_text("story", path), str(path))


def parse_story(text: str, name: str = "the story") -> Story:
    """Validate the text of a story; `name` is what messages call it. Raises UsageError."""
    data = toml_of(text, name)
    try:
        story = Story.model_validate(data)
    except ValidationError as error:
        raise mistaken(name, text, data, describe_errors(error), _CURE) from error
    if mistakes := list(_cross_check(story)):
        raise mistaken(name, text, data, mistakes, _CURE)
    return story


# --- what the schema alone can't know -----------------------------------------------------------------------


def _cross_check(story: Story) -> Iterator[Mistake]:
    try:
        bench = load_bench_file(find_bench_file(story.bench))
    except BenchFileError as error:
        yield Mistake(("bench",), error.seen)
        return
    yield from _check_parameters(("parameters",), story.parameters)
    yield from _check_parameters(("short", "parameters"), story.short.parameters)
    yield from _check_parameters(("full", "parameters"), story.full.parameters)
    events = {entry.name: entry for entry in dictionary().events.values()}
    for index, happening in enumerate(story.happenings):
        place: Place = ("happenings", index)
        if happening.after is not None:
            yield from _check_name((*place, "after"), "event", happening.after, events)
        if happening.parameters is not None:
            yield from _check_parameters((*place, "parameters"), happening.parameters)
        yield from _check_parts(place, happening, bench)
    for index, expected in enumerate(story.expect):
        place = ("expect", index)
        yield from _check_name((*place, "event"), "event", expected.event, events)
        if expected.event in events:
            yield from _check_fields((*place, "fields"), expected.fields, events[expected.event].layout)
    for index, name in enumerate(story.never):
        yield from _check_name(("never", index), "event", name, events)


def _check_parts(place: Place, happening: Any, bench: BenchFile) -> Iterator[Mistake]:
    (action,) = happening.actions
    done = getattr(happening, action)
    chambers = [module.name for module in bench.chambers]
    hatches = [hatch.name for hatch in bench.hatches]
    if action == "parameters":
        return
    if (module := getattr(done, "module", None)) is not None:
        yield from _check_name((*place, action, "module"), "chamber", module, chambers)
    if (hatch := getattr(done, "hatch", None)) is not None:
        yield from _check_name((*place, action, "hatch"), "hatch", hatch, hatches)
    for name in getattr(done, "modules", None) or ():
        yield from _check_name((*place, action, "modules"), "chamber", name, chambers)
    if action in {"fault", "repaired"}:
        try:
            fault_of(bench, done.kind, done.target)
        except UsageError as error:
            yield Mistake((*place, action), f"{error.seen} {error.cure or ''}".strip())
    if action == "command":
        known = dictionary().commands
        yield from _check_name((*place, action, "name"), "command", done.name, known)
        if done.name in known:
            yield from _check_fields((*place, action, "fields"), done.fields, known[done.name].layout)


def _check_parameters(place: Place, values: Mapping[str, int]) -> Iterator[Mistake]:
    known = dictionary().parameters
    for name, value in values.items():
        yield from _check_name((*place, name), "parameter", name, known)
        entry = known.get(name)
        if entry is not None and not entry.minimum <= value <= entry.maximum:
            yield Mistake((*place, name), f"must be {entry.minimum} to {entry.maximum}; it is {value}")


def _check_fields(place: Place, fields: Mapping[str, Any], layout: Layout) -> Iterator[Mistake]:
    known = {item.name: item for item in layout if isinstance(item, Field)}
    for name, value in fields.items():
        yield from _check_name((*place, name), "field", name, known)
        names = dictionary().enums.get(known[name].type) if name in known else None
        if names is not None and value not in names.values():
            yield Mistake((*place, name), f"must be one of {', '.join(names.values())}; it is {value!r}")


def _check_name(place: Place, kind: str, name: str, known: Iterable[str]) -> Iterator[Mistake]:
    allowed = list(known)
    if name in allowed:
        return
    close = difflib.get_close_matches(name, allowed, n=1)
    hint = f"; did you mean {close[0]}?" if close else f": {', '.join(allowed) or 'there is none'}"
    yield Mistake(place, f"names no {kind}{hint}")
