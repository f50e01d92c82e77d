"""Make a `ResultDocument` of what a method found, or of the reason why it found nothing."""

from __future__ import annotations

import hashlib
import math
import platform
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from hatchwatch import __version__
from hatchwatch.evidence import result as parts
from hatchwatch.evidence.wording import summary_sentence
from hatchwatch.image import identify as identify_image
from hatchwatch.methods.decay import without_numbers
from hatchwatch.methods.verdict import GUARD_FACTOR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hatchwatch.bench import Bench
    from hatchwatch.boards.model import BenchFile, Module
    from hatchwatch.errors import HatchwatchError
    from hatchwatch.methods.results import DecayResult, HatchResult, ModuleResult, Phase, Verdict

__all__ = [
    "bench_identity",
    "document_of_decay",
    "document_of_problem",
    "first_identity",
    "met_identity",
    "platform_text",
    "problem_of",
    "session_facts",
    "tool_identity",
]

P = TypeVar("P", bound=BaseModel)


def document_of_decay(
    result: DecayResult,
    bench: BenchFile,
    *,
    identity: parts.Identity,
    session: parts.Session,
    problem: parts.Problem | None = None,
) -> parts.ResultDocument:
    """The document of a decay test that came to its verdicts, or part of the way (`problem`)."""
    side = math.copysign(1.0, result.at_pa)
    modules = [_module_entry(module, bench, side) for module in result.modules]
    return parts.ResultDocument(
        method=result.method,
        verdict=result.verdict,
        exit_code=result.exit_code,
        summary=summary_sentence(modules, result.at_pa, problem),
        problem=problem,
        conditions=parts.Conditions(
            limit_pa_m3_s=result.limit_pa_m3_s,
            at_pa=result.at_pa,
            duration_s=result.duration_s,
            window_start_s=result.window_start_s,
            window_end_s=result.window_end_s,
            ambient_pa=_finite(result.ambient_pa),
            ambient_standard_pa=_finite(result.ambient_standard_pa),
        ),
        modules=modules,
        hatches=[_hatch_entry(hatch) for hatch in result.hatches],
        noise=None if result.noise is None else _same(parts.NoiseEntry, result.noise),
        settling=None if result.settling is None else _same(parts.Settling, result.settling),
        phases=_phase_entries(result.phases),
        warnings=list(result.warnings),
        identity=identity,
        session=session,
    )


def document_of_problem(
    verdict: Verdict,
    problem: parts.Problem,
    bench: BenchFile,
    *,
    method: str,
    identity: parts.Identity,
    session: parts.Session,
    phases: Sequence[Phase] = (),
) -> parts.ResultDocument:
    """The document of a run that ended before anything could be said: BLOCKED, ERROR or ABORTED."""
    return parts.ResultDocument(
        method=method,
        verdict=verdict,
        exit_code=verdict.exit_code,
        summary=summary_sentence([], None, problem),
        problem=problem,
        conditions=None,
        modules=[_lost_entry(module, bench, verdict, problem.seen) for module in bench.chambers],
        phases=_phase_entries(phases),
        identity=identity,
        session=session,
    )


def problem_of(error: HatchwatchError) -> parts.Problem:
    """What an error says, as it stands in the document."""
    return parts.Problem(seen=error.seen, fault=error.fault, cure=error.cure)


def bench_identity(bench: BenchFile, file_bytes: bytes) -> parts.BenchIdentity:
    """Identity of a bench file by its bytes."""
    return parts.BenchIdentity(name=bench.name, sha256=hashlib.sha256(file_bytes).hexdigest())


def tool_identity() -> parts.ToolIdentity:
    """Identity of this program."""
    return parts.ToolIdentity(version=__version__, python=platform.python_version())


def first_identity(bench: BenchFile, file_bytes: bytes, *, real: bool) -> parts.Identity:
    """What is known before a board has answered."""
    return parts.Identity(
        bench=bench_identity(bench, file_bytes),
        board=parts.BoardIdentity(kind="real" if real else "emulated", type=bench.board.type),
        tool=tool_identity(),
    )


def met_identity(first: parts.Identity, bench: Bench, planted_pa_m3_s: Mapping[str, float]) -> parts.Identity:
    """The same with what the board says of itself; `planted_pa_m3_s` are leaks of an emulated bench."""
    said, emulated, manifest = bench.identity, bench.emulated, bench.manifest
    emulation, image_sha256 = None, None
    if emulated is not None:
        image_sha256 = identify_image(emulated.image).sha256
        emulation = parts.Emulation(
            seed=emulated.seed, plant=emulated.plant, planted_pa_m3_s=dict(planted_pa_m3_s)
        )
    return first.model_copy(
        update={
            "board": first.board.model_copy(update={"unit_id": f"{said.unit_id:016x}"}),
            "image": parts.ImageIdentity(version=said.micropython_version, sha256=image_sha256),
            "firmware": parts.FirmwareIdentity(
                version=said.firmware_version,
                dictionary=f"{said.dictionary_hash:08x}",
                manifest_sha256=None if manifest is None else hashlib.sha256(manifest).hexdigest(),
            ),
            "emulation": emulation,
        }
    )


def session_facts(started: datetime, port: str | None, command: str | None) -> parts.Session:
    """When and where a run was, that ends now; without a `port` it was emulated."""
    return parts.Session(
        started_utc=started.isoformat(timespec="seconds"),
        finished_utc=datetime.now(UTC).isoformat(timespec="seconds"),
        port=port or "emulated",
        platform=platform_text(),
        command=command,
    )


def platform_text() -> str:
    """Operating system and machine, for `Session`."""
    return f"{platform.system()} {platform.release()} {platform.machine()}"


def _module_entry(module: ModuleResult, bench: BenchFile, side: float) -> parts.ModuleEntry:
    """`side` is the sign of a leak that follows the pressure: -1 below ambient."""
    known = next(entry for entry in bench.modules if entry.name == module.name)
    leak, standard = _finite(module.leak_pa_m3_s), _finite(module.leak_standard_pa_m3_s)
    return parts.ModuleEntry(
        name=module.name,
        title=known.title,
        owner=known.owner,
        verdict=module.verdict,
        reason=module.reason,
        limit_pa_m3_s=_finite(module.limit_pa_m3_s),
        leak_pa_m3_s=leak,
        leak_low_pa_m3_s=_finite(module.leak_low_pa_m3_s),
        leak_high_pa_m3_s=_finite(module.leak_high_pa_m3_s),
        leak_standard_pa_m3_s=standard,
        guard_band_pa_m3_s=None if standard is None else GUARD_FACTOR * standard,
        margin_pa_m3_s=None if leak is None else module.limit_pa_m3_s - side * leak,
        mean_flow_pa_m3_s=_finite(module.mean_flow_pa_m3_s),
        mean_flow_low_pa_m3_s=_finite(module.mean_flow_low_pa_m3_s),
        mean_flow_high_pa_m3_s=_finite(module.mean_flow_high_pa_m3_s),
        volume_m3=module.volume_m3,
        volume_uncertainty_m3=module.volume_uncertainty_m3,
        truth_pa_m3_s=module.truth_pa_m3_s,
        truth_mean_flow_pa_m3_s=module.truth_mean_flow_pa_m3_s,
        budget=[_same(parts.Budget, item) for item in module.budget],
        warnings=list(module.warnings),
    )


def _lost_entry(module: Module, bench: BenchFile, verdict: Verdict, reason: str) -> parts.ModuleEntry:
    """Of a run that did not even come to know its limit."""
    return _module_entry(without_numbers(module, verdict, math.nan, reason), bench, side=1.0)


def _hatch_entry(hatch: HatchResult) -> parts.HatchEntry:
    return parts.HatchEntry(
        name=hatch.name,
        between=hatch.between,
        seal_leak_pa_m3_s=_finite(hatch.seal_leak_pa_m3_s),
        seal_leak_low_pa_m3_s=_finite(hatch.seal_leak_low_pa_m3_s),
        seal_leak_high_pa_m3_s=_finite(hatch.seal_leak_high_pa_m3_s),
        mean_flow_pa_m3_s=_finite(hatch.mean_flow_pa_m3_s),
        mean_flow_standard_pa_m3_s=_finite(hatch.mean_flow_standard_pa_m3_s),
        informative=hatch.informative,
        truth_mean_flow_pa_m3_s=hatch.truth_mean_flow_pa_m3_s,
    )


def _phase_entries(phases: Sequence[Phase]) -> list[parts.PhaseEntry]:
    return [_same(parts.PhaseEntry, phase) for phase in phases]


def _same(part: type[P], found: object) -> P:
    """The part of the document whose fields have the same names as those of what was found."""
    return part.model_validate(found, from_attributes=True)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
