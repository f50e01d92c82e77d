"""The emulated bench: a Pico in its own process, its devices and its gas."""
