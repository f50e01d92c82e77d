"""Every error that hatchwatch raises on purpose.

    HatchwatchError
    ├── UsageError        the command line or a file the user wrote is wrong          exit code 64
    │   └── BenchFileError    a bench file, with every mistake in it
    ├── BlockedError      the bench is at fault, not the module under test            exit code 3
    │   ├── ImageError        the MicroPython image can't be had or is not the right one
    │   ├── PortError         the serial port is absent, busy, or went away
    │   ├── BoardError        the board answers, but not as our firmware of this version would
    │   ├── SensorError       a sensor is missing or gives no usable data
    │   ├── WaitTimeoutError  a wait ended without what it waited for
    │   └── EmulatorError     the emulated board or its side channel failed
    ├── OutputError       results can't be written                                    exit code 3
    └── Aborted           the operator stopped the test                               exit code 130

An error says what was seen, whose fault it is, and the next command to try.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "Aborted",
    "BenchFileError",
    "BlockedError",
    "BoardError",
    "EmulatorError",
    "HatchwatchError",
    "ImageError",
    "OutputError",
    "PortError",
    "SensorError",
    "UsageError",
    "WaitTimeoutError",
    "internal_error",
]


class HatchwatchError(Exception):
    """Base of all errors raised on purpose: `seen` is the fact, `fault` whose it is, `cure` what to do next.

    Each part is one sentence or a few lines; the command line prints them as they are.
    """

    exit_code = 3
    default_fault = "hatchwatch"

    def __init__(self, seen: str, *, fault: str | None = None, cure: str | None = None) -> None:
        super().__init__(seen)
        self.seen = seen
        self.fault = fault if fault is not None else self.default_fault
        self.cure = cure
        self.result: Path | None = None  # of the run that it has ended: the file for programs,
        self.report: Path | None = None  # and the page for people


class UsageError(HatchwatchError):
    """The command line, or a file that the user wrote, asks for something impossible."""

    exit_code = 64
    default_fault = "the command line"


class BenchFileError(UsageError):
    """A bench file is wrong; `seen` lists every mistake with the allowed values."""

    default_fault = "the bench file"


class BlockedError(HatchwatchError):
    """The bench is at fault, so nothing can be said about the modules."""

    default_fault = "the bench"


class ImageError(BlockedError):
    """The MicroPython image can't be had, or is not the pinned one."""

    default_fault = "the MicroPython image"


class PortError(BlockedError):
    """The serial port is absent, in use, or went away."""

    default_fault = "the serial port"


class BoardError(BlockedError):
    """The board answers, but not as our firmware of this version would."""

    default_fault = "the board"


class SensorError(BlockedError):
    """A sensor is missing or gives no usable data."""

    default_fault = "the wiring or the sensor"


class WaitTimeoutError(BlockedError):
    """A wait ended without what it waited for; `seen` tells what came instead."""

    default_fault = "the board"


class EmulatorError(BlockedError):
    """The emulated board or its side channel failed."""

    default_fault = "the emulator"


class OutputError(HatchwatchError):
    """Results can't be written where the user wants them."""

    default_fault = "the output folder"


class Aborted(HatchwatchError):  # noqa: N818 - it is an ending, not a fault
    """The operator stopped the test; the bench was put into its safe state."""

    exit_code = 130
    default_fault = "the operator"


def internal_error(error: Exception) -> HatchwatchError:
    """What to tell of an exception that nobody foresaw: a fault of hatchwatch itself."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    where = "" if last is None else f" in {last.tb_frame.f_code.co_name}, line {last.tb_lineno}"
    return HatchwatchError(
        f"hatchwatch failed{where}: {type(error).__name__}: {error}",
        cure="Report it with the folder of the run. HATCHWATCH_DEBUG=1 shows where it comes from.",
    )
