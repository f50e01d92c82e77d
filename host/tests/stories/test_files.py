"""Stories: those that come with hatchwatch are right, and what is wrong with one is told at once."""

from __future__ import annotations

import math

import pytest

from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.errors import UsageError
from hatchwatch.stories.files import find_story, list_stories, load_story, parse_story

SMALL = """
title = "t"
text = "x"
scale = "none"
short = { limit_s = 60 }
full = { limit_s = 600 }
"""


@pytest.mark.parametrize("path", list_stories(), ids=lambda path: path.stem)
def test_every_story_that_is_shipped_is_right(path):
    story = load_story(path)
    assert find_story(path.stem) == path
    assert story.short.limit_s < story.full.limit_s
    assert story.expect or story.never


def test_there_are_eight():
    assert {path.stem for path in list_stories()} == {
        "zvezda",
        "soyuz-2018",
        "slow-2019",
        "repair-2020",
        "hatch-seal-2025",
        "two-leaks",
        "stuck-hatch",
        "false-alarm",
    }


@pytest.mark.parametrize(
    ("story", "place", "before", "after", "hours", "seconds_per_hour"),
    [
        ("zvezda", 0, 730.0, 620.0, 18.0, 60.0),
        ("repair-2020", 0, 733.0, 683.0, 12.0, 60.0),
        ("repair-2020", 1, 733.0, 670.0, 12.0, 60.0),
        ("repair-2020", 3, 723.0, 685.0, 12.0, 60.0),
    ],
)
def test_leaks_are_scaled_by_decay_times(story, place, before, after, hours, seconds_per_hour):
    """A chamber that decays with τ, V / τ x 8 kPa: the published pressures of PrK on the bench's clock."""
    told = load_story(find_story(story))
    leak = told.happenings[place].leak
    assert leak is not None
    tau_s = hours / math.log(before / after) * seconds_per_hour
    volume_m3 = load_bench_file(find_bench_file(told.bench)).module(leak.module).volume_m3
    assert leak.pa_m3_s == pytest.approx(volume_m3 * 8_000.0 / tau_s, rel=0.01)


def test_a_wrong_name_of_a_story_is_told_with_the_right_ones():
    with pytest.raises(UsageError) as caught:
        find_story("zvezdy")
    assert "Did you mean zvezda?" in str(caught.value.cure)
    assert "soyuz-2018" in str(caught.value.cure)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('[[happenings]]\nat_s = 1\nleak = { module = "PrKK", pa_m3_s = 1e-4 }', "did you mean PrK?"),
        ('[[happenings]]\nat_s = 1\nmove = { hatch = "PrK", position = "open" }', "names no hatch"),
        ('[[happenings]]\nat_s = 1\nmove = { hatch = "PrK-Zvezda", position = "ajar" }', '"open" or "shut"'),
        ('[[happenings]]\nat_s = 1\nfault = { kind = "silence", target = "Mir" }', "Zvezda"),
        ('[[happenings]]\nat_s = 1\ncommand = { name = "locat" }', "did you mean locate?"),
        (
            '[[happenings]]\nat_s = 1\ncommand = { name = "verify_repair", fields = { modul = "PrK" } }',
            "module",
        ),
        (
            '[[happenings]]\nat_s = 1\nafter = "leak_found"\nfill = { gauge_pa = 8000 }',
            "either at_s or after",
        ),
        ("[[happenings]]\nat_s = 1", "exactly one of leak"),
        ("[[happenings]]\nat_s = 1\nheat = { kelvin = 1, over_s = -3 }", "0 or more"),
        ('[[expect]]\nevent = "leak_fund"', "did you mean leak_found?"),
        ('[[expect]]\nevent = "leak_found"\nfields = { kind = "modul" }', "module, two_modules"),
        ('[[expect]]\nevent = "leak_found"\nfields = { frst = "PrK" }', "did you mean first?"),
        ("[parameters]\nsettle_s = 4", "5 to 600"),
        ("[parameters]\nsetle_s = 40", "did you mean settle_s?"),
    ],
)
def test_what_is_wrong_is_told_with_what_would_be_right(text, hint):
    with pytest.raises(UsageError) as caught:
        parse_story(SMALL + text, "my.toml")
    assert hint in caught.value.seen
    assert "line" in caught.value.seen


def test_all_mistakes_are_told_at_once():
    wrong = SMALL + '[[expect]]\nevent = "a"\n[[expect]]\nevent = "b"\n[parameters]\nlearn_s = 0'
    with pytest.raises(UsageError, match="3 mistakes"):
        parse_story(wrong)
