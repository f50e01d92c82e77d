"""Property tests are the same on every run, and no machine is too slow for them."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def spi_bench_text() -> str:
    """A bench file with two sensors on SPI, one of them open to the room."""
    return """
name = "spi"
[spi0]
sck = 18
mosi = 19
miso = 16
[[modules]]
name = "jar"
volume_ml = 500.0
volume_uncertainty_ml = 5.0
sensor = { bus = "spi0", cs = 17 }
[[modules]]
name = "room"
ambient = true
sensor = { bus = "spi0", cs = 13 }
"""
