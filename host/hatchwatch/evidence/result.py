"""`result.json`: what a run found, for programs and for people who read files.

The model below is the definition. `RESULT.md` (documentation) and `result.schema.json` (JSON Schema) beside
this file are made from it by `python -m hatchwatch.evidence.schema`.

Two runs of an emulated bench with the same seed differ in `session` only.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from hatchwatch.methods.results import Verdict  # noqa: TC001 (pydantic needs it at run time)

__all__ = [
    "FORMAT",
    "BenchIdentity",
    "BoardIdentity",
    "Budget",
    "Conditions",
    "Emulation",
    "FirmwareIdentity",
    "HatchEntry",
    "Identity",
    "ImageIdentity",
    "ModuleEntry",
    "NoiseEntry",
    "PhaseEntry",
    "Problem",
    "ResultDocument",
    "Session",
    "Settling",
    "ToolIdentity",
]

FORMAT: Final = "hatchwatch-result-1"

Name = Annotated[str, Field(min_length=1)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, allow_inf_nan=False)


class Problem(_Part):
    """Why a run ended without the verdicts it was made for."""

    seen: str
    """What was seen."""
    fault: str
    """Whose fault it is."""
    cure: str | None = None
    """What to try next."""


class Conditions(_Part):
    """Under which conditions the rates hold."""

    limit_pa_m3_s: Annotated[float, Field(gt=0)]
    """Largest leak a module may have, at `at_pa`, whichever way the gas flows."""
    at_pa: float
    """Pressure over ambient, in Pa, at which `leak_*` holds; negative when the modules were below ambient."""
    duration_s: Annotated[float, Field(gt=0)]
    """Length of the measurement as asked for, in s of board time."""
    window_start_s: float
    """Begin of the fitted window, board time in s; without a measurement the same as its end."""
    window_end_s: float
    """End of the fitted window, board time in s."""
    ambient_pa: float | None
    """Pressure outside, in Pa; null when the run ended before it was known."""
    ambient_standard_pa: float | None
    """Standard uncertainty of the pressure outside, in Pa."""


class Budget(_Part):
    """One source of uncertainty of one module's leak."""

    source: Name
    """Short key, such as noise or volume."""
    title: str
    """The source in words."""
    standard_pa_m3_s: Annotated[float, Field(ge=0)]
    """Its standard uncertainty (k = 1) of the leak at `at_pa`."""
    mean_flow_standard_pa_m3_s: Annotated[float, Field(ge=0)]
    """Its standard uncertainty (k = 1) of the mean flow."""


class ModuleEntry(_Part):
    """One module. Rates are null when the run ended without one, and positive when gas leaves the module.

    Below ambient gas enters, and leaks and flows are negative.
    """

    name: Name
    """Name in the bench file."""
    title: str | None = None
    """Full name."""
    owner: str | None = None
    """Who owns it."""
    verdict: Verdict
    """PASS, FAIL or INCONCLUSIVE; BLOCKED, ERROR or ABORTED when nothing can be said about the module."""
    reason: str
    """One sentence: why this verdict."""
    limit_pa_m3_s: float | None
    """Largest leak it may have, at `at_pa`."""
    leak_pa_m3_s: float | None
    """Leak at `at_pa` over ambient."""
    leak_low_pa_m3_s: float | None
    """Lower end of its 95 % interval."""
    leak_high_pa_m3_s: float | None
    """Upper end of its 95 % interval."""
    leak_standard_pa_m3_s: float | None
    """Its standard uncertainty (k = 1)."""
    guard_band_pa_m3_s: float | None
    """1.645 standard uncertainties: how far from the limit a leak must be to be decided."""
    margin_pa_m3_s: float | None
    """Limit minus size of the leak. PASS when at least the guard band, FAIL when below minus that."""
    mean_flow_pa_m3_s: float | None
    """Mean flow through the hull to ambient over the window, hatches excluded, as it really was."""
    mean_flow_low_pa_m3_s: float | None
    """Lower end of its 95 % interval."""
    mean_flow_high_pa_m3_s: float | None
    """Upper end of its 95 % interval."""
    volume_m3: float | None
    """Volume as the bench file states it."""
    volume_uncertainty_m3: float | None
    """Standard uncertainty (k = 1) of the volume."""
    truth_pa_m3_s: float | None = None
    """Emulated bench only: the leak that was there, at `at_pa`."""
    truth_mean_flow_pa_m3_s: float | None = None
    """Emulated bench only: the mean flow that was there."""
    budget: list[Budget] = []
    """Where the uncertainty comes from; the squares add up."""
    warnings: list[str] = []
    """What a reader should know before trusting the numbers."""


class HatchEntry(_Part):
    """The seal of one shut hatch."""

    name: Name
    """Name in the bench file."""
    between: tuple[str, str]
    """The modules on its two sides."""
    seal_leak_pa_m3_s: float | None
    """Leak of the seal at `at_pa` of difference between its sides."""
    seal_leak_low_pa_m3_s: float | None
    """Lower end of its 95 % interval."""
    seal_leak_high_pa_m3_s: float | None
    """Upper end of its 95 % interval."""
    mean_flow_pa_m3_s: float | None
    """Mean flow over the window, from the first module of `between` to the second."""
    mean_flow_standard_pa_m3_s: float | None
    """Its standard uncertainty (k = 1)."""
    informative: bool
    """False when the pressures on both sides were so alike that the data say nothing about the seal."""
    truth_mean_flow_pa_m3_s: float | None = None
    """Emulated bench only: the mean flow that was there."""


class NoiseEntry(_Part):
    """Noise of the sensors as the data show it, pooled over all of them."""

    white_pa: float
    """Standard deviation of one conversion before the sensor's filter, in Pa."""
    flicker_pa: float
    """Floor of the Allan deviation, in Pa."""
    flicker_standard_pa: float
    """Standard uncertainty of the floor, in Pa."""


class Settling(_Part):
    """How the wait for steadiness ended."""

    steady: bool
    """The transient had died away when the measurement began."""
    waited_s: float
    """Board time waited, in s."""
    slowest_module: str
    """The module with the most of a transient left at the end."""
    transient_pa_s: float
    """What was left of the transient, in Pa/s."""
    tolerance_pa_s: float
    """What was tolerated, in Pa/s."""
    restless_modules: tuple[str, ...] = ()
    """Those over the tolerance when the time was up."""


class PhaseEntry(_Part):
    """One phase of the run."""

    name: Name
    """warm-up, vent, zero, fill, seal, settle, measure or safe."""
    start_s: float
    """Board time in s."""
    end_s: float
    """Board time in s."""


class BenchIdentity(_Part):
    """The bench file."""

    name: Name
    """Name of the bench."""
    sha256: Sha256
    """Of the bench file; the file itself is attached to the recording."""


class BoardIdentity(_Part):
    """The board that ran the firmware."""

    kind: Literal["emulated", "real"]
    """An emulated RP2040, or one on a serial port."""
    type: str
    """Board type of the bench file."""
    unit_id: str | None = None
    """Serial number of the flash chip, in hexadecimal."""


class ImageIdentity(_Part):
    """The MicroPython that ran."""

    version: str
    """As the board reports it."""
    sha256: Sha256 | None = None
    """Of the image file; null on a real board, which can't be asked."""


class FirmwareIdentity(_Part):
    """The firmware on the board."""

    version: str
    """As the board reports it."""
    dictionary: str
    """Hash of the dictionary of packets, in hexadecimal."""
    manifest_sha256: Sha256 | None = None
    """Of the manifest, which lists the SHA-256 of every file on the board; the recording holds it. Of a real
    board it is the one that this computer deployed last; null if it did not."""


class ToolIdentity(_Part):
    """The host tool."""

    version: str
    """Version of hatchwatch."""
    python: str
    """Version of Python."""


class Emulation(_Part):
    """What the emulated bench was told."""

    seed: int
    """Seed of everything that is drawn."""
    plant: str
    """Preset of the surroundings: quiet or desk."""
    planted_pa_m3_s: dict[str, float] = {}
    """Leaks planted on purpose, by module, at `at_pa`."""


class Identity(_Part):
    """What took part in the run. Parts that never answered are null."""

    bench: BenchIdentity
    """The bench."""
    board: BoardIdentity
    """The board."""
    image: ImageIdentity | None = None
    """The MicroPython image."""
    firmware: FirmwareIdentity | None = None
    """The firmware."""
    tool: ToolIdentity
    """The host tool."""
    emulation: Emulation | None = None
    """Null on a real bench."""


class Session(_Part):
    """When and where; the only part that differs between two emulated runs with the same seed."""

    started_utc: str
    """ISO 8601, wall time."""
    finished_utc: str
    """ISO 8601, wall time."""
    port: str
    """Serial port or URL."""
    platform: str
    """Operating system and machine."""
    command: str | None = None
    """The command line."""


class ResultDocument(_Part):
    """The whole of `result.json`.

    Pa·m³/s always means mol/s times R times 293.15 K. Intervals are two-sided 95 %, standard uncertainties
    k = 1.
    """

    format: Literal["hatchwatch-result-1"] = FORMAT
    """Name and version of this format."""
    method: str
    """How the leaks were measured."""
    verdict: Verdict
    """Of the whole run: a fault of the bench before FAIL before INCONCLUSIVE before PASS."""
    exit_code: int
    """Of the program: 0 all pass, 1 a module fails, 2 inconclusive, 3 blocked or error, 130 aborted."""
    summary: str
    """The outcome in one sentence."""
    problem: Problem | None = None
    """Present when the run ended with ERROR, ABORTED or BLOCKED."""
    conditions: Conditions | None
    """Null when the run ended before it was measured under any."""
    modules: list[ModuleEntry]
    """All modules under test, in the order of the bench file."""
    hatches: list[HatchEntry] = []
    """All hatches that were shut in the test."""
    noise: NoiseEntry | None = None
    """Noise of the sensors."""
    settling: Settling | None = None
    """How the wait for steadiness ended."""
    phases: list[PhaseEntry] = []
    """Phases of the run in board time."""
    warnings: list[str] = []
    """What a reader should know before trusting the numbers."""
    identity: Identity
    """What took part."""
    session: Session
    """When and where."""

    def to_json(self) -> str:
        """The file's text, with a final newline."""
        return self.model_dump_json(indent=2) + "\n"
