"""The client of the side channel: truth, faults, power and lockstep of an emulated bench.

None of this exists on a real bench, and nothing of it passes over the serial line.
"""

from __future__ import annotations

import base64
import json
import socket
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from hatchwatch.errors import EmulatorError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Advanced", "BoardTime", "SideChannel"]

CONNECT_TIMEOUT_S = 10.0


@dataclass(frozen=True)
class BoardTime:
    """A moment of the emulated board.

    Totals count from the start of the emulator, over all clients of the port.
    """

    board_ns: int  # board time since the first power-on
    cycles: int  # clock cycles spent on instructions; asleep counts nothing
    serial_in_total: int  # bytes that came from clients
    serial_out_total: int  # bytes given to clients
    serial_lost_total: int  # bytes that the board said while nobody had the port open
    slow_pace: float | None = None  # board time per wall time of a free board that can't keep up


@dataclass(frozen=True)
class Advanced:
    """What `advance` reached."""

    board_ns: int
    serial_out_total: int  # all of them are on their way to the client


class SideChannel:
    """One connection to a running emulator; safe to use from several threads.

    Every method raises EmulatorError if the emulator is gone or refuses, UsageError if it was asked for
    something that the bench does not have.
    """

    def __init__(self, address: str, describe_end: Callable[[], str] | None = None) -> None:
        """Connect to `host:port`. `describe_end` tells why the emulator ended, for the error that follows."""
        self.address = address
        self._describe_end = describe_end
        self._lock = threading.Lock()
        self._number = 0
        host, _, port = address.rpartition(":")
        try:
            self._socket = socket.create_connection((host, int(port)), CONNECT_TIMEOUT_S)
        except OSError as error:
            raise self._gone(error) from error
        self._socket.settimeout(None)  # how long an advance takes only the caller knows
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines = self._socket.makefile("rb")

    def close(self) -> None:
        """Close the connection; the emulator goes on."""
        self._lines.close()
        self._socket.close()

    def __enter__(self) -> SideChannel:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    # -- time ------------------------------------------------------------------------------------------------

    def hello(self) -> dict[str, Any]:
        """Who is there: bench, image, seed, plant, pace, lockstep, powered."""
        reply: dict[str, Any] = self._request("hello")
        return reply

    def time(self) -> BoardTime:
        """Board time, busy cycles and byte counts.

        Clients that opened the port before this call are counted in.
        """
        return BoardTime(**self._request("time"))

    def lockstep(self, *, on: bool) -> None:
        """Let board time move only through `advance`, or let it run freely again."""
        self._request("lockstep", on=on)

    def advance(self, until_ns: int, serial_in_total: int) -> Advanced:
        """Lockstep: run to `until_ns` and return when all that the board said is on its way to the client.

        First waits until `serial_in_total` bytes (counted as in `BoardTime`) have come in over the serial
        port, and hands those to the board at its present time. Bytes beyond wait for the next call. The
        board may stop some tens of ns late, at the end of an instruction.
        """
        return Advanced(**self._request("advance", until_ns=until_ns, serial_in_total=serial_in_total))

    # -- plant -----------------------------------------------------------------------------------------------

    def truth(self) -> dict[str, Any]:
        """The plant's truth at the present board time, and that of the devices under `devices`."""
        reply: dict[str, Any] = self._request("truth")
        return reply

    def fill(
        self,
        *,
        gauge_pa: float | None = None,
        pressure_pa: float | None = None,
        modules: Iterable[str] | None = None,
    ) -> None:
        """Bring modules (all by default) to a pressure over ambient or an absolute one."""
        names = None if modules is None else list(modules)
        self._request("fill", gauge_pa=gauge_pa, pressure_pa=pressure_pa, modules=names)

    def vent(self, modules: Iterable[str] | None = None) -> None:
        """Bring modules (all by default) to ambient pressure."""
        self._request("vent", modules=None if modules is None else list(modules))

    def set_leak(
        self, module: str, leak_pa_m3_s: float, kind: Literal["laminar", "orifice"] = "laminar"
    ) -> None:
        """Give a module a leak to ambient, rated at 8 kPa over it; 0 closes it."""
        self._request("set_leak", module=module, leak_pa_m3_s=leak_pa_m3_s, kind=kind)

    def set_seal(self, hatch: str, leak_pa_m3_s: float) -> None:
        """Let a shut hatch pass this from 8 kPa over ambient to ambient, in place of what it passed."""
        self._request("set_seal", hatch=hatch, leak_pa_m3_s=leak_pa_m3_s)

    def heat(self, kelvin: float, *, over_s: float, modules: Iterable[str] | None = None) -> None:
        """Bring the walls of modules (all by default) to `kelvin` over the room within `over_s`."""
        names = None if modules is None else list(modules)
        self._request("heat", kelvin=kelvin, over_s=over_s, modules=names)

    def front(self, pressure_pa: float, *, over_s: float) -> None:
        """Bring the air outside to `pressure_pa` over its weather within `over_s`."""
        self._request("front", pressure_pa=pressure_pa, over_s=over_s)

    def fault(self, kind: str, target: str, **value: Any) -> None:
        """Break a device: see `hatchwatch.emulator.wiring` for the kinds and what they take."""
        self._request("fault", kind=kind, target=target, value=value)

    def clear(self, kind: str, target: str) -> None:
        """End a fault."""
        self._request("clear", kind=kind, target=target)

    # -- board -----------------------------------------------------------------------------------------------

    def power(self, *, on: bool) -> None:
        """Switch the supply of the board; flash survives."""
        self._request("power", on=on)

    def reset(self) -> None:
        """Pull the board's RUN pin low for a moment."""
        self._request("reset")

    def unplug(self) -> None:
        """Take the serial port away for good, as when the cable is pulled; the board goes on."""
        self._request("unplug")

    def flash_read(self) -> bytes:
        """Return the littlefs image in flash; `flash.read_filesystem` takes it apart."""
        return base64.b64decode(self._request("flash_read"))

    def flash_write(self, image: bytes) -> None:
        """Replace the littlefs image in flash; reset the board after it, or do it with the power off."""
        self._request("flash_write", image=base64.b64encode(image).decode())

    def flash_operations(self) -> int:
        """Erase and program operations since the emulator started."""
        return int(self._request("flash_operations"))

    def cut_power_at_flash(self, operation: int, *, torn: bool = False) -> None:
        """Cut the power just before flash operation number `operation`, or in the middle of it."""
        self._request("cut_power_at_flash", operation=operation, torn=torn)

    def stop(self) -> None:
        """End the emulator."""
        self._request("stop")

    # -- transport -------------------------------------------------------------------------------------------

    def _request(self, do: str, **arguments: Any) -> Any:
        with self._lock:
            self._number += 1
            request = {"id": self._number, "do": do, **arguments}
            try:
                self._socket.sendall(json.dumps(request).encode() + b"\n")
                reply = self._reply_to(self._number)
            except (OSError, ValueError) as error:  # ValueError: closed on this side
                raise self._gone(error) from error
        if "error" not in reply:
            return reply["ok"]
        if reply["usage"]:
            raise UsageError(reply["error"], cure=reply["cure"])
        raise EmulatorError(f"The emulator refused `{do}`: {reply['error']}", cure=reply["cure"])

    def _reply_to(self, number: int) -> dict[str, Any]:
        """Read replies until the one to `number`; those before belong to requests that Ctrl-C cut short."""
        while line := self._lines.readline():
            reply: dict[str, Any] = json.loads(line)
            if reply["id"] == number:
                return reply
        raise ConnectionResetError("it closed the side channel")

    def _gone(self, error: Exception | None) -> EmulatorError:
        if self._describe_end is not None:
            return EmulatorError(self._describe_end())
        reason = f": {error}" if error is not None else ""
        return EmulatorError(f"The emulator at {self.address} does not answer{reason}.")
