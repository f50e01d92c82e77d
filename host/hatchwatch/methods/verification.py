"""Have the board measure what it has shut off once more, and compare: is the repair any good?

The board knows from its search what the module lost, and measures it behind its shut hatches. Nothing moves,
unless the board has lost their positions by a reset: then it asks to shut the hatches around the module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hatchwatch.link.commands import command
from hatchwatch.methods.response import MODES, Outcome, Response, Watcher

if TYPE_CHECKING:
    from collections.abc import Callable

    from hatchwatch.bench import Bench

__all__ = ["PARAMETERS", "Verification"]

# In ADVISE the board moves nothing before somebody says so.
PARAMETERS: Final = {"response_mode": MODES["advise"]}

_GOOD = ("tight", "better")


class Verification(Response):
    """The function `verify_repair` of a board, from the command to its verdict.

    Raises BoardError when the board has shut off no such module.
    """

    def __init__(self, bench: Bench, module: str, watcher: Watcher) -> None:
        super().__init__(bench, PARAMETERS, watcher)
        self._module = module
        self._under_way = False  # a board that refuses is left as it is

    def _check(self) -> None:
        self._bench.check_sensors([self._module])

    def _begin(self, on_ready: Callable[[], None]) -> None:
        self._catch_up()
        self.log.events.clear()  # what was found is another story
        on_ready()
        number = self._bench.names["module"].index(self._module)
        self._bench.link.execute(command("verify_repair", module=number))
        self._under_way = True

    def _outcome(self) -> Outcome:
        told = self.log.last("repair_verified")
        if told is not None:
            return Outcome.REPAIRED if told.fields["repair"] in _GOOD else Outcome.NOT_REPAIRED
        return Outcome.INCONCLUSIVE if self.log.phase == "inconclusive" else Outcome.BLOCKED
