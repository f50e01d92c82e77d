"""One booted board for the tests of several services; whoever changes it leaves it as it was."""

import pytest
from running_firmware import RunningFirmware


@pytest.fixture(scope="session")
def pair():
    return RunningFirmware("pair")
