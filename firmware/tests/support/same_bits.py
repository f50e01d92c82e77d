"""Pure logic on the emulated board beside the same under CPython.

The detector takes samples with leaks, gaps and drifts; the locator searches among sixteen modules.
"""

import struct
from collections import namedtuple

import locating_twin
import numpy as np
from detection_twin import BASE_C, BASE_PA, MODULES, SAMPLE, lines
from emulated_board import FIRMWARE, EmulatedBoard

from hatchwatch.deploy.compiling import compile_all
from hatchwatch.deploy.files import firmware_files
from hatchwatch.deploy.folding import NUMBERS, fold, integers

WHITE_PA, WHITE_K, PRESSURE_PA, TEMPERATURE_C = 0.75, 0.004, 109_000.0, 22.0
LEAK_EVERY_S = 70.0
NOTHING = 3  # state of a sensor without data
WHOLE, HALVES = [0] * MODULES, [0, 0, 0, 1, 1, 1]
FILE, TWIN, SEARCH = "samples", "detection_twin", "locating_twin"

Found = namedtuple("Found", "samples seconds alarms drifts differing")


def compare(folder, seed, samples):
    """Let both run through `samples` made with `seed`; return what they did, and the lines that differ."""
    path = folder / FILE
    path.write_bytes(made_up(seed, samples))
    here = list(lines(path, WHOLE, HALVES))
    there = on_board(path.read_bytes())
    differing = [pair for pair in zip(here, there, strict=False) if pair[0] != pair[1]]
    if len(here) != len(there):
        differing.append((len(here), len(there)))
    alarms = sum(" alarm " in line for line in here)
    drifts = sum(" drifting " in line for line in here)
    return Found(samples, len(here) - alarms - drifts, alarms, drifts, differing)


def on_board(samples):
    """Return the lines that the board prints."""
    board = EmulatedBoard(None, {**as_deployed(), **compiled(TWIN), FILE: samples})
    code = f"import {TWIN}\nfor line in {TWIN}.lines({FILE!r}, {WHOLE}, {HALVES}): print(line)"
    return board.run(code, timeout_s=1e4).splitlines()


def search():
    """Return the lines of a search under CPython and on the board, and the most heap that it took there."""
    board = EmulatedBoard(None, {**as_deployed(), **compiled(SEARCH)})
    there = board.run(
        f"""
        import {SEARCH}
        heap = {SEARCH}.MostHeap()
        for line in {SEARCH}.lines(heap): print(line)
        print(heap.most)
        """,
        timeout_s=1e4,
    ).splitlines()
    return list(locating_twin.lines()), there[:-1], int(there[-1])


def compiled(name):
    """A twin as bytecode."""
    source = (FIRMWARE / "tests" / "support" / f"{name}.py").read_bytes()
    known = integers((FIRMWARE / NUMBERS).read_bytes())  # the deployed module no longer has them
    return compile_all({f"{name}.py": fold(source, known)})


def as_deployed():
    """Pure logic and what it needs, as bytecode; private names of detection as they are."""
    parts = ("fsw/__init__", "fsw/link/", "fsw/station/", "fsw/services/")
    files = {path: code for path, code in firmware_files().items() if path.startswith(parts)}
    detection = "fsw/station/detection.py"
    return {**files, **compile_all({detection: (FIRMWARE / detection).read_bytes()})}


def made_up(seed, samples):
    """Samples of six sensors in packed form: leaks that begin and end, heat, a drifting sensor, lost data."""
    random = np.random.default_rng(seed)
    time_s = np.arange(samples)[:, None] / 10
    phase = time_s % LEAK_EVERY_S
    strength = np.exp(random.uniform(np.log(0.02), np.log(2.0), samples // int(10 * LEAK_EVERY_S) + 1))
    slope_pa_s = strength[(time_s // LEAK_EVERY_S).astype(int)]
    lost_pa = np.cumsum(np.where(phase > LEAK_EVERY_S - 20.0, slope_pa_s, 0.0) / 10, axis=0)
    heat_k = 0.2 * np.clip(10 * time_s / time_s[-1] - 5.5, 0, 1)
    pressure = (PRESSURE_PA - lost_pa) * (1 + heat_k / 295) + random.normal(0, WHITE_PA, (samples, MODULES))
    pressure[:, 4] -= 0.3 * np.maximum(time_s[:, 0] - time_s[-1, 0] * 0.8, 0)
    temperature = TEMPERATURE_C + heat_k + random.normal(0, WHITE_K, (samples, MODULES))
    state = np.where(random.random((samples, MODULES)) < 0.002, NOTHING, 0).astype(np.uint8)
    state[samples // 3 : samples // 3 + 200, 2] = NOTHING
    rows = zip(np.rint((pressure - BASE_PA) * 16), np.rint((temperature - BASE_C) * 4096), state, strict=True)
    return b"".join(
        struct.pack(SAMPLE, *p.astype(int), *t.astype(int), bytes(s.tolist())) for p, t, s in rows
    )
