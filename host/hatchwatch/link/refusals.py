"""Whose fault it is that a command was refused or failed, and what to do about it, by its code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hatchwatch.errors import BoardError

if TYPE_CHECKING:
    from hatchwatch.link.packets import Verification

__all__ = ["refusal_error"]


@dataclass(frozen=True)
class _Advice:
    fault: str
    cure: str
    reason: str | None = None  # in place of the board's, which fits several commands


_THE_COMMAND = "the command"
_UNKNOWN = _Advice(
    BoardError.default_fault,
    "Compare the command with the bench file on the board; `hatchwatch deploy` renews that.",
)
_ADVICE = {
    "not_armed": _Advice(
        _THE_COMMAND,
        "`hatchwatch hatch BENCH NAME open --arm` opens it all the same; the command mark_isolated takes the "
        "mark off the module.",
    ),
    "arm_expired": _Advice(_THE_COMMAND, "Arm the hatch again, then open it at once."),
    "armed_other": _Advice(
        _THE_COMMAND, "Arm the hatch that is to open, then open it; nothing comes between."
    ),
    "hatch_failed": _Advice(
        "the hatch, its servo or the supply of the servos",
        "Look at lever and horn, and at the 5 V while it moves; then move it again.",
    ),
    "safe_mode": _Advice(
        BoardError.default_fault,
        "Find out why the board was reset (`hatchwatch events`); then send the command leave_safe_mode.",
    ),
    "superseded": _Advice("another command", "Send it again when the other one is through."),
    "busy": _Advice("an earlier command", "Send it again when the earlier one is through."),
}
# What a code means for one command alone.
_ADVICE_OF = {
    ("verify_repair", "nothing_waits"): _Advice(
        _THE_COMMAND,
        "Run `hatchwatch isolate` on the same board first (the same --port: an emulated bench that starts "
        "anew remembers nothing), repair the module, then verify.",
        "it has not shut off that module, so there is nothing to compare",
    ),
}


def refusal_error(command: str, answer: Verification) -> BoardError:
    """The error for a command that was refused or failed; `command` is what it is called."""
    advice = _ADVICE_OF.get((command, answer.code_name)) or _ADVICE.get(answer.code_name, _UNKNOWN)
    return BoardError(
        f"The board {answer.stage} {command}: {advice.reason or answer.reason} ({answer.code_name}).",
        fault=advice.fault,
        cure=advice.cure,
    )
