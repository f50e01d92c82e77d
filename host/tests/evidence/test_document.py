from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from hatchwatch.errors import SensorError
from hatchwatch.evidence.document import document_of_decay, document_of_problem, problem_of
from hatchwatch.evidence.result import ResultDocument
from hatchwatch.evidence.schema import SCHEMA_PATH
from hatchwatch.methods.decay import without_numbers
from hatchwatch.methods.results import DecayResult, Verdict

if TYPE_CHECKING:
    from hatchwatch.boards.model import BenchFile
    from hatchwatch.evidence.result import Identity, Session


def check_against_published_schema(document: ResultDocument) -> None:
    schema = json.loads(SCHEMA_PATH.read_text("utf-8"))
    Draft202012Validator(schema).validate(json.loads(document.to_json()))


def test_a_finished_test_has_every_promised_field(
    decay: DecayResult, station: BenchFile, identity: Identity, session: Session
) -> None:
    document = document_of_decay(decay, station, identity=identity, session=session)

    check_against_published_schema(document)
    data = json.loads(document.to_json())
    assert (data["verdict"], data["exit_code"]) == ("FAIL", 1)
    leaking = next(module for module in data["modules"] if module["name"] == "PrK")
    promised = (
        "verdict",
        "leak_pa_m3_s",
        "leak_low_pa_m3_s",
        "leak_high_pa_m3_s",
        "limit_pa_m3_s",
        "volume_m3",
    )
    assert all(leaking[name] is not None for name in (*promised, "truth_pa_m3_s"))
    assert leaking["title"] == "Zvezda transfer chamber"
    assert data["identity"]["emulation"]["seed"] == 7


@pytest.mark.parametrize("name", ["Progress", "PrK", "Zarya"])
def test_margin_and_guard_band_tell_the_same_verdict(
    name: str, decay: DecayResult, station: BenchFile, identity: Identity, session: Session
) -> None:
    document = document_of_decay(decay, station, identity=identity, session=session)
    module = next(module for module in document.modules if module.name == name)
    assert module.margin_pa_m3_s is not None
    assert module.guard_band_pa_m3_s is not None

    if module.margin_pa_m3_s >= module.guard_band_pa_m3_s:
        told = Verdict.PASS
    elif module.margin_pa_m3_s < -module.guard_band_pa_m3_s:
        told = Verdict.FAIL
    else:
        told = Verdict.INCONCLUSIVE
    assert told is module.verdict


def test_below_ambient_the_margin_counts_the_size_of_the_leak(
    decay: DecayResult, station: BenchFile, identity: Identity, session: Session
) -> None:
    inward = [replace(module, leak_pa_m3_s=-module.leak_pa_m3_s) for module in decay.modules]
    below = replace(decay, at_pa=-8000.0, modules=tuple(inward))

    document = document_of_decay(below, station, identity=identity, session=session)

    check_against_published_schema(document)
    assert document.modules[1].margin_pa_m3_s == pytest.approx(1e-4 - 5.1e-4)


def test_the_same_run_differs_in_session_only(
    decay: DecayResult, station: BenchFile, identity: Identity, session: Session
) -> None:
    later = session.model_copy(update={"started_utc": "2027-01-01T00:00:00+00:00", "port": "/dev/pts/9"})

    first = json.loads(document_of_decay(decay, station, identity=identity, session=session).to_json())
    second = json.loads(document_of_decay(decay, station, identity=identity, session=later).to_json())

    assert first != second
    del first["session"], second["session"]
    assert first == second


def test_a_stopped_test_has_no_numbers_but_a_reason(
    decay: DecayResult, station: BenchFile, identity: Identity, session: Session
) -> None:
    modules = tuple(without_numbers(module, Verdict.ABORTED, 1e-4, "stopped") for module in station.chambers)
    stopped = replace(decay, modules=modules, hatches=(), noise=None, settling=None, ambient_pa=math.nan)
    problem = problem_of(SensorError("The sensor went away.", cure="Plug it in."))

    document = document_of_decay(stopped, station, identity=identity, session=session, problem=problem)

    check_against_published_schema(document)
    assert document.exit_code == 130
    assert document.summary == "The sensor went away."
    assert document.conditions is not None
    assert document.conditions.ambient_pa is None
    assert {module.leak_pa_m3_s for module in document.modules} == {None}


def test_a_run_that_never_began(station: BenchFile, identity: Identity, session: Session) -> None:
    problem = problem_of(SensorError("The sensor of PrK does not answer.", cure="Check its wires."))

    document = document_of_problem(
        Verdict.BLOCKED, problem, station, method="decay", identity=identity, session=session
    )

    check_against_published_schema(document)
    assert document.exit_code == 3
    assert document.problem is not None
    assert document.problem.cure == "Check its wires."
    assert [module.name for module in document.modules] == [module.name for module in station.chambers]


def test_the_file_reads_back(
    decay: DecayResult, station: BenchFile, identity: Identity, session: Session
) -> None:
    document = document_of_decay(decay, station, identity=identity, session=session)
    assert ResultDocument.model_validate_json(document.to_json()) == document
