"""What the board says, as the JSON messages of a recording, with names in place of indexes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from hatchwatch.evidence import channels as topic
from hatchwatch.evidence.jsonable import jsonable
from hatchwatch.link.dictionary import SEVERITIES, dictionary
from hatchwatch.link.naming import named_fields
from hatchwatch.link.packets import Event, Housekeeping, Readings, Report, Verification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hatchwatch.boards.model import BenchFile
from hatchwatch.link.packets import Body

__all__ = ["Namer"]


class Namer:
    """Turns decoded packets of one bench into messages: topic and fields."""

    def __init__(self, bench: BenchFile) -> None:
        """`bench` gives the order of modules, hatches and injectors on the link."""
        self._modules = [module.name for module in bench.modules]
        self._hatches = [hatch.name for hatch in bench.hatches]
        self._injectors = [module.name for module in bench.modules if module.injector is not None]
        self._commands: dict[int, str] = {}

    def sent(self, packet: bytes, command: str) -> Mapping[str, Any]:
        """The message that a command was sent; its acknowledgements will carry its text."""
        request_id = int.from_bytes(packet[:4], "big")
        self._commands[request_id] = command
        return {"stage": "sent", "request_id": request_id, "command": command}

    def message(self, body: Body) -> tuple[str, Mapping[str, Any]] | None:
        """Topic and fields of one decoded packet; None for what is only kept as raw packet."""
        match body:
            case Readings():
                return topic.READINGS, {"modules": self._readings(body)}
            case Housekeeping():
                return topic.HOUSEKEEPING, self._housekeeping(body)
            case Event():
                return topic.EVENT, self._event(body)
            case Verification():
                return topic.ACK, self._verification(body)
            case Report(name="response" | "alarm"):
                return f"/{body.name}", self._report(body)
            case _:
                return None

    def _readings(self, body: Readings) -> dict[str, Any]:
        rows = zip(self._modules, body.pressure_pa, body.temperature_c, body.state, strict=False)
        return {
            name: {"pressure_pa": pressure_pa, "temperature_c": temperature_c, "state": state}
            if math.isfinite(pressure_pa)
            else {"state": state}
            for name, pressure_pa, temperature_c, state in rows
        }

    def _housekeeping(self, body: Housekeeping) -> dict[str, Any]:
        fields: dict[str, Any] = jsonable(body)
        fields["sensors"] = dict(zip(self._modules, fields["sensors"], strict=False))
        fields["hatches"] = dict(zip(self._hatches, fields["hatches"], strict=False))
        fields["injectors"] = dict(zip(self._injectors, fields["injectors"], strict=False))
        fields["isolated"] = [self._modules[index] for index in body.isolated if index < len(self._modules)]
        return fields

    @property
    def _names(self) -> dict[str, list[str]]:
        return {"module": self._modules, "hatch": self._hatches, "injector": self._injectors}

    def _report(self, body: Report) -> Mapping[str, Any]:
        named: Mapping[str, Any] = _without_nothing(
            named_fields(dictionary().telemetry[body.name].layout, body.fields, self._names)
        )
        return named

    def _event(self, body: Event) -> dict[str, Any]:
        return {
            "severity": SEVERITIES.get(body.severity, str(body.severity)),
            "source": "board",
            "name": body.name,
            "text": body.text(self._names),
            "fields": body.fields,
        }

    def _verification(self, body: Verification) -> dict[str, Any]:
        fields: dict[str, Any] = {"stage": body.stage, "request_id": body.request_id}
        fields["command"] = self._commands.get(body.request_id, "")
        if not body.ok:
            fields |= {"code": body.code_name, "reason": body.reason}
        return fields


def _without_nothing(value: Any) -> Any:
    """The same without fields that hold nothing: viewers know no null."""
    if isinstance(value, dict):
        return {key: _without_nothing(part) for key, part in value.items() if part is not None}
    return [_without_nothing(part) for part in value] if isinstance(value, list) else value
