"""What can be asked over the side channel; `SideChannel` in `side` has the same methods for the client."""

from __future__ import annotations

import base64
import inspect
from typing import TYPE_CHECKING, Any

from hatchwatch.emulator.runner import Runner, SideError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hatchwatch.emulator.world import World

__all__ = ["Commands"]


class Commands:
    """Answers requests about one running emulator."""

    def __init__(self, runner: Runner, world: World, identity: Mapping[str, object]) -> None:
        """`identity` is what `hello` tells: bench, image, seed and the like."""
        self._runner = runner
        self._chip = runner.chip
        self._serial = runner.serial
        self._world = world
        self._identity = dict(identity)
        self._commands: dict[str, Callable[..., object]] = {
            "hello": self._hello,
            "time": self._time,
            "advance": self._advance,
            "lockstep": self._lockstep,
            "stop": runner.stop,
            "power": self._power,
            "reset": self._chip.reset,
            "unplug": self._serial.close,
            "flash_read": self._flash_read,
            "flash_write": self._flash_write,
            "flash_operations": self._flash_operations,
            "cut_power_at_flash": self._cut_power_at_flash,
            "truth": world.truth,
            "fill": world.fill,
            "vent": world.vent,
            "set_leak": world.set_leak,
            "set_seal": world.set_seal,
            "heat": world.heat,
            "front": world.front,
            "fault": self._fault,
            "clear": self._clear,
        }

    def answer(self, request: Mapping[str, Any]) -> object:
        """Do what a request asks. Raises SideError if it makes no sense."""
        arguments = {key: value for key, value in request.items() if key not in {"id", "do"}}
        command = self._commands.get(str(request.get("do")))
        if command is None:
            raise SideError(f"no command {request.get('do')!r}; there are: {', '.join(self._commands)}")
        try:
            inspect.signature(command).bind(**arguments)
        except TypeError as error:
            raise SideError(f"{request['do']}: {error}") from error
        return command(**arguments)

    def _hello(self) -> object:
        return {**self._identity, "lockstep": self._runner.lockstep, "powered": self._chip.powered}

    def _time(self) -> object:
        self._serial.exchange()  # so that a client that has just opened the port counts from here
        return {
            "board_ns": self._chip.board_ns,
            "cycles": self._chip.busy_cycles,
            "serial_in_total": self._serial.received_total,
            "serial_out_total": self._serial.sent_total,
            "serial_lost_total": self._serial.lost_total,
            "slow_pace": self._runner.slow_pace,
        }

    def _advance(self, until_ns: int, serial_in_total: int) -> object:
        self._runner.advance(until_ns, serial_in_total)
        return {"board_ns": self._chip.board_ns, "serial_out_total": self._serial.sent_total}

    def _lockstep(self, on: bool) -> None:
        self._runner.lockstep = on

    def _power(self, on: bool) -> None:
        self._chip.set_power(on=on)

    def _flash_read(self) -> str:
        return base64.b64encode(self._chip.read_filesystem()).decode()

    def _flash_write(self, image: str) -> None:
        try:
            self._chip.write_filesystem(base64.b64decode(image, validate=True))
        except ValueError as error:
            raise SideError(str(error)) from error

    def _flash_operations(self) -> int:
        return self._chip.flash_cut.operations

    def _cut_power_at_flash(self, operation: int, torn: bool) -> None:
        try:
            self._chip.flash_cut.arm(operation, torn=torn)
        except ValueError as error:
            raise SideError(str(error)) from error

    def _fault(self, kind: str, target: str, value: dict[str, Any]) -> None:
        self._world.devices.fault(kind, target, **value)

    def _clear(self, kind: str, target: str) -> None:
        self._world.devices.clear(kind, target)
