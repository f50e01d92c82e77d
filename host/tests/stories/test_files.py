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
        ("[parameters]\nxyzzy = 4", "is no parameter of the firmware; the nearest of"),
        ("seeds = 3", "is no key here; did you mean seed?"),
        ('[[happenings]]\nat_s = 1\nleek = { module = "PrK", pa_m3_s = 1e-4 }', "did you mean leak?"),
        ("[[happenings]]\nat_s = 900\nfill = { gauge_pa = 8000 }", "never comes in the full form"),
        ("[[happenings]]\nat_s = 90\nfill = { gauge_pa = 8000 }", "due at 90 s, limit_s is 60"),
        ("[[happenings]]\nat_s = nan\nfill = { gauge_pa = 8000 }", "must be a finite number"),
        ('[[happenings]]\nat_s = 1\ncommand = { name = "verify_repair" }', "lacks module"),
        (
            '[[happenings]]\nat_s = 1\ncommand = { name = "verify_repair", fields = { module = "PrKK" } }',
            "did you mean PrK?",
        ),
        (
            '[[happenings]]\nat_s = 1\ncommand = { name = "verify_repair", fields = { module = 3.5 } }',
            "must be the name of a module; it is 3.5",
        ),
        (
            '[[happenings]]\nat_s = 1\ncommand = { name = "set_crew", fields = { occupied = "PrK" } }',
            "must be a list of names",
        ),
        (
            '[[expect]]\nevent = "leak_found"\nfields = { doubt_ppm = { min = 3, max = 2 } }',
            "has min above max: 3 and 2",
        ),
        ('[[expect]]\nevent = "leak_found"\nfields = { doubt_ppm = { mim = 3 } }', "{ min = 1, max = 2 }"),
        ('[[expect]]\nevent = "leak_found"\nfields = { doubt_ppm = "few" }', "must be a number; it is 'few'"),
        ('[[expect]]\nevent = "leak_found"\nfields = { first = "PrKK" }', "did you mean PrK?"),
        ('[[expect]]\nevent = "leak_found"\nfields = { kind = "hatch", first = "PrK" }', "names no hatch"),
        ('[[expect]]\nevent = "leak_isolated"\nfields = { modules = ["Mir"] }', "names no module"),
        ("[parameters]\nsetle_s = 40", "did you mean settle_s?"),
    ],
)
def test_what_is_wrong_is_told_with_what_would_be_right(text, hint):
    with pytest.raises(UsageError) as caught:
        parse_story(SMALL + text, "my.toml")
    assert hint in caught.value.seen
    assert "line" in caught.value.seen


def test_no_parameter_is_answered_with_eighty_names():
    with pytest.raises(UsageError) as caught:
        parse_story(SMALL + "[parameters]\nxyzzy = 4")
    assert max(map(len, caught.value.seen.splitlines())) < 150


def test_how_it_was_scaled_may_be_left_out():
    assert parse_story(SMALL.replace('scale = "none"\n', "")).scale == ""


def test_what_the_schema_tells_hides_nothing_else():
    wrong = (
        SMALL.replace("limit_s = 60 ", 'limit_s = "x", parameters = { settle = 3, learn_s = 0.5 } ')
        + 'seed = -1\n[[happenings]]\nleak = { module = "PrKK" }\n[[expect]]\nevent = 3\n'
        + '[[expect]]\nevent = "leak_found"\nfields = { frst = "PrK" }\nwithin_s = 0'
    )
    with pytest.raises(UsageError) as caught:
        parse_story(wrong)
    for words in (
        "[short] limit_s must be a number",
        "settle is no parameter",
        "learn_s must be a whole number",
        "seed must be 0 or more",
        "needs either at_s or after",
        "leak.pa_m3_s is missing",
        "names no chamber; did you mean PrK?",
        "event must be text",
        "did you mean first?",
        "within_s must be more than 0",
    ):
        assert words in caught.value.seen, words


def test_all_mistakes_are_told_at_once():
    wrong = SMALL + '[[expect]]\nevent = "a"\n[[expect]]\nevent = "b"\n[parameters]\nlearn_s = 0'
    with pytest.raises(UsageError, match="3 mistakes"):
        parse_story(wrong)
