"""What `mpremote mip install` takes: the list of files is complete and true."""

import json
import subprocess
import sys
from pathlib import Path

from hatchwatch.emulator.process import EmulatorProcess
from hatchwatch.image import ensure_image

DRIVERS = Path(__file__).resolve().parents[2] / "fsw" / "drivers"

BENCH = """
name = "lab"
i2c0 = { sda = 20, scl = 21 }
[[modules]]
name = "jar"
volume_ml = 1000.0
volume_uncertainty_ml = 10.0
sensor = { bus = "i2c0", address = 0x76 }
"""

ALONE = """
from machine import I2C, Pin
import time
from fsw.drivers.bmp280 import BMP280, I2CTransport
sensor = BMP280(I2CTransport(I2C(0, sda=Pin(20), scl=Pin(21), freq=400_000)))
sensor.start()
time.sleep_ms(50)
print(sensor.sample(), 100_000 < sensor.pressure_q8_pa // 256 < 120_000)
"""


def test_every_driver_is_listed_once_where_its_imports_look_for_it():
    package = json.loads((DRIVERS / "package.json").read_text())
    files = sorted(path.name for path in DRIVERS.glob("*.py") if path.name != "__init__.py")
    assert package["urls"] == [[f"fsw/drivers/{name}", name] for name in files]


def test_installs_with_stock_mpremote_and_works_alone(tmp_path):
    bench = tmp_path / "bench.toml"
    bench.write_text(BENCH)
    with EmulatorProcess(bench, ensure_image(), transport="tcp") as board:

        def mpremote(*arguments):
            command = [sys.executable, "-m", "mpremote", "connect", board.serial_url, *arguments]
            return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout

        mpremote("mip", "install", str(DRIVERS / "package.json"))
        assert mpremote("exec", ALONE).strip() == "0 True"
