"""How soon the board answers: from a command's last byte on the bus to the acknowledgement at the host.

All in board time on the emulated board, so the figures are exact and repeat. Six sensors at 10 Hz throughout.
"""

from __future__ import annotations

import random
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from running_firmware import RunningFirmware  # pyright: ignore[reportMissingImports] - added above

from hatchwatch.link.commands import command
from hatchwatch.link.frames import encode_frame
from hatchwatch.link.packets import Housekeeping, Verification

LOOK_NS = 100_000
TURN_S = 0.1
GIVE_UP_S = 2.0
PHASES = 40  # of the loop's turn at which a quiet host sends
FLOODS = 5
FLOOD_BYTES = 4_000  # before each command; ten times what the board's own buffers hold
# At most so long. A flood of commands fills the board's 832 bytes of buffers with 55 of them at 2 ms each.
TARGETS_US = {"quiet": 40_000, "sends noise": 100_000, "sends commands": 150_000, "reads again": 200_000}


class Stopwatch:
    """Sends commands and takes the time to their acknowledgement."""

    def __init__(self, frequency_hz: int) -> None:
        self.board = RunningFirmware("station6", frequency_hz=frequency_hz)
        self.board.pass_time(1.5)
        self.settled = len(self.board.packets)
        self._random = random.Random(1)
        self._came_ns: dict[int, int] = {}  # by place in `packets`
        take = self.board.chip.on_output

        def stamped(data: bytes) -> None:
            before = len(self.board.packets)
            take(data)
            for place in range(before, len(self.board.packets)):
                self._came_ns[place] = self.board.chip.board_ns

        self.board.chip.on_output = stamped

    def reaction_us(self, before: bytes = b"") -> float:
        """Send what comes `before`, then a ping; return the time from the ping's last byte to its answer."""
        board = self.board
        packet = command("ping").pack(board.next_sequence())
        seen = len(board.packets)
        board.write(before + encode_frame(packet))
        sent_ns = self._wait(lambda: not board.chip.usb.waiting_bytes)
        return (self._answered_ns(int.from_bytes(packet[:4], "big"), seen) - sent_ns) / 1000

    def idle(self) -> list[float]:
        """Commands at all phases of the loop."""
        reactions = []
        for _ in range(PHASES):
            self.board.pass_time(TURN_S * (1 + 1 / PHASES) + self._random.random() * 0.002)
            reactions.append(self.reaction_us())
        return reactions

    def noise(self) -> list[float]:
        """Random bytes at full USB speed; 0x03 is left out, which is a request for the prompt."""
        values = [value for value in range(256) if value != 3]
        return [
            self.reaction_us(bytes(self._random.choices(values, k=FLOOD_BYTES)) + b"\0")
            for _ in range(FLOODS)
        ]

    def commands(self) -> list[float]:
        """Commands at full USB speed, each answered twice."""
        reactions = []
        for _ in range(FLOODS):
            flood = [encode_frame(command("ping").pack(self.board.next_sequence())) for _ in range(100)]
            reactions.append(self.reaction_us(b"".join(flood)))
        return reactions

    def not_reading(self) -> list[float]:
        """The host stops reading for a second and reads again: how long the answer takes from then on."""
        reactions = []
        for _ in range(FLOODS):
            board = self.board
            board.chip.usb.hold()
            board.pass_time(1.0)
            request = board.send("ping")
            board.pass_time(0.2 + self._random.random() * TURN_S)
            began_ns = board.chip.board_ns
            board.chip.usb.release()
            reactions.append((self._answered_ns(request, len(board.packets)) - began_ns) / 1000)
        return reactions

    def _answered_ns(self, request: int, since: int) -> int:
        """Wait for the first acknowledgement of a command; return when it came."""
        packets = self.board.packets
        found: list[int] = []

        def has_come() -> bool:
            nonlocal since
            for place in range(since, len(packets)):
                body = packets[place].body
                if isinstance(body, Verification) and body.request_id == request:
                    found.append(self._came_ns[place])
            since = len(packets)
            return bool(found)

        self._wait(has_come)
        return found[0]

    def _wait(self, condition) -> int:
        board = self.board
        give_up_ns = board.chip.board_ns + round(GIVE_UP_S * 1e9)
        while not condition():
            if board.chip.board_ns > give_up_ns:
                raise TimeoutError(f"nothing happened for {GIVE_UP_S} s")
            board.chip.run_until(board.chip.board_ns + LOOK_NS)
        return board.chip.board_ns


def main() -> int:
    sys.stdout.write(
        "bus       host                  commands  median us   worst us  longest turn us  slips\n"
    )
    missed = False
    for frequency_hz in (400_000, 100_000):
        stopwatch = Stopwatch(frequency_hz)
        for label, measure in (
            ("quiet", stopwatch.idle),
            ("sends noise", stopwatch.noise),
            ("sends commands", stopwatch.commands),
            ("reads again", stopwatch.not_reading),
        ):
            reactions = measure()
            stopwatch.board.pass_time(1.1)
            reports = stopwatch.board.bodies(Housekeeping, stopwatch.settled)
            longest_us, slips = max(report.worst_loop_us for report in reports), reports[-1].slips
            missed |= slips > 0 or max(reactions) > TARGETS_US[label]
            sys.stdout.write(
                f"{frequency_hz // 1000} kHz   {label:<20} {len(reactions):9d} "
                f"{statistics.median(reactions):10.0f} "
                f"{max(reactions):10.0f} {longest_us:16d} {slips:6d}\n"
            )
            sys.stdout.flush()
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
