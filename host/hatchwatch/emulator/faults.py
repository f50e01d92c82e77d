"""Faults that can be planted on an emulated bench.

A fault sets attributes of one part; clearing it puts back what they are on a healthy one. The keyword
arguments of a fault's function are what a request may say.
"""

from __future__ import annotations

import inspect
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from hatchwatch.boards.names import pick
from hatchwatch.emulator.bmp280 import IM_UPDATE, MEASURING
from hatchwatch.emulator.bmp280_faults import TRIMMING_DAMAGE, SensorFaults
from hatchwatch.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from hatchwatch.boards.model import BenchFile

__all__ = ["KINDS", "FaultBoard", "Parts", "fault_of", "targets_of"]

Attributes = dict[str, Any]
Parts = dict[str, dict[str, Any]]  # by noun (sensor, bus, mux, servo, supply), then by name

_HEALTHY: dict[str, Attributes] = {
    "sensor": asdict(SensorFaults()),
    "bus": {"held": False, "data_held": False, "clocks_to_free": 0, "refusing": False},
    "mux": {"silent": False},
    "servo": {"stuck": False},
    "supply": {"rate": 1.0},
}
_STATUS_BITS = {"measuring": MEASURING, "im_update": IM_UPDATE, "both": MEASURING | IM_UPDATE}


def _silence() -> Attributes:
    """Answers nothing."""
    return {"silent": True}


def _freeze() -> Attributes:
    """Keeps its last sample."""
    return {"frozen": True}


def _offset(*, pressure_pa: float = 0.0, temperature_k: float = 0.0) -> Attributes:
    """Reads wrong by a constant."""
    return {"pressure_offset_pa": float(pressure_pa), "temperature_offset_k": float(temperature_k)}


def _jump(*, pressure_pa: float = 500.0, conversions: int = 1) -> Attributes:
    """Reads wrong for the next conversions, then right again."""
    return {"spike_pa": float(pressure_pa), "spikes_left": int(conversions)}


def _refuse(*, transactions: int = 1) -> Attributes:
    """Does not acknowledge the next transactions: a passing I/O error."""
    return {"refusals_left": int(transactions)}


def _chip_id(*, value: int = 0x60) -> Attributes:
    """Is another chip: 0x60 is a BME280 sold as a BMP280."""
    return {"chip_id": int(value)}


def _trimming(*, pattern: str = "zeros") -> Attributes:
    """Has damaged trimming words."""
    return {"trimming": _allowed("pattern", pattern, TRIMMING_DAMAGE)}


def _busy(*, bits: str = "both") -> Attributes:
    """Has a status bit that never clears."""
    return {"status_stuck": _STATUS_BITS[_allowed("bits", bits, _STATUS_BITS)]}


def _hold() -> Attributes:
    """The clock line is held low."""
    return {"held": True}


def _hold_data(*, clocks: int = 9) -> Attributes:
    """The data line is held low by a part that lets go after so many clocks; 0 for never."""
    return {"clocks_to_free": int(clocks), "data_held": True}


def _nack() -> Attributes:
    """Nobody on the bus answers, as with a broken wire."""
    return {"refusing": True}


def _stick() -> Attributes:
    """The lever is jammed where it is."""
    return {"stuck": True}


def _sag(*, rate: float = 0.3) -> Attributes:
    """The servo supply sags: all servos move at this fraction of their rate."""
    if not 0 < rate <= 1:
        raise UsageError(f"servos can't move at {rate} of their rate", cure="rate is over 0 and at most 1")
    return {"rate": float(rate)}


@dataclass(frozen=True)
class FaultKind:
    """One row of the table: the noun of its targets, and the attributes it sets."""

    noun: str
    attributes: Callable[..., Attributes]

    def healthy(self) -> Attributes:
        """The same attributes as a healthy part has them."""
        return {name: _HEALTHY[self.noun][name] for name in self.attributes()}


KINDS = {
    "silence": FaultKind("sensor", _silence),
    "freeze": FaultKind("sensor", _freeze),
    "offset": FaultKind("sensor", _offset),
    "jump": FaultKind("sensor", _jump),
    "refuse": FaultKind("sensor", _refuse),
    "chip_id": FaultKind("sensor", _chip_id),
    "trimming": FaultKind("sensor", _trimming),
    "busy": FaultKind("sensor", _busy),
    "hold": FaultKind("bus", _hold),
    "hold_data": FaultKind("bus", _hold_data),
    "nack": FaultKind("bus", _nack),
    "mux_silence": FaultKind("mux", _silence),
    "stick": FaultKind("servo", _stick),
    "sag": FaultKind("supply", _sag),
}


def targets_of(bench: BenchFile) -> dict[str, list[str]]:
    """What can be broken on a bench, by noun.

    Sensors are named by module, hatches by name, injectors MODULE.injector, the servo supply `supply`.
    """
    buses = {"i2c0": bench.i2c0, "i2c1": bench.i2c1}
    hatches = [hatch.name for hatch in bench.hatches]
    return {
        "sensor": [module.name for module in bench.modules],
        "bus": [name for name, pins in buses.items() if pins is not None],
        "mux": [mux.name for mux in bench.muxes],
        "servo": [*hatches, *(f"{module.name}.injector" for module in bench.injectors)],
        "supply": ["supply"],
    }


def fault_of(bench: BenchFile, kind: str, target: str) -> tuple[str, str]:
    """A fault that a person asked for, as `FaultBoard` knows it; UsageError tells the right names.

    Needs no running emulator, so mistakes are told before one starts.
    """
    kind = pick("kind of fault", kind, KINDS)
    noun = KINDS[kind].noun
    return kind, pick(noun, target, targets_of(bench)[noun])


class FaultBoard:
    """Sets and clears faults by kind and target, and remembers what is set."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._present: dict[tuple[str, str], Attributes] = {}

    def present(self) -> list[Attributes]:
        """The faults set and not cleared, ready for JSON; those that pass by themselves stay listed."""
        return [{"kind": kind, "target": target, **value} for (kind, target), value in self._present.items()]

    def fault(self, kind: str, target: str, **value: Any) -> None:
        """Set a fault, or change its value. Raises UsageError that says what is allowed."""
        row, part = self._find(kind, target)
        _check_names(kind, row.attributes, value)
        _assign(part, row.attributes(**value))
        self._present[kind, target] = value

    def clear(self, kind: str, target: str) -> None:
        """End a fault; also one that is not set."""
        row, part = self._find(kind, target)
        _assign(part, row.healthy())
        self._present.pop((kind, target), None)

    def _find(self, kind: str, target: str) -> tuple[FaultKind, Any]:
        row = KINDS[_allowed("kind of fault", kind, KINDS)]
        targets: Mapping[str, Any] = self._parts.get(row.noun, {})
        return row, targets[_allowed(f"target of {kind}", target, targets)]


def _assign(part: Any, attributes: Attributes) -> None:
    for name, value in attributes.items():
        setattr(part, name, value)


def _allowed(what: str, value: str, allowed: Iterable[str]) -> str:
    names = list(allowed)
    if value not in names:
        cure = f"allowed: {', '.join(names) or 'none on this bench'}"
        raise UsageError(f"{what} can't be {value!r}", cure=cure)
    return value


def _check_names(kind: str, function: Callable[..., Attributes], value: Iterable[str]) -> None:
    parameters = inspect.signature(function).parameters
    unknown = [name for name in value if name not in parameters]
    if unknown:
        takes = ", ".join(f"{one.name} (default {one.default})" for one in parameters.values())
        raise UsageError(
            f"the fault {kind} does not take {', '.join(unknown)}", cure=f"it takes: {takes or 'nothing'}"
        )
