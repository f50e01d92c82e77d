"""Find and read study files; whatever is wrong with one is told at once."""

from __future__ import annotations

import difflib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from hatchwatch.boards.files import find_bench_file, load_bench_file
from hatchwatch.boards.mistakes import Mistake, Place, describe_errors
from hatchwatch.boards.partial import is_told
from hatchwatch.boards.written_files import find_file, mistaken, read_text, toml_of
from hatchwatch.errors import BenchFileError
from hatchwatch.link.checking import check_parameter
from hatchwatch.studies.study import MADE_STATIONS, ScenarioTable, Study
from hatchwatch.studies.varied import FORMS, Between, OneOf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["find_study_file", "list_study_files", "load_study", "parse_study", "values_of"]

_CURE = "Correct these and run it again; host/docs/studies.md has the keys."
_DEPTH = {"scenario": 2, "parameters": 2}  # keys of the tables that are right or wrong each by itself
_NEED_NO_LEAK = ("bisect", None)  # None: the kind can't be read
_NEED_NO_HATCH = ("detection", None)
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
    mistakes: list[Mistake] = []
    try:
        study = Study.model_validate(data)
    except ValidationError as error:
        mistakes = [_in_words(one) for one in _told(error)]
        study = _readable(data, mistakes)
    told = {one.place for one in mistakes}
    mistakes += [one for one in _cross_check(study) if not is_told(one.place, told)]
    if mistakes:
        raise mistaken(name, text, data, mistakes, _CURE)
    return study


def _readable(data: Mapping[str, Any], mistakes: Iterable[Mistake]) -> Study:
    """What is left without what is wrong; a kind that can't be read is None, against its declared type."""
    wrong = {one.place[: _DEPTH.get(str(one.place[0]), 1)] for one in mistakes}
    right = {key: value for key, value in data.items() if (key,) not in wrong}
    for table in _DEPTH:
        if isinstance(right.get(table), dict):
            right[table] = {key: one for key, one in right[table].items() if (table, key) not in wrong}
    study = Study.model_validate({"name": "unnamed", "kind": "bisect"} | right)
    return study if "kind" in right else study.model_copy(update={"kind": None})


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
    meant = f"did you mean {alike[0]}?" if alike else f"the keys are {', '.join(keys)}"
    return Mistake(mistake.place, f"is no key here; {meant}")


def _cross_check(study: Study) -> Iterator[Mistake]:
    yield from _check_leaks(study)
    yield from _check_parameters(study)
    for name in values_of(study.scenario.station):
        yield from _check_station(study, name)


def _check_leaks(study: Study) -> Iterator[Mistake]:
    table = study.scenario
    if table.leak_pa_m3_s is not None and table.leak_limits is not None:
        yield Mistake(("scenario", "leak_limits"), "is given beside leak_pa_m3_s; give one of the two")
    if study.kind not in _NEED_NO_LEAK and table.leak_pa_m3_s is None and table.leak_limits is None:
        yield Mistake(("scenario",), f"needs leak_pa_m3_s or leak_limits for kind {study.kind}; 0 is no leak")


def _check_parameters(study: Study) -> Iterator[Mistake]:
    for name, value in study.parameters.items():
        place: Place = ("parameters", name)
        if name == "response_mode":
            yield Mistake(place, "follows from the kind of the study; leave it out")
        yield from check_parameter(place, name, values_of(value))


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
    if study.kind not in _NEED_NO_HATCH and len(chambers) < 2:
        yield Mistake(("scenario", "station"), f"{name} has one chamber: there is nothing to locate")
