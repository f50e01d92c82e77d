from __future__ import annotations

import json
import math
from binascii import crc_hqx
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from hatchwatch.errors import SensorError
from hatchwatch.evidence.document import document_of_decay, document_of_problem, problem_of
from hatchwatch.evidence.recorder import Recorder
from hatchwatch.evidence.recording import Recording, read_recording
from hatchwatch.evidence.report import build_report
from hatchwatch.link.packets import Event, Readings
from hatchwatch.methods.results import Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from hatchwatch.boards.model import BenchFile
    from hatchwatch.evidence.result import Identity, ResultDocument, Session
    from hatchwatch.methods.results import DecayResult

LOADING = {"src", "href", "srcset", "poster", "data", "action", "formaction", "background", "xlink:href"}


class Page(HTMLParser):
    """What a browser would see: what it would load, ids, scripts, text outside of scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.ids: list[str] = []
        self.policy = ""
        self.scripts: list[str] = []
        self.styles = ""
        self.words = ""
        self._inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.loaded += [value for name, value in found.items() if name in LOADING]
        self.styles += found.get("style", "")
        if "id" in found:
            self.ids.append(found["id"])
        if found.get("http-equiv") == "Content-Security-Policy":
            self.policy = found["content"]
        if tag in {"script", "style"}:
            self._inside = [tag]
            self.scripts += [""] if tag == "script" else []

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._inside = []

    def handle_data(self, data: str) -> None:
        if self._inside == ["script"]:
            self.scripts[-1] += data
        elif self._inside == ["style"]:
            self.styles += data
        else:
            self.words += data

    @property
    def figures(self) -> dict[str, dict[str, object]]:
        return json.loads(self.scripts[1])

    @property
    def text(self) -> str:
        return " ".join(self.words.split())


@pytest.fixture
def document(decay: DecayResult, station: BenchFile, identity: Identity, session: Session) -> ResultDocument:
    return document_of_decay(decay, station, identity=identity, session=session)


@pytest.fixture
def recording(tmp_path: Path, decay: DecayResult, station: BenchFile) -> Recording:
    packet = b"packet" + crc_hqx(b"packet", 0xFFFF).to_bytes(2, "big")
    with Recorder(tmp_path / "run.mcap", station) as recorder:
        for step in range(1200):
            body = Readings(
                (109e3 - step / 100,) * 5 + (math.nan,), (20.5,) * 6, ("fresh",) * 5 + ("absent",)
            )
            recorder.packet(step / 10, packet, body)
        recorder.packet(
            70.0, packet, Event(14, "sensor_failed", 3, {"module": 5, "state": "bus_error", "seen": 3})
        )
        recorder.note(5.0, "</script><script>alert(1)</script> & more")
        for module in decay.modules:
            assert module.fit is not None
            recorder.fit(module.name, module.fit)
    return read_recording(tmp_path / "run.mcap")


def test_nothing_is_loaded_from_anywhere(
    document: ResultDocument, station: BenchFile, recording: Recording
) -> None:
    page = Page(build_report(document, station, recording))

    assert page.loaded == ["data:,"]
    assert page.policy.startswith("default-src 'none';")
    assert "http" not in page.policy
    assert "url(" not in page.styles
    assert "@import" not in page.styles


def test_plotly_is_inlined_once(document: ResultDocument, station: BenchFile, recording: Recording) -> None:
    page = Page(build_report(document, station, recording))
    assert [len(script) > 1_000_000 for script in page.scripts] == [True, False, False]


def test_every_figure_has_its_place(
    document: ResultDocument, station: BenchFile, recording: Recording
) -> None:
    page = Page(build_report(document, station, recording))

    names = [module.name for module in station.modules]
    assert set(page.figures) == {"leaks", "overview", *(f"module-{name}" for name in names)}
    assert set(page.figures) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_the_numbers_are_there_in_three_units(
    document: ResultDocument, station: BenchFile, recording: Recording
) -> None:
    text = Page(build_report(document, station, recording)).text

    assert "510.0 500.2 … 519.8 0.2814 0.2760 … 0.2868 51.00 50.02 … 51.98" in text
    assert "10⁻⁴ mbar·L/s" in text
    assert document.summary in text
    assert "1.645 standard uncertainties" in text
    assert "3 stale readings" in text
    assert "sensor noise" in text
    assert "the seed was a round number" in text
    assert "seed 7, plant quiet" in text


def test_verdicts_have_word_and_shape_not_colour_alone(
    document: ResultDocument, station: BenchFile, recording: Recording
) -> None:
    html = build_report(document, station, recording)
    page = Page(html)

    for word, glyph in (("PASS", "✔"), ("FAIL", "✖"), ("INCONCLUSIVE", "?")):
        assert f"{glyph} {word}" in page.text
    symbols = {
        trace["marker"]["symbol"]
        for trace in page.figures["leaks"]["data"]  # type: ignore[attr-defined]
        if trace["mode"] == "markers"
    }
    assert symbols == {"circle", "octagon", "triangle-up", "line-ns-open"}


def test_texts_from_outside_can_do_no_harm(
    document: ResultDocument, station: BenchFile, recording: Recording
) -> None:
    html = build_report(document, station, recording)

    assert "<script>alert" not in html
    assert "alert(1)</script> & more" in Page(html).text
    assert len(Page(html).scripts) == 3


def test_a_seal_that_cannot_be_seen_gets_no_number(document: ResultDocument, station: BenchFile) -> None:
    text = Page(build_report(document, station)).text
    assert "Progress → PrK 12.0 8.0 … 16.0" in text
    assert "Unity → Destiny pressures too alike to tell" in text


def test_without_a_recording_the_tables_remain(document: ResultDocument, station: BenchFile) -> None:
    page = Page(build_report(document, station))
    assert set(page.figures) == {"leaks"}
    assert "510.0" in page.text


def test_a_cut_recording_is_told(document: ResultDocument, station: BenchFile, recording: Recording) -> None:
    recording.complete = False
    assert "recording was cut off" in Page(build_report(document, station, recording)).text


def test_a_run_that_never_began_says_why_and_what_next(
    station: BenchFile, identity: Identity, session: Session
) -> None:
    problem = problem_of(SensorError("The sensor of PrK <b> is gone.", cure="Run `hatchwatch watch pair`."))
    document = document_of_problem(
        Verdict.BLOCKED, problem, station, method="decay", identity=identity, session=session
    )
    html = build_report(document, station)

    assert "<code>hatchwatch watch pair</code>" in html
    assert "The sensor of PrK &lt;b&gt; is gone." in html
    assert Page(html).figures == {}
    assert "! BLOCKED" in Page(html).text


def test_below_ambient(
    decay: DecayResult, station: BenchFile, identity: Identity, session: Session, recording: Recording
) -> None:
    inward = tuple(
        replace(
            module,
            leak_pa_m3_s=-module.leak_pa_m3_s,
            leak_low_pa_m3_s=-module.leak_high_pa_m3_s,
            leak_high_pa_m3_s=-module.leak_low_pa_m3_s,
            truth_pa_m3_s=None,
        )
        for module in decay.modules
    )
    below = replace(decay, at_pa=-8000.0, modules=inward)
    document = document_of_decay(below, station, identity=identity, session=session)

    page = Page(build_report(document, station, recording))

    assert "8 kPa below ambient" in page.text
    shapes = page.figures["leaks"]["layout"]["shapes"]  # type: ignore[index]
    assert shapes[0]["x0"] < 0
