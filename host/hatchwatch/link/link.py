"""The link to one board: send commands, keep what comes back, wait for it in board time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from hatchwatch.errors import WaitTimeoutError
from hatchwatch.link.commands import ACCEPTANCE, COMPLETION, Command, request_id_of
from hatchwatch.link.frames import DELIMITER, encode_frame
from hatchwatch.link.packets import Packet, Verification
from hatchwatch.link.refusals import refusal_error
from hatchwatch.link.stream import PacketStream
from hatchwatch.link.waiting import BoardTimeBudget, what_was_seen

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from hatchwatch.link.history import History
    from hatchwatch.link.packets import Body
    from hatchwatch.link.ports import Port

    Pump = Callable[[float], None]

__all__ = ["Link", "SentCommand"]

SILENCE_S = 5.0  # housekeeping comes every second; a slow emulated board may need more than that
PUMP_STEP_S = 0.05


@dataclass(frozen=True, slots=True)
class SentCommand:
    """A command on its way: how the board will refer to it, and where in the history to look for answers."""

    command: Command
    request_id: int
    since: int


class Link:
    """Commands to and packets from one board over an open port; the packets are kept in `history`.

    `on_packet(board_time_s, raw, body)` is called for each packet by the reading thread, `on_sent(packet,
    name)` for each command by the thread that sends it. `pump(seconds)` advances an emulated board in
    lockstep by that much board time and returns when the link has read all that the board sent (see
    `wait_for_bytes`). Without it the board runs by itself.
    """

    def __init__(
        self,
        port: Port,
        *,
        on_packet: Callable[[float, bytes, Body], None] | None = None,
        on_sent: Callable[[bytes, str], None] | None = None,
        pump: Pump | None = None,
    ) -> None:
        self.stream = PacketStream(port, on_packet)
        self.on_sent = on_sent
        self.pump = pump
        self.silence_s = SILENCE_S  # wall time without a byte after which a board is held for dead
        self._sequence = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Begin to read, and close whatever frame a former client left open on the board's side."""
        self.stream.start()
        self.stream.write(DELIMITER)

    def close(self) -> None:
        """Stop reading and let the port go; may be called more than once."""
        self.stream.close()

    @property
    def url(self) -> str:
        """Where the board is connected."""
        return self.stream.port.url

    @property
    def history(self) -> History:
        """All packets received."""
        return self.stream.history

    @property
    def bytes_read(self) -> int:
        """Bytes received, counted when their packets are in the history."""
        return self.stream.bytes_read

    @property
    def bytes_written(self) -> int:
        """Bytes sent."""
        return self.stream.bytes_written

    def wait_for_bytes(self, total: int, timeout_s: float = 10.0) -> None:
        """Wait (wall time) until `bytes_read` has reached `total`; for who drives a board in lockstep."""
        self.stream.wait_for_bytes(total, timeout_s)

    @property
    def board_time_s(self) -> float:
        """Board time of the newest packet; 0 before the first."""
        last = self.history.last
        return last.board_time_s if last is not None else 0.0

    def send(
        self, command: Command, *, without: bytes = b"", ack_flags: int = ACCEPTANCE | COMPLETION
    ) -> SentCommand:
        """Send a command and return at once; `ack_flags` say which good news the board is to send.

        Sequence numbers are skipped until the frame has none of the bytes `without`: a board that is booting
        takes 0x03 for Ctrl-C.
        """
        since = len(self.history)
        while True:
            packet = command.pack(self._sequence, ack_flags)
            self._sequence += 1
            frame = encode_frame(packet)
            if not set(frame) & set(without):
                break
        self._write(packet, frame, command.name)
        return SentCommand(command, request_id_of(packet), since)

    def send_packet(self, packet: bytes) -> None:
        """Send a packet that somebody else has built, as it is."""
        self._write(packet, encode_frame(packet), "from outside")

    def _write(self, packet: bytes, frame: bytes, name: str) -> None:
        self.stream.write(frame)
        if self.on_sent is not None:
            self.on_sent(packet, name)

    def execute(self, command: Command, *, timeout_s: float = 5.0, pump: Pump | None = None) -> SentCommand:
        """Send a command and wait until the board has both accepted and completed it.

        Raises:
            BoardError: refused or failed; the message says why.
            WaitTimeoutError: an acknowledgement did not come within `timeout_s` of board time.
        """
        sent = self.send(command)
        self.wait_accepted(sent, pump=pump)
        self.wait_completed(sent, timeout_s=timeout_s, pump=pump)
        return sent

    def wait_accepted(self, sent: SentCommand, *, timeout_s: float = 2.0, pump: Pump | None = None) -> None:
        """Wait for the first acknowledgement; errors as for `execute`."""
        self._wait_stage(sent, "accepted", timeout_s, pump)

    def wait_completed(self, sent: SentCommand, *, timeout_s: float, pump: Pump | None = None) -> None:
        """Wait for the second acknowledgement; errors as for `execute`."""
        self._wait_stage(sent, "completed", timeout_s, pump)

    def _wait_stage(self, sent: SentCommand, stage: str, timeout_s: float, pump: Pump | None) -> None:
        def decides(packet: Packet) -> bool:
            body = packet.body
            return (
                isinstance(body, Verification)
                and body.request_id == sent.request_id
                and (body.stage == stage or body.last)
                and body.code_name != "duplicate"  # the line carried it twice; the first is under way
            )

        answer = self.wait(
            decides,
            since=sent.since,
            timeout_s=timeout_s,
            pump=pump,
            waiting_for=f"{sent.command.name} to be {stage}",
        ).body
        if isinstance(answer, Verification) and not answer.ok:
            raise refusal_error(sent.command.name, answer)

    def wait(
        self,
        predicate: Callable[[Packet], bool],
        *,
        since: int,
        timeout_s: float,
        pump: Pump | None = None,
        waiting_for: str = "a packet",
    ) -> Packet:
        """Return the first packet from index `since` on that satisfies `predicate`.

        `timeout_s` is board time, counted from the first packet at `since` or later. A board that sends
        nothing at all is given up after `silence_s` of wall time, longer if its packets have shown that its
        time runs slower (not with a pump: that is the clock).

        Raises:
            WaitTimeoutError: the time is over; the message says what came instead.
            PortError: the port went away.
        """
        pump = pump or self.pump
        budget = BoardTimeBudget(timeout_s)
        index = since
        self.stream.mark_quiet()
        while True:
            seen = self.history.since(index)
            index += len(seen)
            for packet in seen:
                if predicate(packet):
                    return packet
                budget.see(packet.board_time_s, packet.sequence)
            self.stream.raise_failure()
            if budget.over:
                raise self._timeout(waiting_for, since, f"within {timeout_s:g} s of board time")
            if pump is not None:
                pump(PUMP_STEP_S)
                budget.pumped(PUMP_STEP_S)
            elif self.stream.quiet_s > self.silence_s * self.stream.slowness:
                silent = f"and the line was silent for {self.stream.quiet_s:.2g} s of wall time"
                raise self._timeout(waiting_for, since, silent)
            else:
                self.stream.wait_for_packet(index, timeout_s=0.1)

    def _timeout(self, waiting_for: str, since: int, how_long: str) -> WaitTimeoutError:
        seen = what_was_seen(self.history.since(since), self.stream.console_text)
        return WaitTimeoutError(
            f"Waited for {waiting_for}, which did not come {how_long}.\n{seen}",
            cure="`hatchwatch watch` shows what the board does; `hatchwatch deploy` renews its firmware.",
        )
