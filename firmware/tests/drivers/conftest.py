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


@pytest.fixture
def new_board():
    """Boot a board; `bench` is a dict as in a bench file, a jar with one sensor on I2C by default."""

    def build(bench=I2C_BENCH, files=None, seed=0):
        return EmulatedBoard(bench, files, seed)

    return build
