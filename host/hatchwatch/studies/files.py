"""Find and read study files; whatever is wrong with one is told at once."""

from __future__ import annotations

import difflib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from hatchwatch.boards.files import find_bench_file, load_bench_file
from hatchwatch.boards.mistakes import Mistake, Place, describe_errors
from hatchwatch.boards.written_files import find_file, mistaken, read_text, toml_of
from hatchwatch.errors import BenchFileError
from hatchwatch.link.dictionary import dictionary
from hatchwatch.studies.study import MADE_STATIONS, ScenarioTable, Study
from hatchwatch.studies.varied import FORMS, Between, OneOf

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["find_study_file", "list_study_files", "load_study", "parse_study", "values_of"]

_CURE = "Correct these and run it again; host/docs/studies.md has the keys."
_KEYS = {"": tuple(Study.model_fields), "scenario": tuple(ScenarioTable.model_fields)}


def find_study_file(name: str) -> Path:
    """A path, or the name of a study that comes with hatchwatch, as the path of an existing file."""
    return find_file("study", name, list_study_files())


def list_study_files() -> list[Path]:
    """The studies that come with hatchwatch, by name."""
    return sorted(Path(str(files("hatchwatch.studies"))).joinpath("files").glob("*.toml"))


def load_study(path: Path) -> Study:
    """Read and validate one study file; raises UsageError with every mistake in it."""
    return parse_study(read_text("study", path), str(path))


def parse_study(text: str, name: str = "the study file") -> Study:
    """Validate the text of a study file; `name` is what messages call it."""
    data = toml_of(text, name)
    try:
        study = Study.model_validate(data)
    except ValidationError as error:
        raise mistaken(name, text, data, [_in_words(one) for one in _told(error)], _CURE) from error
    if mistakes := list(_cross_check(study)):
        raise mistaken(name, text, data, mistakes, _CURE)
    return study


def values_of(value: Any) -> tuple[Any, ...]:
    """All values that a factor can take, or the two ends between which it is drawn."""
    if isinstance(value, Between):
        return value.low, value.high
    if isinstance(value, OneOf):
        return value.one_of
    return value if isinstance(value, tuple) else (value,)


def _told(error: ValidationError) -> Iterator[Mistake]:
    """pydantic's errors, with the forms of `varied` taken out of their places."""
    for mistake in describe_errors(error):
        place = tuple(key for key in mistake.place if key not in FORMS)
        yield Mistake(place, mistake.text)


def _in_words(mistake: Mistake) -> Mistake:
    """Tell of a key that does not exist which one was meant."""
    if not mistake.text.startswith("extra inputs"):
        return mistake
    table, key = ".".join(map(str, mistake.place[:-1])), str(mistake.place[-1])
    keys = _KEYS.get(table, ("low", "high", "scale", "one_of"))
    alike = difflib.get_close_matches(key, keys, n=1)
    hint = f"did you mean {alike[0]}?" if alike else f"the keys are {', '.join(keys)}"
    return Mistake(mistake.place, f"is no key here; {hint}")


def _cross_check(study: Study) -> Iterator[Mistake]:
    yield from _check_leaks(study)
    yield from _check_parameters(study)
    for name in values_of(study.scenario.station):
        yield from _check_station(study, name)


def _check_leaks(study: Study) -> Iterator[Mistake]:
    table = study.scenario
    if table.leak_pa_m3_s is not None and table.leak_limits is not None:
        yield Mistake(("scenario", "leak_limits"), "is given beside leak_pa_m3_s; give one of the two")
    if study.kind != "bisect" and table.leak_pa_m3_s is None and table.leak_limits is None:
        yield Mistake(("scenario",), f"needs leak_pa_m3_s or leak_limits for kind {study.kind}; 0 is no leak")


def _check_parameters(study: Study) -> Iterator[Mistake]:
    known = dictionary().parameters
    for name, value in study.parameters.items():
        place: Place = ("parameters", name)
        entry = known.get(name)
        if entry is None:
            alike = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {alike[0]}?" if alike else "`hatchwatch dictionary parameters` lists them"
            yield Mistake(place, f"is no parameter of the firmware; {hint}")
            continue
        if name == "response_mode":
            yield Mistake(place, "follows from the kind of the study; leave it out")
        wrong = [one for one in values_of(value) if not entry.minimum <= one <= entry.maximum]
        if wrong:
            yield Mistake(place, f"must be {entry.minimum} to {entry.maximum} {entry.unit}; it is {wrong[0]}")


def _check_station(study: Study, name: str) -> Iterator[Mistake]:
    named = [module for module in values_of(study.scenario.leaking) if module != "any"]
    if name in MADE_STATIONS:
        return
    try:
        bench = load_bench_file(find_bench_file(name))
    except BenchFileError as error:
        yield Mistake(("scenario", "station"), f"{name}: {error.seen}")
        return
    chambers = [module.name for module in bench.chambers]
    for module in named:
        if module not in chambers:
            yield Mistake(("scenario", "leaking"), f"{name} has no module {module} that holds gas")
    if study.kind != "detection" and len(chambers) < 2:
        yield Mistake(("scenario", "station"), f"{name} has one chamber: there is nothing to locate")
