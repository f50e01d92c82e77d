"""How verdicts look: a word, a shape and a colour, so that nobody depends on colours alone.

The colours are those of Okabe and Ito, which stay apart for every common kind of colour blindness.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hatchwatch.methods.results import Verdict

__all__ = ["LINE_COLOURS", "MARKS", "Mark"]


@dataclass(frozen=True, slots=True)
class Mark:
    """Looks of one verdict."""

    style: str  # suffix of the CSS classes and of the colour variable
    glyph: str  # one character, for drawings
    symbol: str  # marker of Plotly
    icon: str  # inside of an SVG with viewBox 0 0 24 24

    @property
    def colour(self) -> str:
        """CSS colour; the style sheet knows a shade for light and one for dark."""
        return f"var(--{self.style})"


_TICK = '<circle cx="12" cy="12" r="11"/><path class="sign" d="M6.5 12.5l3.8 3.8 7.2-8"/>'
_CROSS = (
    '<path d="M7.4 1h9.2L23 7.4v9.2L16.6 23H7.4L1 16.6V7.4z"/><path class="sign" d="M8 8l8 8M16 8l-8 8"/>'
)
_QUESTION = (
    '<path d="M12 1.5L23.5 22H.5z"/>'
    '<path class="sign" d="M9.6 11.2a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.2.9-1.2 1.8M12 18.4v.2"/>'
)
_BAR = '<rect x="1.5" y="1.5" width="21" height="21" rx="3"/><path class="sign" d="M12 6.5v7M12 17.4v.2"/>'

_PASS = Mark("pass", "\N{HEAVY CHECK MARK}", "circle", _TICK)
_FAIL = Mark("fail", "\N{HEAVY MULTIPLICATION X}", "octagon", _CROSS)
_DOUBT = Mark("doubt", "?", "triangle-up", _QUESTION)
_LOST = Mark("lost", "!", "square", _BAR)

MARKS: Final[dict[Verdict, Mark]] = {
    Verdict.PASS: _PASS,
    Verdict.FAIL: _FAIL,
    Verdict.INCONCLUSIVE: _DOUBT,
    Verdict.ERROR: _LOST,
    Verdict.ABORTED: _LOST,
    Verdict.BLOCKED: _LOST,
}

LINE_COLOURS: Final = tuple(f"var(--line{number})" for number in range(1, 9))
