"""What `mpremote mip install` takes: the list of files is complete and true."""

import json
from pathlib import Path

DRIVERS = Path(__file__).resolve().parents[2] / "fsw" / "drivers"


def test_every_driver_is_listed_once_where_its_imports_look_for_it():
    package = json.loads((DRIVERS / "package.json").read_text())
    files = sorted(path.name for path in DRIVERS.glob("*.py") if path.name != "__init__.py")
    assert package["urls"] == [[f"fsw/drivers/{name}", name] for name in files]
