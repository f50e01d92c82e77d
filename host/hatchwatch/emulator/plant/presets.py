"""Surroundings of an emulated bench: how calm the room is, and how the sensors sit in it."""

from __future__ import annotations

from dataclasses import dataclass

from hatchwatch.errors import UsageError

__all__ = ["PRESETS", "PlantPreset", "find_preset"]


@dataclass(frozen=True)
class PlantPreset:
    """One kind of surroundings. The gas model reads the drifts, the sensor models the rest."""

    name: str
    temperature_drift_k_h: float  # the steepest drift of room and walls
    pressure_drift_pa_h: float  # the steepest change of the weather
    self_heating_k: float  # how much warmer than the gas a BMP280 gets in its fastest, finest mode
    self_heating_lag_s: float  # time constant of that warming: settled to 1 mK within 7 of them
    flicker_pa: float  # floor of a sensor's Allan deviation


# The warming of the desk preset is worth 170 Pa of apparent pressure in p/T. With 5 s of lag its slope is
# under 0.001 Pa/s (1e-6 Pa·m³/s in a litre) 55 s after the sensors start: a test settles within a minute.
PRESETS = {
    preset.name: preset
    for preset in (
        PlantPreset(
            "quiet",
            temperature_drift_k_h=0.05,
            pressure_drift_pa_h=10.0,
            self_heating_k=0.0,
            self_heating_lag_s=5.0,
            flicker_pa=0.0,
        ),
        PlantPreset(
            "desk",
            temperature_drift_k_h=1.0,
            pressure_drift_pa_h=100.0,
            self_heating_k=0.5,
            self_heating_lag_s=5.0,
            flicker_pa=0.3,
        ),
    )
}


def find_preset(preset: str | PlantPreset) -> PlantPreset:
    """Return the preset of that name, or the given one; `UsageError` lists the known names."""
    if isinstance(preset, PlantPreset):
        return preset
    if preset not in PRESETS:
        raise UsageError(f"no plant preset {preset!r}", cure=f"choose one of: {', '.join(PRESETS)}")
    return PRESETS[preset]
