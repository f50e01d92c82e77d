"""A finished decay test to write about: numbers chosen so that the texts can be checked by eye."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from hatchwatch.boards.model import BenchFile
from hatchwatch.evidence import result as parts
from hatchwatch.methods.results import (
    BudgetItem,
    DecayResult,
    FitCurves,
    HatchResult,
    ModuleResult,
    NoiseEstimate,
    Phase,
    SettlingOutcome,
    Verdict,
)
from hatchwatch.payload import boards_root

if TYPE_CHECKING:
    from pathlib import Path

BLOCKS = 60
WINDOW_S = (60.0, 120.0)


@pytest.fixture(scope="session")
def station_path() -> Path:
    return boards_root() / "station6.toml"


@pytest.fixture(scope="session")
def station(station_path: Path) -> BenchFile:
    return BenchFile.model_validate(tomllib.loads(station_path.read_text("utf-8")))


def fit_curves(slope_pa_s: float) -> FitCurves:
    time_s = WINDOW_S[0] + 0.5 + np.arange(BLOCKS)
    fitted_pa = 109_325.0 - slope_pa_s * (time_s - time_s[0])
    residual_pa = 0.2 * np.sin(time_s)
    return FitCurves(
        time_s=time_s,
        pressure_pa=fitted_pa + residual_pa,
        temperature_k=np.full(BLOCKS, 293.4),
        amount_pa=fitted_pa + residual_pa,
        fitted_pa=fitted_pa,
        residual_pa=residual_pa,
    )


def module_result(name: str, verdict: Verdict, leak_pa_m3_s: float, standard_pa_m3_s: float) -> ModuleResult:
    half = 1.96 * standard_pa_m3_s
    return ModuleResult(
        name=name,
        verdict=verdict,
        limit_pa_m3_s=1e-4,
        volume_m3=5e-4,
        volume_uncertainty_m3=5e-6,
        leak_pa_m3_s=leak_pa_m3_s,
        leak_low_pa_m3_s=leak_pa_m3_s - half,
        leak_high_pa_m3_s=leak_pa_m3_s + half,
        leak_standard_pa_m3_s=standard_pa_m3_s,
        mean_flow_pa_m3_s=0.98 * leak_pa_m3_s,
        mean_flow_low_pa_m3_s=0.98 * (leak_pa_m3_s - half),
        mean_flow_high_pa_m3_s=0.98 * (leak_pa_m3_s + half),
        mean_flow_standard_pa_m3_s=0.98 * standard_pa_m3_s,
        reason="this is why",
        truth_pa_m3_s=leak_pa_m3_s + 0.5 * standard_pa_m3_s,
        truth_mean_flow_pa_m3_s=0.98 * leak_pa_m3_s,
        budget=(
            BudgetItem("noise", "sensor noise", 0.8 * standard_pa_m3_s, 0.8 * standard_pa_m3_s),
            BudgetItem("volume", "volume of the module", 0.6 * standard_pa_m3_s, 0.6 * standard_pa_m3_s),
        ),
        fit=fit_curves(leak_pa_m3_s / 5e-4),
    )


@pytest.fixture
def decay() -> DecayResult:
    """PrK leaks, Zarya can't be decided, the others hold; between the last two the seal can't be seen."""
    tight = [
        module_result(name, Verdict.PASS, 2e-6, 4e-6) for name in ("Progress", "Zvezda", "Unity", "Destiny")
    ]
    leaking = module_result("PrK", Verdict.FAIL, 5.1e-4, 5e-6)
    doubtful = replace(
        module_result("Zarya", Verdict.INCONCLUSIVE, 9.5e-5, 5e-6), warnings=("3 stale readings",)
    )
    return DecayResult(
        bench_name="station6",
        limit_pa_m3_s=1e-4,
        at_pa=8000.0,
        duration_s=60.0,
        window_start_s=WINDOW_S[0],
        window_end_s=WINDOW_S[1],
        ambient_pa=101_325.0,
        ambient_standard_pa=10.0,
        modules=(tight[0], leaking, tight[1], doubtful, *tight[2:]),
        hatches=(
            HatchResult(
                "Progress-PrK", ("Progress", "PrK"), 3e-6, 1e-6, 1.2e-5, 0.8e-5, 1.6e-5, True, 3.1e-6
            ),
            HatchResult("Unity-Destiny", ("Unity", "Destiny"), 0.0, 1e-8, 5e-5, -5e-5, 1.5e-4, False, 0.0),
        ),
        noise=NoiseEstimate(1.3, 0.28, 0.03),
        settling=SettlingOutcome(True, 42.0, "Destiny", 0.002, 0.01),
        phases=(Phase("warm-up", 2.0, 20.0), Phase("seal", 20.0, 24.0), Phase("measure", 60.0, 120.0)),
        warnings=("the seed was a round number",),
    )


@pytest.fixture
def identity() -> parts.Identity:
    return parts.Identity(
        bench=parts.BenchIdentity(name="station6", sha256="0" * 64),
        board=parts.BoardIdentity(kind="emulated", type="pico", unit_id="e660443043abcdef"),
        image=parts.ImageIdentity(version="1.27.0", sha256="1" * 64),
        firmware=parts.FirmwareIdentity(version="0.1.0", dictionary="9c1f22ab"),
        tool=parts.ToolIdentity(version="0.1.0", python="3.11.7"),
        emulation=parts.Emulation(seed=7, plant="quiet", planted_pa_m3_s={"PrK": 5.1e-4}),
    )


@pytest.fixture
def session() -> parts.Session:
    return parts.Session(
        started_utc="2026-11-05T14:22:33+00:00",
        finished_utc="2026-11-05T14:24:51+00:00",
        port="/dev/pts/4",
        platform="Linux",
        command="hatchwatch test decay station6",
    )
