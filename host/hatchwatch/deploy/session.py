"""A MicroPython prompt on a serial port, by way of mpremote."""

from __future__ import annotations

import contextlib
import io
import json
import struct
import time
from typing import TYPE_CHECKING, Any, Self

from mpremote.transport import TransportError, TransportExecError  # type: ignore[import-untyped] # has no types
from mpremote.transport_serial import SerialTransport  # type: ignore[import-untyped] # has no types

from hatchwatch.deploy.files import FOLDER
from hatchwatch.errors import BoardError, PortError
from hatchwatch.link.ports import open_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

__all__ = ["BoardSession"]

# All wall time: MicroPython's prompt tells no other.
READ_TIMEOUT_S = 5.0  # without it mpremote waits for ever on a pty with a dead board behind it
LISTEN_S = 0.2  # one look at what came
PRESS_AGAIN_S = 1.0  # after this long without a prompt: Ctrl-C may get lost in a start
SILENT_S = 4.0  # nothing came: nobody is there
STRANGE_S = 10.0  # something came, but no prompt: it is somebody else
STEP_S = 40.0  # of a board that has shown its prompt; a very slow emulated one needs that

INTERRUPT = b"\r\x03\x03\x02"  # Ctrl-C stops a program, Ctrl-B leaves the raw prompt
PROMPT = b">>> "
SHOWN = 60  # characters of what somebody else said
READ_BYTES = 4096  # remembered of it

FLASH_CURE = (
    "hold BOOTSEL while plugging it in, and copy the file that `hatchwatch image` names to its drive."
)


class BoardSession:
    """Runs scripts on the board; the firmware is stopped on entry and stays so until `reset`.

    A context manager. Raises PortError where the port is at fault, BoardError where the board is.
    """

    def __init__(self, port: str) -> None:
        self.port = port
        open_port(port).close()  # says in detail why a port can't be opened; mpremote does not
        with self._errors_told():
            self._transport = SerialTransport(port, timeout=READ_TIMEOUT_S)

    def __enter__(self) -> Self:
        try:
            with self._errors_told():
                self._enter_prompt()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        port = self._transport.serial
        connection = getattr(port, "_socket", None)
        port.close()
        if connection is not None:
            connection.close()  # pyserial leaves it open when the other side has hung up first

    def run(self, script: str) -> list[Any]:
        """Run a script and return what it printed: one JSON value per line."""
        with self._errors_told():
            output, error_output = self._transport.exec_raw(script, timeout=STEP_S)
            if error_output:
                raise TransportExecError(output, error_output.decode())
            return [json.loads(line) for line in output.decode().splitlines() if line]

    def start(self, script: str) -> None:
        """Run a script without waiting for its end, such as a reset."""
        with self._errors_told():
            self._transport.exec_raw_no_follow(script)

    def _enter_prompt(self) -> None:
        """Stop whatever runs; the soft reset frees all memory, and main.py does not start in this mode."""
        self._interrupt()
        try:
            with contextlib.redirect_stdout(io.StringIO()):  # mpremote prints all it got instead of a prompt
                self._transport.enter_raw_repl(soft_reset=True, timeout_overall=STEP_S)
        except TransportError as error:
            raise self._no_prompt("the usual prompt only, not the raw one") from error

    def _interrupt(self) -> None:
        """Press Ctrl-C until MicroPython shows its prompt; raises BoardError when none comes."""
        serial = self._transport.serial
        serial.timeout = LISTEN_S
        heard = b""
        begun_s = heard_s = time.monotonic()
        pressed_s = -PRESS_AGAIN_S
        while not heard.endswith(PROMPT):
            now_s = time.monotonic()
            if now_s - heard_s > SILENT_S or now_s - begun_s > STRANGE_S:
                raise self._no_prompt(_described(heard))
            if now_s - pressed_s > PRESS_AGAIN_S:
                serial.write(INTERRUPT)
                pressed_s = now_s
            data = serial.read(1)
            if data:
                heard = (heard + data + serial.read(serial.in_waiting))[-READ_BYTES:]
                heard_s = time.monotonic()
        serial.timeout = READ_TIMEOUT_S

    def _no_prompt(self, said: str) -> BoardError:
        return BoardError(
            f"The board at {self.port} gives no MicroPython prompt; it sent {said}.",
            cure=f"Reset it and try again. If it stays so, flash the image: {FLASH_CURE}",
        )

    @contextlib.contextmanager
    def _errors_told(self) -> Iterator[None]:
        try:
            yield
        except TransportExecError as error:
            last = error.error_output.strip().splitlines()[-1:] or ["no reason given"]
            raise BoardError(
                f"A step of the deployment failed on the board at {self.port}: {last[0]}.",
                cure=f"Try again; if that fails, begin anew: `mpremote connect {self.port} rm -r :{FOLDER}`.",
            ) from error
        except OSError as error:  # serial.SerialException is one
            raise PortError(
                f"{self.port} went away: {error}.",
                fault="the cable, or the board's power",
                cure="Check the cable, then deploy again; what was written so far counts.",
            ) from error
        except (TransportError, struct.error, ValueError) as error:  # also broken text and broken JSON
            raise BoardError(
                f"The board at {self.port} stopped answering: {error}.",
                cure="Unplug it, plug it in and deploy again.",
            ) from error


def _described(heard: bytes) -> str:
    """What somebody said, in a few words."""
    text = "".join(char for char in heard.decode("ascii", "ignore") if char.isprintable())
    if 2 * len(text) > len(heard):
        return repr(text[-SHOWN:])
    return f"{len(heard)} bytes that are no text" if heard else "nothing"
