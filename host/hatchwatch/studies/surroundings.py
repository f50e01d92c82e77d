"""How calm the room of a scenario is: a preset of the emulated bench, and what the study has instead."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hatchwatch.emulator.plant import find_preset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hatchwatch.emulator.plant import PlantPreset

__all__ = ["surroundings_of"]

_FIELDS = {
    "flicker_pa": "flicker_pa",
    "drift_k_h": "temperature_drift_k_h",
    "weather_pa_h": "pressure_drift_pa_h",
    "self_heating_k": "self_heating_k",
}


def surroundings_of(values: Mapping[str, Any]) -> PlantPreset:
    """The preset of a scenario; a value that is None stays as the preset has it."""
    changed = {field: values[name] for name, field in _FIELDS.items() if values[name] is not None}
    return replace(find_preset(values["surroundings"]), **changed)
