import json

import pytest

from hatchwatch.cli.main import run
from hatchwatch.link.dictionary import dictionary


def test_the_terminal_shows_all_tables(capsys):
    assert run(["dictionary"]) == 0
    said = capsys.readouterr().out
    for name in (*dictionary().commands, *dictionary().telemetry, *dictionary().parameters):
        assert name in said
    assert f"{dictionary().hash:08x}" in said


def test_one_table_alone(capsys):
    assert run(["dictionary", "codes"]) == 0
    said = capsys.readouterr().out
    assert "not_armed" in said
    assert "move_hatch" not in said


def test_files_are_written_and_a_hyphen_is_the_standard_output(tmp_path, capsys):
    assert run(["dictionary", "--json", str(tmp_path / "d.json"), "--markdown", "-"]) == 0
    assert json.loads((tmp_path / "d.json").read_text("utf-8"))["apid"] == 0x42
    assert capsys.readouterr().out.startswith("# The dictionary\n")


@pytest.mark.parametrize("option", ["--json", "--markdown"])
def test_a_file_that_can_not_be_written_is_an_error_with_its_name(option, tmp_path, capsys):
    assert run(["dictionary", option, str(tmp_path / "nowhere" / "file")]) == 3
    assert "nowhere" in capsys.readouterr().err


def test_xtce_for_one_bench_has_its_names(tmp_path):
    path = tmp_path / "x.xml"
    assert run(["dictionary", "--xtce", str(path), "--bench", "station6"]) == 0
    assert 'label="PrK-Zvezda"' in path.read_text("utf-8")


def test_a_bench_without_xtce_is_told(capsys):
    assert run(["dictionary", "--bench", "pair"]) == 64
    assert "--xtce" in capsys.readouterr().err
