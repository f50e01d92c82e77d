from __future__ import annotations

from binascii import crc_hqx
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mcap.reader import make_reader

from hatchwatch.errors import OutputError
from hatchwatch.evidence.recorder import Recorder
from hatchwatch.evidence.recording import read_recording
from hatchwatch.evidence.recover import recover
from hatchwatch.link.packets import Readings

if TYPE_CHECKING:
    from pathlib import Path

    from hatchwatch.boards.model import BenchFile

READINGS = 50


def with_crc(content: bytes) -> bytes:
    """A packet as the link hands it on: it ends with the CRC of what comes before."""
    return content + crc_hqx(content, 0xFFFF).to_bytes(2, "big")


@pytest.fixture(scope="module")
def cut_off(tmp_path_factory: pytest.TempPathFactory, station: BenchFile) -> Path:
    """A recording whose writer has died: never finished, never compressed."""
    path = tmp_path_factory.mktemp("cut") / "run.mcap"
    recorder = Recorder(path, station, attachments={"bench.toml": b"text"})
    for step in range(READINGS):
        body = Readings((1e5 + step,) * 6, (20.0,) * 6, ("fresh",) * 6)
        recorder.packet(step / 10, with_crc(b"packet%d" % step), body)
    copy = path.with_name("copy.mcap")
    copy.write_bytes(path.read_bytes())
    recorder.close()
    return copy


def test_recover_makes_an_indexed_file_with_every_complete_message(cut_off: Path, tmp_path: Path) -> None:
    recovery = recover(cut_off, tmp_path / "whole.mcap")

    assert not recovery.complete
    assert recovery.lost_bytes == 0
    assert recovery.messages == 2 * READINGS
    recording = read_recording(tmp_path / "whole.mcap")
    assert recording.complete
    assert recording.attachments == {"bench.toml": b"text"}
    assert recording.table().pressure_pa[-1, 0] == 1e5 + READINGS - 1
    with (tmp_path / "whole.mcap").open("rb") as stream:
        assert sum(1 for _ in make_reader(stream).iter_messages(topics=["/raw"])) == READINGS
    assert (tmp_path / "whole.mcap").stat().st_size < cut_off.stat().st_size / 3


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0.0, 1.0))
def test_a_file_cut_anywhere_keeps_all_complete_messages_in_order(
    cut_off: Path, tmp_path: Path, share: float
) -> None:
    data = cut_off.read_bytes()
    length = 8 + round(share * (len(data) - 8))
    part = tmp_path / "part.mcap"
    part.write_bytes(data[:length])

    recording = read_recording(part)

    packets = [packet.data for packet in recording.packets]
    assert packets == [with_crc(b"packet%d" % step) for step in range(len(packets))]
    assert len(packets) - len(recording.readings) in {0, 1}
    assert 0 <= recording.lost_bytes < 12_000  # less than the longest record, which is a schema


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0.05, 1.0), junk=st.binary(min_size=1, max_size=64))
def test_junk_in_the_file_never_invents_a_packet(
    cut_off: Path, tmp_path: Path, place: float, junk: bytes
) -> None:
    data = cut_off.read_bytes()
    part = tmp_path / "junk.mcap"
    part.write_bytes(data[: round(place * len(data))] + b"\x00" + junk)

    packets = [packet.data for packet in read_recording(part).packets]

    assert packets == [with_crc(b"packet%d" % step) for step in range(len(packets))]


def test_zeros_at_the_end_as_after_a_power_cut_are_lost_bytes(cut_off: Path, tmp_path: Path) -> None:
    padded = tmp_path / "padded.mcap"
    padded.write_bytes(cut_off.read_bytes() + bytes(4096))

    recording = read_recording(padded)

    assert len(recording.readings) == READINGS
    assert recording.lost_bytes == 4096


def test_what_is_no_recording_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("hello")
    with pytest.raises(OutputError, match="not a recording"):
        recover(tmp_path / "note.txt", tmp_path / "whole.mcap")
    assert not (tmp_path / "whole.mcap").exists()
    with pytest.raises(OutputError, match="can't be read"):
        read_recording(tmp_path / "absent.mcap")


def test_recover_into_a_folder_that_is_not_there(cut_off: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="can't be written"):
        recover(cut_off, tmp_path / "nowhere" / "whole.mcap")
