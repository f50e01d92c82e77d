"""Service 20: what can be set while the firmware runs."""

from array import array

from fsw.link.parameter_limits import DEFAULTS


def default_values():
    """Return the default of every parameter, in the order of their numbers."""
    return array("i", DEFAULTS)
