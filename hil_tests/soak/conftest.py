"""Soak tests take longer than CI allows, so each leaves a record, and what is done is not done again."""

import hashlib
import json
from pathlib import Path

import pytest

import hatchwatch.emulator
from hatchwatch.payload import boards_root, firmware_root

RECORDS = Path("runs") / "soak"


@pytest.fixture(scope="session")
def state_of_the_code():
    """Digest of the firmware, the emulator and the bench files that a record speaks of."""
    emulator = Path(hatchwatch.emulator.__file__).parent
    paths = [*(firmware_root() / "fsw").rglob("*.py"), *emulator.rglob("*.py"), *boards_root().glob("*.toml")]
    digest = hashlib.sha256((firmware_root() / "main.py").read_bytes())
    for path in sorted(paths):
        digest.update(path.read_bytes())
    return digest.hexdigest()


@pytest.fixture
def soak(request, state_of_the_code):
    """Measure and check, unless the same code has passed already; what passed stays in runs/soak."""

    def run(measure, check):
        record = RECORDS / f"{request.node.name.replace('/', '-')}.json"
        if record.is_file() and json.loads(record.read_text("utf-8"))["code"] == state_of_the_code:
            return
        figures = measure()
        check(figures)
        RECORDS.mkdir(parents=True, exist_ok=True)
        record.write_text(json.dumps({"code": state_of_the_code, "figures": figures}, indent=2), "utf-8")

    return run
