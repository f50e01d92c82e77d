"""Soak tests take longer than CI allows, so each leaves a record, and what is done is not done again."""

import hashlib
import json
import sys
from pathlib import Path

import pytest

import hatchwatch.emulator
import hatchwatch.link
from hatchwatch.payload import boards_root, firmware_root

RECORDS = Path("runs") / "soak"

# Fuzzed frames, and the firmware's codec under CPython, are what the firmware's own tests use.
_TESTS = Path(__file__).resolve().parents[2] / "firmware" / "tests"
for _path in (_TESTS / "cpython", _TESTS / "support", _TESTS.parent):
    if str(_path) not in sys.path:
        sys.path.insert(0, str(_path))


@pytest.fixture(scope="session")
def state_of_the_code():
    """Digest of the firmware, the emulator, the link and the bench files that a record speaks of."""
    packages = [Path(module.__file__).parent for module in (hatchwatch.emulator, hatchwatch.link)]
    packages.append(firmware_root() / "fsw")
    paths = [path for package in packages for path in package.rglob("*.py")]
    paths += boards_root().glob("*.toml")
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
