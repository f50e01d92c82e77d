from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hatchwatch.errors import UsageError
from hatchwatch.studies.files import find_study_file, list_study_files, load_study, parse_study
from hatchwatch.studies.scenarios import Plan

if TYPE_CHECKING:
    from pathlib import Path

WRONG = """\
name = "9x"
kind = "detectio"
foo = 1
[scenario]
statio = "tree"
leak_pa_m3_s = [1e-3, -1]
leak_limits = { low = 3, high = 1 }
noise = { lo = 1, high = 3 }
modules = 99
[parameters]
strategy = 1.5
"""


def test_all_mistakes_are_told_at_once_with_their_lines() -> None:
    with pytest.raises(UsageError) as caught:
        parse_study(WRONG, "mine.toml")
    told = caught.value.seen.splitlines()
    assert told[0] == "mine.toml has 10 mistakes:"
    for line, words in (
        (1, "name must be a letter"),
        (2, 'kind must be "detection", "locating", "response" or "bisect"'),
        (3, "foo is no key here"),
        (5, "[scenario] statio is no key here; did you mean station?"),
        (6, "[scenario] leak_pa_m3_s[1] must be 0 or more; it is -1"),
        (7, "[scenario] leak_limits must have low below high"),
        (8, "[scenario] noise.lo is no key here; did you mean low?"),
        (8, "[scenario] noise.low is missing"),
        (9, "[scenario] modules must be 16 or less"),
        (11, "[parameters] strategy must be a whole number; it is 1.5"),
    ):
        assert any(row.split()[:2] == ["line", str(line)] and words in row for row in told), words
    assert caught.value.exit_code == 64


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("[scenario]\nstation = 'nope'\nleak_limits = 1", "There is no bench file nope"),
        ("[scenario]\nstation = 'single'\nleak_limits = 1", "there is nothing to locate"),
        ("[scenario]\nleaking = 'Nauka'\nleak_limits = 1", "station6 has no module Nauka"),
        ("[scenario]\nstation = 'tree'", "needs leak_pa_m3_s or leak_limits"),
        ("[scenario]\nleak_limits = 1\nleak_pa_m3_s = 1", "give one of the two"),
        ("[scenario]\nleak_limits = 1\n[parameters]\nalarm_hour = 3", "did you mean alarm_hours?"),
        ("[scenario]\nleak_limits = 1\n[parameters]\nresponse_mode = 2", "follows from the kind"),
        ("[scenario]\nleak_limits = 1\n[parameters]\nalarm_hours = [1, 0]", "must be 1 to 10000 h; it is 0"),
    ],
)
def test_what_fits_nothing_is_told(lines: str, words: str) -> None:
    with pytest.raises(UsageError, match="1 mistake") as caught:
        parse_study(f"name = 'x'\nkind = 'locating'\n{lines}")
    assert words in caught.value.seen


def test_a_wrong_kind_or_range_hides_nothing_else() -> None:
    with pytest.raises(UsageError, match="5 mistakes") as caught:
        parse_study(
            "name = 'x'\nkind = 'lokating'\n[scenario]\nnoise = { low = 3, high = 1 }\nstation = 'nope'\n"
            "leak_pa_m3_s = nan\n[parameters]\nalarm_hour = 3"
        )
    for words in (
        'kind must be "detection"',
        "must have low below high",
        "There is no bench file nope",
        "leak_pa_m3_s must be a finite number; it is nan",
        "did you mean alarm_hours?",
    ):
        assert words in caught.value.seen, words


def test_broken_toml_and_missing_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not TOML"):
        parse_study("name = ")
    with pytest.raises(UsageError, match="can't be read"):
        load_study(tmp_path)
    with pytest.raises(UsageError, match="There is no study nope"):
        find_study_file("nope")


@pytest.mark.parametrize("path", list_study_files(), ids=lambda path: path.stem)
def test_shipped_studies_are_right_and_named_like_their_files(path: Path) -> None:
    study = load_study(find_study_file(path.stem))
    assert study.name == path.stem
    assert study.description
    plan = Plan.of(study)
    assert plan.scenario(len(plan) - 1).point == len(plan.points) - 1
