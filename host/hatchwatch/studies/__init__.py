"""Many searches for leaks at once: what a strategy or a parameter is worth, before it meets a bench."""
