"""A real board for the tests: the official image on the emulated chip."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hatchwatch.emulator.chip import Chip
from hatchwatch.emulator.process import EmulatorProcess
from hatchwatch.image import ensure_image

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PROMPT = b">>> "
BOOT_NS = 500_000_000
TURN_NS = 1_000_000  # how far board time runs between two looks for the prompt


class Console:
    """A person at the board's REPL, in board time."""

    def __init__(self, chip: Chip) -> None:
        self.chip = chip
        self.heard = bytearray()
        chip.on_output = self.heard.extend

    def boot(self) -> None:
        self.chip.run_until(self.chip.board_ns + BOOT_NS)
        assert self.type(b"\r", 0.05).endswith(PROMPT)

    def ask(self, line: str, timeout_s: float = 5.0) -> str:
        """Type one line; return what the board prints up to its next prompt."""
        self.heard.clear()
        self.chip.write(line.encode() + b"\r")
        self._until_prompt(timeout_s)
        echo, _, printed = self.heard.removesuffix(PROMPT).partition(b"\r\n")
        assert echo.decode() == line
        return printed.decode().strip()

    def type(self, text: bytes, board_s: float) -> bytes:
        """Type; return all that comes back within a time."""
        self.heard.clear()
        self.chip.write(text)
        self.chip.run_until(self.chip.board_ns + round(board_s * 1e9))
        return bytes(self.heard)

    def _until_prompt(self, timeout_s: float) -> None:
        give_up_ns = self.chip.board_ns + round(timeout_s * 1e9)
        while not self.heard.endswith(PROMPT):
            assert self.chip.board_ns < give_up_ns, f"no prompt, only {bytes(self.heard)!r}"
            self.chip.run_until(self.chip.board_ns + TURN_NS)


@pytest.fixture(scope="session")
def image() -> Path:
    return ensure_image()


@pytest.fixture
def new_board(image: Path) -> Callable[..., Console]:
    def build(filesystem: bytes | None = None, seed: int = 0) -> Console:
        console = Console(Chip(image, filesystem, seed))
        console.boot()
        return console

    return build


@pytest.fixture
def board(new_board: Callable[..., Console]) -> Console:
    return new_board()


@pytest.fixture
def start(image: Path) -> Iterator[Callable[..., EmulatorProcess]]:
    """Start emulators without a bench; they end with the test."""
    running: list[EmulatorProcess] = []

    def start_one(**choices: object) -> EmulatorProcess:
        running.append(EmulatorProcess(None, image, **choices))  # type: ignore[arg-type]
        return running[-1]

    yield start_one
    for process in running:
        process.stop()
