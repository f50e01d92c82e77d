"""hatchwatch: hardware-in-the-loop leak tests for a bench of small pressure chambers."""

from importlib.metadata import version

__version__ = version("hatchwatch")
__all__ = ["__version__"]
