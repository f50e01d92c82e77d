"""Find and read story files; whatever is wrong with one is told at once."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from hatchwatch.boards.partial import find_all
from hatchwatch.boards.written_files import find_file, mistaken, read_text, toml_of
from hatchwatch.stories.checks import cross_check
from hatchwatch.stories.schema import Story

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
    mistakes, story = find_all(Story, data, cross_check, parts_hide=False)
    if story is None:
        raise mistaken(name, text, data, mistakes, _CURE)
    return story
