"""Any command of the dictionary to a bench: sent, followed to its end, with what the board answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hatchwatch.errors import WaitTimeoutError
from hatchwatch.link.packets import ACCEPTED, FAILED, REFUSED, Housekeeping, Readings, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hatchwatch.bench.bench import Bench
    from hatchwatch.link.commands import Command
    from hatchwatch.link.link import SentCommand
    from hatchwatch.link.packets import Packet

__all__ = ["Answer", "follow"]

LONGEST_S = 60.0  # all servos one after the other, with a retry and its check
TRAILING_S = 0.3  # what a command has made may follow its completion by a turn or two
NEVER_COMPLETED = {"reset", "repl"}  # the firmware is gone by then
_REPORTS = {"readings": Readings, "housekeeping": Housekeeping}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a command, in order: acknowledgements, the packets it asked for, events meanwhile."""

    packets: tuple[Packet, ...]
    ok: bool  # accepted and, as far as that is told, completed


def follow(bench: Bench, command: Command, structures: tuple[str, ...] = ()) -> Answer:
    """Send a command and wait for its end; a refusal or failure is in the answer, not an error.

    `structures` names the structures that a `report_once` asks for.
    Raises WaitTimeoutError with what was seen when an acknowledgement does not come.
    """
    link = bench.link
    sent = link.send(command)
    link.wait(
        lambda packet: _ends(packet, sent),
        since=sent.since,
        timeout_s=LONGEST_S,
        waiting_for=f"the end of {command.name}",
    )
    if command.name not in NEVER_COMPLETED:
        _let_trail(bench)
    seen = link.history.since(sent.since)
    stages = [packet.acknowledges(sent.request_id) for packet in seen]
    ok = REFUSED not in stages and FAILED not in stages
    return Answer(tuple(_belonging(seen, sent, structures)), ok)


def _let_trail(bench: Bench) -> None:
    """Wait a little; readings may be off, so it is a wait for nothing."""
    try:
        bench.link.wait(
            lambda _: False, since=len(bench.link.history), timeout_s=TRAILING_S, waiting_for="nothing"
        )
    except WaitTimeoutError:
        return


def _ends(packet: Packet, sent: SentCommand) -> bool:
    """Whether no further acknowledgement of the command is to be waited for."""
    stage = packet.acknowledges(sent.request_id)
    return stage > ACCEPTED or (stage == ACCEPTED and sent.command.name in NEVER_COMPLETED)


def _belonging(seen: list[Packet], sent: SentCommand, structures: tuple[str, ...]) -> Iterator[Packet]:
    """Of what was seen: its acknowledgements, events, and packets of its service or that it asked for."""
    wanted = list(structures)
    for packet in seen:
        if packet.service == 3:
            name = _structure(packet)
            if name in wanted:
                wanted.remove(name)
                yield packet
        elif packet.acknowledges(sent.request_id) or packet.service in {5, sent.command.service}:
            yield packet


def _structure(packet: Packet) -> str | None:
    if isinstance(packet.body, Report):
        return packet.body.name
    return next((name for name, kind in _REPORTS.items() if isinstance(packet.body, kind)), None)
