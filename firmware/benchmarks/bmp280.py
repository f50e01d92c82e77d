"""What a reading of our BMP280 driver costs, and how exact it is: cycles, heap, error, golden vectors.

Everything is measured on the emulated RP2040 with the official image, in one boot; cycles are those the core
is not asleep. A reading is `sample()` and both results. Errors are those of bytes turned into numbers on the
board, against the datasheet's formula in double precision with t_fine not cut to an integer.

    python firmware/benchmarks/bmp280.py [--json FILE]

Ends with 1 if a limit is missed.
"""

import argparse
import json
import math
import random
import sys
from dataclasses import astuple
from pathlib import Path

from rich.console import Console

from hatchwatch.emulator.bmp280_formula import (
    PUBLISHED_TRIMMING,
    InverseFormula,
    Trimming,
    pressure_pa,
    temperature_c,
)

sys.path[:0] = [
    str(Path(__file__).resolve().parent),
    str(Path(__file__).resolve().parents[1] / "tests" / "support"),
]

from _bmp280_others import BARE_CYCLES, DRIVERS  # noqa: E402 - found through the path above
from _bmp280_tables import TABLES  # noqa: E402
from emulated_board import EmulatedBoard  # noqa: E402

FREQUENCIES_HZ = (100_000, 400_000, 1_000_000)
READINGS = 20
POINTS = 500  # per trimming set
BATCH = 50
PRESSURES_PA = (30_000.0, 110_000.0)
TEMPERATURES_C = (-10.0, 60.0)

MOST_CYCLES_ABOVE_BARE = 3000
MOST_ERROR_PA = 0.02
MOST_GOLDEN_ERROR_PA = 0.01
MOST_GOLDEN_ERROR_C = 0.001

BENCH = {
    "name": "benchmark",
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

BME280 = Trimming(28417, 26721, 50, 38042, -10559, 3024, 8726, -185, -7, 9900, -10230, 4285)
TRIMMING_SETS = {
    "datasheet": PUBLISHED_TRIMMING[0],
    "BMP280_driver issue 16": PUBLISHED_TRIMMING[1],
    "BMP280_driver issue 17": PUBLISHED_TRIMMING[2],
    "a part with T3 = 50": PUBLISHED_TRIMMING[3],
    "a BME280": BME280,
}

# Trimming set, adc_T, adc_P (None: not published), expected °C, expected Pa.
GOLDEN = {
    "datasheet 3.12": ("datasheet", 519888, 415148, 25.08247793, 100653.26677583),
    "BMP280_driver issue 17": ("BMP280_driver issue 17", 540380, None, 28.199585, None),
}

ON_BOARD = """
import gc, micropython, time
from array import array
from machine import I2C, Pin
before = gc.mem_alloc()
from fsw.drivers import bmp280, bmp280_compensation
gc.collect()
imported = gc.mem_alloc()
marker = Pin(28, Pin.OUT)
data = bytearray(6)

def use(frequency_hz):
    global i2c, sensor
    i2c = I2C(0, sda=Pin(20), scl=Pin(21), freq=frequency_hz)
    sensor = bmp280.BMP280(bmp280.I2CTransport(i2c, 0x76))
    sensor.start()

def nothing(n, marker=marker):
    for _ in range(n):
        marker.on()
        marker.off()

def bare(n, marker=marker, data=data):
    bus = i2c
    for _ in range(n):
        time.sleep_ms(50)
        marker.on()
        bus.readfrom_mem_into(0x76, 0xF7, data)
        marker.off()

def reading(n, marker=marker):
    one = sensor
    results = sensor.results
    fresh = 0
    for _ in range(n):
        time.sleep_ms(50)
        marker.on()
        status = one.sample()
        pressure = results[0]
        temperature = results[1]
        marker.off()
        fresh += status == 0
    return fresh

def locked(n):
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    micropython.heap_lock()
    fresh = reading(n)
    micropython.heap_unlock()
    taken = gc.mem_alloc() - before
    gc.enable()
    return fresh, taken, sensor.temperature_q16_c

class Probe:
    burst = None
    def read_into(self, address, register, buffer):
        buffer[:] = self.burst
    def on_unchanged(self):
        return 0

def convert(trimming, bursts):
    probe = Probe()
    output = array("i", (0, 0))
    work = bmp280_compensation.work_area()
    bmp280_compensation.fold(work, trimming, 0, 3, 0)
    sample = bmp280_compensation.sampler(probe, probe.read_into, work, output)
    results = []
    for at in range(0, len(bursts), 6):
        probe.burst = bursts[at : at + 6]
        results.append((sample(), output[0], output[1]))
    return results
"""


class Laboratory:
    """The one board on which all is measured."""

    def __init__(self):
        self.board = EmulatedBoard(BENCH)
        self.board.run(ON_BOARD)
        self.marker_cycles = self._cycles("nothing")

    def ram_bytes(self):
        """RAM of the imported driver, and of one sensor."""
        self.board.run("use(400_000); del sensor, i2c; gc.collect(); before_object = gc.mem_alloc()")
        self.board.run("use(400_000); gc.collect(); after_object = gc.mem_alloc()")
        return self.board.value("(imported - before, after_object - before_object)")

    def cycles(self, frequency_hz):
        """Mean cycles of a bare burst and of a reading."""
        self.board.run(f"use({frequency_hz})")
        bare = self._cycles("bare") - self.marker_cycles
        return {
            "frequency_hz": frequency_hz,
            "bare": bare,
            "reading": self._cycles("reading") - self.marker_cycles,
        }

    def heap_while_the_temperature_changes(self):
        """Bytes that readings took from the heap while it was locked, and the span of temperatures in K."""
        self.board.run("use(400_000)")
        self.board.pass_time(0.1)
        taken_bytes, seen_c = 0, []
        for offset_k in range(-30, 41, 5):
            self.board.devices.fault("offset", "jar", temperature_k=float(offset_k))
            fresh, taken, temperature_q16_c = self.board.value(
                "locked(4)"
            )  # raises MemoryError if it allocates
            if fresh != 4:
                raise RuntimeError("a reading gave no data")
            taken_bytes += taken
            seen_c.append(temperature_q16_c / 65536)
        self.board.heal()
        return {"heap_bytes": taken_bytes, "temperature_span_k": max(seen_c) - min(seen_c)}

    def convert(self, trimming, counts):
        """Turn (adc_T, adc_P) pairs into (Pa, °C) on the board."""
        results = []
        for at in range(0, len(counts), BATCH):
            bursts = b"".join(
                (p << 4).to_bytes(3, "big") + (t << 4).to_bytes(3, "big") for t, p in counts[at : at + BATCH]
            )
            results += self.board.value(f"convert({astuple(trimming)}, {bursts})")
        if any(status != 0 for status, _, _ in results):
            raise RuntimeError("the driver refused a measurement")
        return [(pressure / 256, temperature / 65536) for _, pressure, temperature in results]

    def _cycles(self, function):
        self.board.marks.clear()
        self.board.run(f"{function}({READINGS})")
        marks = self.board.marks
        return sum(off - on for on, off in zip(marks[0::2], marks[1::2], strict=True)) / READINGS


def errors(laboratory, trimming, dice):
    """Largest and rms difference to the double formula."""
    inverse = InverseFormula(trimming)
    counts = []
    for _ in range(POINTS):
        pressure, celsius = dice.uniform(*PRESSURES_PA), dice.uniform(*TEMPERATURES_C)
        counts.append((round(inverse.adc_t(celsius)), round(inverse.adc_p(pressure, celsius)[0])))
    got = laboratory.convert(trimming, counts)
    off_pa = [pa - pressure_pa(trimming, t, p) for (pa, _), (t, p) in zip(got, counts, strict=True)]
    off_c = [c - temperature_c(trimming, t) for (_, c), (t, _) in zip(got, counts, strict=True)]
    return {
        "largest_pa": max(map(abs, off_pa)),
        "rms_pa": math.sqrt(sum(x * x for x in off_pa) / POINTS),
        "largest_c": max(map(abs, off_c)),
    }


def golden(laboratory):
    """Differences to the published vectors."""
    table = {}
    for name, (trimming, adc_t, adc_p, expected_c, expected_pa) in GOLDEN.items():
        pa, c = laboratory.convert(TRIMMING_SETS[trimming], [(adc_t, adc_p or 415148)])[0]
        table[name] = {
            "celsius": c,
            "error_c": c - expected_c,
            "pascal": pa if expected_pa else None,
            "error_pa": pa - expected_pa if expected_pa else None,
        }
    return table


def measure():
    """Measure everything; a JSON-able dictionary."""
    laboratory = Laboratory()
    imported, one_sensor = laboratory.ram_bytes()
    dice = random.Random(280)
    return {
        "cycles": [laboratory.cycles(frequency) for frequency in FREQUENCIES_HZ],
        "heap": laboratory.heap_while_the_temperature_changes(),
        "ram": {"import_bytes": imported, "sensor_bytes": one_sensor},
        "errors": {name: errors(laboratory, trimming, dice) for name, trimming in TRIMMING_SETS.items()},
        "golden": golden(laboratory),
    }


def missed_limits(figures):
    """The limits that the figures miss, in words."""
    missed = []

    def limit(what, value, most):
        if abs(value) > most:
            missed.append(f"{what}: {value:.6g}, at most {most:g}")

    for row in figures["cycles"]:
        limit(
            f"cycles above bare at {row['frequency_hz']} Hz",
            row["reading"] - row["bare"],
            MOST_CYCLES_ABOVE_BARE,
        )
    limit("heap bytes", figures["heap"]["heap_bytes"], 0)
    for name, row in figures["errors"].items():
        limit(f"error in Pa, {name}", row["largest_pa"], MOST_ERROR_PA)
    for name, row in figures["golden"].items():
        limit(f"error in °C, {name}", row["error_c"], MOST_GOLDEN_ERROR_C)
        if row["error_pa"] is not None:
            limit(f"error in Pa, {name}", row["error_pa"], MOST_GOLDEN_ERROR_PA)
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    arguments = parser.parse_args()
    figures = measure()
    missed = missed_limits(figures)
    console = Console()
    for table in TABLES:
        console.print(table(figures))
    console.print(
        f"Heap locked over {figures['heap']['temperature_span_k']:.0f} K of temperature:"
        f" {figures['heap']['heap_bytes']} B. RAM: {figures['ram']['import_bytes']} B for the driver,"
        f" {figures['ram']['sensor_bytes']} B per sensor."
    )
    if arguments.json:
        others = [driver._asdict() for driver in DRIVERS]
        content = {**figures, "others": others, "others_bare_cycles": BARE_CYCLES, "missed_limits": missed}
        arguments.json.write_text(json.dumps(content, indent=2) + "\n")
    for text in missed:
        console.print(f"MISSED {text}", style="red")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
