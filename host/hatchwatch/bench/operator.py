"""The person beside a real bench."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Operator"]


class Operator(Protocol):
    """Somebody who can turn valves, pump and read messages."""

    def tell(self, text: str) -> None:
        """Show a message and go on."""

    def confirm(self, text: str) -> None:
        """Ask for something to be done and wait until the person says it is; raises Aborted on refusal."""

    def alarm(self, text: str) -> None:
        """Show a warning that can't be overlooked, and go on."""
