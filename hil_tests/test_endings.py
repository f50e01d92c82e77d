"""However a command ends: one clear message, the right exit code, and evidence that can be read."""

import json
import os
import signal
import subprocess
import sys

import pytest

from hatchwatch.boards import find_bench_file, load_bench_file
from hatchwatch.deploy.compiling import compile_all
from hatchwatch.deploy.files import board_files
from hatchwatch.deploy.folding import NUMBERS, fold, integers
from hatchwatch.emulator.flash import build_filesystem
from hatchwatch.emulator.process import EmulatorProcess
from hatchwatch.errors import PortError
from hatchwatch.evidence.recording import read_recording
from hatchwatch.evidence.session import RunOptions, run_decay
from hatchwatch.image import ensure_image
from hatchwatch.methods.procedure import DecaySettings
from hatchwatch.methods.protocols import NoProgress
from hatchwatch.payload import firmware_root

HATCHWATCH = [sys.executable, "-c", "from hatchwatch.cli.main import main; main()"]
PAIR = find_bench_file("pair")


def hatchwatch(*arguments, **environment):
    return subprocess.run(
        [*HATCHWATCH, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, **environment},
        check=False,
    )


def assert_told(ended, exit_code, *words):
    """What was seen, whose fault it is, what to do next; and nothing that only a programmer understands."""
    told = ended.stderr
    assert ended.returncode == exit_code, told
    assert "Traceback" not in told
    assert "error: " in told or "stopped: " in told
    assert "at fault: " in told
    assert "next: " in told
    for word in words:
        assert word in told, told


@pytest.fixture
def spare_board(tmp_path):
    """An emulated board on a port, with the files that a test gives it; board time runs freely."""
    boards = []

    def start(files):
        image = tmp_path / "files.img"
        image.write_bytes(build_filesystem(files))
        boards.append(EmulatorProcess(PAIR, ensure_image(), files=image, pace="real"))
        return boards[-1]

    yield start
    for board in boards:
        board.stop()


def test_five_mistakes_in_one_bench_file(tmp_path):
    text = PAIR.read_text("utf-8")
    for right, wrong in (
        ("scl = 21", "scl = 22"),
        ("frequency_hz = 1000000", "frequency_hz = 123"),
        ("address = 0x77", "address = 0x76"),
        ('between = ["left", "right"]', 'between = ["left", "attic"]'),
        ("volume_ml = 500.0", "volume_ml = -500.0"),
    ):
        assert right in text
        text = text.replace(right, wrong, 1)
    (tmp_path / "bad.toml").write_text(text, "utf-8")
    ended = hatchwatch("test", "decay", tmp_path / "bad.toml")
    assert_told(ended, 64, "5 mistakes", "scl", "frequency_hz", "0x76", "attic", "volume_ml")


def test_image_that_is_not_there(tmp_path):
    ended = hatchwatch("watch", "pair", "--duration", 1, HATCHWATCH_IMAGE=str(tmp_path / "none.uf2"))
    assert_told(ended, 3, "none.uf2")


def test_port_that_is_not_there():
    assert_told(hatchwatch("watch", "pair", "--port", "/dev/ttyNOTHERE"), 3, "/dev/ttyNOTHERE")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no ptys on Windows")
def test_port_in_use(spare_board):
    serial = pytest.importorskip("serial")
    board = spare_board({})
    with serial.Serial(board.serial_url, exclusive=True):
        assert_told(hatchwatch("watch", "pair", "--port", board.serial_url), 3, "in use")


def test_board_without_our_firmware(spare_board):
    board = spare_board({})
    ended = hatchwatch("watch", "pair", "--port", board.serial_url)
    assert_told(ended, 3, "not our firmware", "hatchwatch deploy")


def test_firmware_of_another_version(spare_board):
    numbers = integers((firmware_root() / NUMBERS).read_bytes())
    other = numbers | {"DICTIONARY_HASH": numbers["DICTIONARY_HASH"] ^ 1}
    identity = "fsw/services/connection.py"  # the module that tells the hash
    changed = compile_all({identity: fold((firmware_root() / identity).read_bytes(), other)})
    files = board_files(load_bench_file(PAIR)) | changed
    ended = hatchwatch("watch", "pair", "--port", spare_board(files).serial_url)
    assert_told(ended, 3, "version", "hatchwatch deploy")


def test_board_set_up_for_another_bench(spare_board):
    board = spare_board(board_files(load_bench_file(find_bench_file("single"))))
    ended = hatchwatch("watch", "pair", "--port", board.serial_url)
    assert_told(ended, 3, "single", "hatchwatch deploy")


def test_sensor_missing_at_start(tmp_path):
    ended = hatchwatch("test", "decay", "pair", "--fault", "silence=right", "--out", tmp_path / "run")
    assert_told(ended, 3, "right", "i2c0, address 0x77")
    assert json.loads((tmp_path / "run/result.json").read_text("utf-8"))["verdict"] == "BLOCKED"


def test_output_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert_told(hatchwatch("test", "decay", "pair", "--out", tmp_path / "file" / "run"), 3, "file")


def test_limit_that_cannot_be_decided():
    ended = hatchwatch("test", "decay", "pair", "--limit", "1e-8")
    assert_told(ended, 64, "--limit")


def board_time_s(folder):
    """How much board time a run took, by its result."""
    return json.loads((folder / "result.json").read_text("utf-8"))["phases"][-1]["end_s"]


def test_cable_pulled_in_mid_test(tmp_path, board_seconds):
    opened = []

    class Puller(NoProgress):
        def begin(self, phase, expected_s):
            if phase == "settle":  # all hatches are shut
                opened[0].emulated.side.unplug()

    options = RunOptions("pair", DecaySettings(), out=tmp_path)
    with pytest.raises(PortError) as ended:
        run_decay(options, Puller(), on_open=opened.append)
    assert ended.value.exit_code == 3
    assert "went away" in ended.value.seen
    result = json.loads((tmp_path / "result.json").read_text("utf-8"))
    assert result["verdict"] == "BLOCKED"
    assert [module["verdict"] for module in result["modules"]] == ["BLOCKED"] * 2
    assert (tmp_path / "report.html").stat().st_size > 0
    assert read_recording(tmp_path / "run.mcap").readings
    board_seconds(board_time_s(tmp_path))


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent as SIGINT")
@pytest.mark.swe134("c")
def test_ctrl_c_in_mid_test(tmp_path, board_seconds):
    started = subprocess.Popen(
        [*HATCHWATCH, "test", "decay", "pair", "--duration", "600", "--out", str(tmp_path)],
        stderr=subprocess.PIPE,
        text=True,
    )
    seen = []
    for line in started.stderr:  # each phase is a line when it has ended
        seen.append(line)
        if line.startswith("seal"):
            break  # all hatches are shut
    started.send_signal(signal.SIGINT)
    _, rest = started.communicate(timeout=120)
    told = "".join(seen) + rest
    assert started.returncode == 130, told
    assert "Traceback" not in told
    assert "safe state" in told
    result = json.loads((tmp_path / "result.json").read_text("utf-8"))
    assert result["verdict"] == "ABORTED"
    recording = read_recording(tmp_path / "run.mcap")
    assert recording.complete
    assert recording.phases()[-1].name == "safe"
    board_seconds(board_time_s(tmp_path))
