"""Run an emulated bench in a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from typing import IO, TYPE_CHECKING, Literal

from hatchwatch.emulator.side import SideChannel
from hatchwatch.errors import EmulatorError

if TYPE_CHECKING:
    from pathlib import Path

    from hatchwatch.emulator.runner import Pace

__all__ = ["DEFAULT_TRANSPORT", "EmulatorProcess", "Transport"]

Transport = Literal["pty", "tcp"]
DEFAULT_TRANSPORT: Transport = "tcp" if sys.platform == "win32" else "pty"

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 5.0
TAIL_LINES = 15  # of what the emulator said last, in the error about its end


class EmulatorProcess:
    """A running emulated bench; a context manager that stops it.

    Board time starts at once, unless `lockstep` is set: then it stays at 0 until `side.advance`. The
    process ends with this one, however this one ends, and does not see its Ctrl-C.
    """

    def __init__(
        self,
        bench_path: Path | None,
        image: Path,
        *,
        files: Path | None = None,
        seed: int = 0,
        plant: Literal["quiet", "desk"] = "quiet",
        pace: Pace = "max",
        transport: Transport = DEFAULT_TRANSPORT,
        tcp_port: int = 0,
        lockstep: bool = False,
    ) -> None:
        """Start it and wait until its ports are open (about 1 s); EmulatorError if that fails.

        Without `bench_path` the board has nothing on its pins. `files` is a littlefs image
        (`flash.build_filesystem`). `tcp_port` 0 takes a free one.
        """
        command = [sys.executable, "-m", "hatchwatch.emulator", "--image", str(image), "--seed", str(seed)]
        command += ["--plant", plant, "--pace", pace]
        command += [] if bench_path is None else ["--bench", str(bench_path)]
        command += [] if files is None else ["--files", str(files)]
        command += ["--pty"] if transport == "pty" else ["--tcp", str(tcp_port)]
        command += ["--lockstep"] if lockstep else []
        # A file, since a pipe would have to be read all the time.
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        try:
            started = json.loads(self._first_line())
            self.serial_url: str = started["serial"]  # for pyserial and mpremote
            self.pid: int = started["pid"]
            self.side = SideChannel(started["side"], self._describe_end)
        except BaseException:
            self._end()
            raise

    def __enter__(self) -> EmulatorProcess:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        """False once the process has ended."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End the emulator; does nothing if it has ended."""
        with contextlib.suppress(EmulatorError):  # it may be dead already, which is what we want
            self.side.stop()
        self.side.close()
        self._end()

    def _end(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._stderr.close()

    def _first_line(self) -> bytes:
        lines: queue.Queue[bytes] = queue.Queue()
        stdout = self._process.stdout
        assert stdout is not None
        threading.Thread(target=lambda: lines.put(stdout.readline()), daemon=True).start()
        try:
            line = lines.get(timeout=START_TIMEOUT_S)
        except queue.Empty:
            raise EmulatorError(f"The emulator did not start within {START_TIMEOUT_S:.0f} s.") from None
        if not line:
            raise EmulatorError(self._describe_end())
        return line

    def _describe_end(self) -> str:
        try:
            ended = f"ended with code {self._process.wait(STOP_TIMEOUT_S)}"
        except subprocess.TimeoutExpired:
            ended = "does not answer"
        if self._stderr.closed:
            return "The emulator has been stopped."
        self._stderr.seek(0)
        tail = self._stderr.read().decode(errors="replace").splitlines()[-TAIL_LINES:]
        return "\n".join([f"The emulator {ended}.", *tail])
