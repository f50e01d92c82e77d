from __future__ import annotations

import errno
import json
import math
import os
import signal
import subprocess
import sys
import textwrap
from binascii import crc_hqx
from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from mcap.reader import make_reader

from hatchwatch.errors import OutputError
from hatchwatch.evidence.recorder import BoardClock, Recorder
from hatchwatch.evidence.recording import read_recording
from hatchwatch.evidence.sink import StraightFile
from hatchwatch.link.packets import Event, Housekeeping, Readings, SensorCounters, Verification
from hatchwatch.methods.results import FitCurves

if TYPE_CHECKING:
    from pathlib import Path

    from hatchwatch.boards.model import BenchFile

SECOND_NS = 1_000_000_000


def with_crc(content: bytes) -> bytes:
    """A packet as the link hands it on: it ends with the CRC of what comes before."""
    return content + crc_hqx(content, 0xFFFF).to_bytes(2, "big")


def readings(pressure_pa: float) -> Readings:
    return Readings(
        pressure_pa=(pressure_pa,) * 5 + (math.nan,),
        temperature_c=(21.5,) * 5 + (math.nan,),
        state=("fresh",) * 5 + ("absent",),
    )


HOUSEKEEPING = Housekeeping(
    **dict.fromkeys((field.name for field in fields(Housekeeping)), 0)
    | {
        "sensors": (SensorCounters(0, 1, 2, "ok"),) * 6,
        "hatches": ("open", "shut", "unknown", "moving", "queued"),
        "injectors": ("shut",) * 6,
        "isolated": (1,),
    }
)


def record_a_little(path: Path, bench: BenchFile) -> None:
    with Recorder(
        path,
        bench,
        identity={"tool": {"version": "9"}},
        attachments={"bench.toml": b'name = "x"'},
        wall_ns=lambda: 1000 * SECOND_NS,
    ) as recorder:
        recorder.phase(10.0, "warm-up")
        recorder.sent(with_crc(b"\x18\x42\xc0\x05rest"), "hatch PrK-Zvezda shut")
        for step in range(20):
            recorder.packet(10.0 + step / 10, with_crc(b"reading%d" % step), readings(100_000.0 + step))
        recorder.packet(12.0, with_crc(b"hk"), HOUSEKEEPING)
        recorder.packet(
            12.1,
            with_crc(b"event"),
            Event(14, "sensor_failed", 3, {"module": 5, "state": "bus_error", "seen": 3}),
        )
        recorder.packet(12.2, with_crc(b"ack"), Verification("refused", 0x1842C005, 6, 9))
        recorder.phase(12.0, "measure")
        recorder.note(12.3, "leak planted", "low")
        recorder.attach("later.json", b"{}")


def test_everything_recorded_comes_back(tmp_path: Path, station: BenchFile) -> None:
    record_a_little(tmp_path / "run.mcap", station)

    recording = read_recording(tmp_path / "run.mcap")

    assert recording.complete
    assert recording.attachments == {"bench.toml": b'name = "x"', "later.json": b"{}"}
    assert recording.metadata["tool"] == {"version": "9"}
    assert [packet.data for packet in recording.packets if not packet.to_board] == [
        *(with_crc(b"reading%d" % step) for step in range(20)),
        with_crc(b"hk"),
        with_crc(b"event"),
        with_crc(b"ack"),
    ]
    assert [packet.data for packet in recording.packets if packet.to_board] == [
        with_crc(b"\x18\x42\xc0\x05rest")
    ]
    assert recording.housekeeping[0]["hatches"]["Progress-PrK"] == "open"
    assert recording.housekeeping[0]["sensors"]["Destiny"] == {
        "errors": 0,
        "retries": 1,
        "stale": 2,
        "health": "ok",
    }
    assert [event["source"] for event in recording.events] == ["board", "host"]
    assert "Destiny" in recording.events[0]["text"]
    assert recording.events[0]["severity"] == "medium"
    sent, refused = recording.acknowledgements
    assert sent["stage"] == "sent"
    assert refused["command"] == "hatch PrK-Zvezda shut"
    assert refused["code"] == "no_such_index"


def test_readings_come_back_as_arrays_with_nan_for_a_dead_sensor(tmp_path: Path, station: BenchFile) -> None:
    record_a_little(tmp_path / "run.mcap", station)

    table = read_recording(tmp_path / "run.mcap").table()

    assert table.modules == tuple(module.name for module in station.modules)
    np.testing.assert_allclose(table.time_s, 10.0 + np.arange(20) / 10)
    np.testing.assert_array_equal(table.pressure_pa[:, 0], 100_000.0 + np.arange(20))
    np.testing.assert_allclose(table.temperature_k[:, 0], 294.65)
    assert np.isnan(table.pressure_pa[:, 5]).all()


def test_phases_last_until_the_next(tmp_path: Path, station: BenchFile) -> None:
    record_a_little(tmp_path / "run.mcap", station)

    phases = read_recording(tmp_path / "run.mcap").phases()

    assert [(phase.name, phase.start_s, phase.end_s) for phase in phases] == [
        ("warm-up", 10.0, 12.0),
        ("measure", 12.0, 12.3),
    ]


def test_every_json_message_obeys_the_schema_of_its_channel(tmp_path: Path, station: BenchFile) -> None:
    record_a_little(tmp_path / "run.mcap", station)

    with (tmp_path / "run.mcap").open("rb") as stream:
        checked = 0
        for schema, channel, message in make_reader(stream).iter_messages():
            assert schema is not None, "PlotJuggler wants a schema on every channel"
            if channel.message_encoding == "json":
                Draft202012Validator(json.loads(schema.data)).validate(json.loads(message.data))
                checked += 1
    assert checked > 20


def test_a_finished_recording_is_indexed_and_compressed(tmp_path: Path, station: BenchFile) -> None:
    record_a_little(tmp_path / "run.mcap", station)

    with (tmp_path / "run.mcap").open("rb") as stream:
        summary = make_reader(stream).get_summary()
    assert summary is not None
    assert summary.chunk_indexes
    assert summary.statistics is not None
    assert summary.statistics.attachment_count == 2
    assert list(tmp_path.iterdir()) == [tmp_path / "run.mcap"]


def test_log_time_runs_like_the_board(tmp_path: Path, station: BenchFile) -> None:
    record_a_little(tmp_path / "run.mcap", station)

    packets = read_recording(tmp_path / "run.mcap").packets
    times_ns = [packet.log_ns for packet in packets if packet.data.startswith(b"reading")]

    assert times_ns[0] == 1000 * SECOND_NS
    np.testing.assert_allclose(np.diff(times_ns), 1e8, atol=1)
    assert {packet.wall_ns for packet in packets} == {1000 * SECOND_NS}


def test_log_time_goes_on_when_the_board_starts_anew() -> None:
    clock = BoardClock(lambda: 1000 * SECOND_NS)

    clock.packet_came(50.0)
    clock.packet_came(60.0)
    assert clock.log_ns(60.0) == 1010 * SECOND_NS
    clock.packet_came(0.5)

    assert clock.log_ns(0.5) == 1010 * SECOND_NS
    assert clock.log_ns(2.5) == 1012 * SECOND_NS


def test_a_message_about_the_past_is_no_restart() -> None:
    clock = BoardClock(lambda: 1000 * SECOND_NS)
    clock.packet_came(50.0)

    assert clock.log_ns(20.0) == 970 * SECOND_NS
    assert clock.log_ns(51.0) == 1001 * SECOND_NS


def test_fits_come_back(tmp_path: Path, station: BenchFile) -> None:
    arrays = [np.linspace(start, start + 1, 5) for start in range(6)]
    with Recorder(tmp_path / "run.mcap", station) as recorder:
        recorder.fit("PrK", FitCurves(*arrays))

    fit = read_recording(tmp_path / "run.mcap").fits["PrK"]

    np.testing.assert_allclose(fit.time_s, arrays[0], atol=1e-6)
    np.testing.assert_allclose(fit.residual_pa, arrays[5], atol=1e-6)


def test_a_folder_that_is_not_there_is_the_output_folders_fault(tmp_path: Path, station: BenchFile) -> None:
    with pytest.raises(OutputError, match="No such file") as caught:
        Recorder(tmp_path / "nowhere" / "run.mcap", station)
    assert caught.value.cure


class FillingDisk(StraightFile):
    """A disk that takes so many bytes and no more."""

    room = 20_000

    def write(self, data: bytes) -> int:
        if self.tell() + len(data) > self.room:
            super().write(data[: self.room - self.tell()])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(data)


def test_a_full_disk_ends_the_recording_but_not_the_test(
    tmp_path: Path, station: BenchFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hatchwatch.evidence.recorder.StraightFile", FillingDisk)
    recorder = Recorder(tmp_path / "run.mcap", station)
    recorder.check()
    for step in range(200):
        recorder.packet(step / 10, with_crc(b"reading"), readings(1e5))
    recorder.close()

    with pytest.raises(OutputError, match="No space left"):
        recorder.check()
    recording = read_recording(tmp_path / "run.mcap")
    assert not recording.complete
    assert 10 < len(recording.readings) < 200


def test_a_full_disk_is_told_on_leaving(
    tmp_path: Path, station: BenchFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hatchwatch.evidence.recorder.StraightFile", FillingDisk)

    def record() -> None:
        with Recorder(tmp_path / "run.mcap", station) as recorder:
            for step in range(200):
                recorder.packet(step / 10, with_crc(b"reading"), readings(1e5))

    with pytest.raises(OutputError, match="No space left"):
        record()


def test_another_error_is_not_hidden_by_a_full_disk(
    tmp_path: Path, station: BenchFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hatchwatch.evidence.recorder.StraightFile", FillingDisk)

    def record() -> None:
        with Recorder(tmp_path / "run.mcap", station) as recorder:
            for step in range(200):
                recorder.packet(step / 10, with_crc(b"reading"), readings(1e5))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        record()


WRITER = textwrap.dedent(
    """
    import sys, tomllib
    from binascii import crc_hqx
    from pathlib import Path
    from hatchwatch.boards.model import BenchFile
    from hatchwatch.evidence.recorder import Recorder
    from hatchwatch.link.packets import Readings

    bench = BenchFile.model_validate(tomllib.loads(Path(sys.argv[1]).read_text("utf-8")))
    recorder = Recorder(Path(sys.argv[2]), bench, attachments={"bench.toml": b"text"})
    packet = b"packet" + crc_hqx(b"packet", 0xFFFF).to_bytes(2, "big")
    step = 0
    while True:
        body = Readings((1e5 + step,) * 6, (20.0,) * 6, ("fresh",) * 6)
        recorder.packet(step / 10, packet, body)
        print(step, flush=True)
        step += 1
    """
)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_a_killed_recording_loses_nothing_that_was_recorded(tmp_path: Path, station_path: Path) -> None:
    arguments = [sys.executable, "-c", WRITER, str(station_path), str(tmp_path / "run.mcap")]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(300):
            last_told = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)

    recording = read_recording(tmp_path / "run.mcap")

    assert not recording.complete
    assert recording.attachments == {"bench.toml": b"text"}
    assert len(recording.readings) > last_told  # one second would be ten of them
    assert [reading["modules"]["PrK"]["pressure_pa"] for reading in recording.readings[:3]] == [
        1e5,
        100001,
        100002,
    ]


def test_a_response_and_its_alarm_are_told_with_names_and_without_null(response_recording, tmp_path):
    """Viewers know plain types: a second suspect that is nobody is left out."""
    alarm, first, *_ = [*response_recording.alarms, *response_recording.responses]
    assert alarm["modules"] == ["Progress", "PrK", "Zvezda", "Zarya", "Unity", "Destiny"]
    assert first["occupied"] == ["Zvezda"]
    assert first["hypotheses"][0]["first"] == "PrK"
    assert "second" not in first["hypotheses"][0]
    assert "null" not in json.dumps(response_recording.responses)
