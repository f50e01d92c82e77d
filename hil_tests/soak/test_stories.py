"""Every story in short form, and at full length with the board's default parameters."""

import hashlib

import pytest

from hatchwatch.stories.files import list_stories
from hatchwatch.stories.run import play_story


def _named(path):
    """A story by its name and digest: one that was changed is played again."""
    return f"{path.stem}-{hashlib.sha256(path.read_bytes()).hexdigest()[:8]}"


@pytest.mark.parametrize("form", ["short", "full"])
@pytest.mark.parametrize("path", list_stories(), ids=_named)
def test_a_story_comes_out_as_it_should(path, form, soak, tmp_path):
    def measure():
        document = play_story(path, form, out=tmp_path / path.stem).document
        return {
            "outcome": document.outcome.value,
            "summary": document.summary,
            "board_time_s": document.events[-1].time_s,
            "missed": [f"{check.expected}: {check.came}" for check in document.story.checks if not check.ok],
        }

    def check(figures):
        assert figures["missed"] == []

    soak(measure, check)
