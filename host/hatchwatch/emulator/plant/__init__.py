"""Gas physics of an emulated bench: chambers, hatches, leaks, heat and weather, in board time."""

from hatchwatch.emulator.plant.plant import OpeningKind, Plant
from hatchwatch.emulator.plant.presets import PRESETS, PlantPreset, find_preset

__all__ = ["PRESETS", "OpeningKind", "Plant", "PlantPreset", "find_preset"]
