"""A finished decay test and a response to a leak to write about: numbers that can be checked by eye."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from hatchwatch.bench.response import ResponseLog
from hatchwatch.boards.model import BenchFile
from hatchwatch.evidence import result as parts
from hatchwatch.evidence.recorder import Recorder
from hatchwatch.evidence.recording import read_recording
from hatchwatch.evidence.response.document import Check, Happened, ResponseDocument, StoryEntry
from hatchwatch.evidence.response.findings import findings, summary
from hatchwatch.link.dictionary import Field, dictionary
from hatchwatch.methods.isolation import outcome_of
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


# --- a response to a leak -------------------------------------------------------------------------------

ALARM = {
    "modules": 0b111111,
    "time_s": 105,
    "onset_s": 99,
    "onset_low_s": 96,
    "onset_high_s": 101,
    "slope_upa_s": -134_000,
    "slope_low_upa_s": -140_000,
    "slope_high_upa_s": -128_000,
    "leak_npa_m3_s": 600_000,
    "leak_low_npa_m3_s": 570_000,
    "leak_high_npa_m3_s": 630_000,
    "reserve_linear_s": 19_800,
    "reserve_s": 24_500,
    "reserve_safe_s": 18_900,
}


def guess(kind, first, second, probability_ppm):
    return {
        "kind": kind,
        "first": first,
        "second": second,
        "probability_ppm": probability_ppm,
        "leak_npa_m3_s": 600_000,
        "uncertainty_npa_m3_s": 3_000,
    }


@pytest.fixture
def response_packets(say, readings_packet, housekeeping_packet):
    """PrK begins to leak at 100 s, is found, shut off, and the rest proved."""

    def status(time_s, guesses):
        head = {"response_mode": 2, "purpose": "locate", "phase": "measure", "reason": "alarm", "seconds": 1}
        head |= {"shut": 0b11111, "occupied": 0b100, "isolated": 0, "gas": []}
        return say(time_s, "response", **head, hypotheses=guesses)

    return [
        *(readings_packet(0.5 * step, step) for step in range(2, 500)),
        *(housekeeping_packet(float(second), "open") for second in range(1, 110)),
        *(housekeeping_packet(float(second), "shut") for second in range(112, 200)),
        say(105.2, "leak_alarm", modules=0b111111, leak_npa_m3_s=600_000, reserve_s=18_900),
        say(105.3, "alarm", **ALARM),
        say(106.0, "response_step", purpose="locate", phase="move", reason="all_at_once", shut=0b11111),
        status(130.0, [guess("module", 1, 255, 600_000), guess("module", 2, 255, 300_000)]),
        status(140.0, [guess("module", 1, 255, 999_990), guess("two_modules", 1, 4, 5)]),
        say(141.0, "leak_found", kind="module", first=1, second=255, doubt_ppm=10, leak_npa_m3_s=598_000),
        say(150.0, "leak_isolated", modules=0b10, hatches=0b11),
        say(190.0, "rest_measured", solid=1, modules=0b111101, bound_npa_m3_s=48_000),
        say(190.1, "response_step", purpose="reopen", phase="done", reason="rest_healthy", shut=0b11),
    ]


@pytest.fixture
def readings_packet(say):
    def make(time_s, step):
        rows = [
            {"pressure_q8_pa": 256 * (109_000 - 2 * step * (place == 1)), "temperature_q16_c": 20 << 16}
            for place in range(6)
        ]
        return say(time_s, "readings", modules=[row | {"state": "fresh"} for row in rows])

    return make


@pytest.fixture
def housekeeping_packet(say):
    def make(time_s, position):
        layout = dictionary().telemetry["housekeeping"].layout
        plain = {item.name: 0 for item in layout if isinstance(item, Field)}
        counters = {"errors": 0, "retries": 0, "stale": 0, "health": "ok"}
        lists = {
            "sensors": [counters] * 6,
            "hatches": [{"position": position}] * 5,
            "injectors": [{"position": "shut"}] * 6,
        }
        return say(time_s, "housekeeping", **plain, **lists)

    return make


@pytest.fixture
def response_log(response_packets, station: BenchFile) -> ResponseLog:
    made = ResponseLog(station.part_names)
    made.take(sorted(response_packets, key=lambda packet: packet.board_time_s))
    return made


@pytest.fixture
def response_recording(response_packets, station: BenchFile, tmp_path):
    path = tmp_path / "run.mcap"
    with Recorder(path, station) as recorder:
        for packet in sorted(response_packets, key=lambda packet: packet.board_time_s):
            recorder.packet(packet.board_time_s, packet.raw, packet.body)
    return read_recording(path)


@pytest.fixture
def response_document(response_log, identity: parts.Identity, session: parts.Session) -> ResponseDocument:
    outcome = outcome_of(response_log)
    story = StoryEntry(
        name="zvezda",
        title="The leak <in> the chamber",
        text="First paragraph.\n\nSecond paragraph.",
        form="short",
        scale="An hour is a minute.",
        sha256="2" * 64,
        checks=[
            Check(expected="leak_found with first PrK", came="FOUND", time_s=141.0, ok=True),
            Check(expected="no sensor_drifts", came="sensor_drifts", time_s=150.0, ok=False),
        ],
    )
    return ResponseDocument(
        **findings(response_log),
        outcome=outcome,
        exit_code=outcome.exit_code,
        summary=summary(outcome, response_log),
        happenings=[Happened(time_s=100.0, text="a crack opens in PrK")],
        story=story,
        identity=identity,
        session=session,
    )
