"""How long jobs tell how far they are: one callable, so that no layer needs to know about terminals."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Progress", "silent"]


class Progress(Protocol):
    """Receives every step of a job."""

    def __call__(self, doing: str, done: int, total: int | None) -> None:
        """Tell that `done` of `total` units of the job `doing` are finished; an unknown total is None."""


def silent(doing: str, done: int, total: int | None) -> None:
    """Drop the news."""
