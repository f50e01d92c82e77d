"""Emulated boards for the driver tests."""

import pytest
from emulated_board import EmulatedBoard

I2C_BENCH = {
    "name": "lab",
    "i2c0": {"sda": 20, "scl": 21, "frequency_hz": 400_000},
    "modules": [
        {
            "name": "jar",
            "volume_ml": 1000.0,
            "volume_uncertainty_ml": 10.0,
            "sensor": {"bus": "i2c0", "address": 0x76},
        }
    ],
}


@pytest.fixture(scope="module")
def shared_board():
    """One board per module of tests, with a jar and its sensor on I2C."""
    return EmulatedBoard(I2C_BENCH)
