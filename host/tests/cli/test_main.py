import signal

import pytest

from hatchwatch.cli.main import COMMANDS, build_app, run
from hatchwatch.errors import Aborted, BlockedError, HatchwatchError, UsageError


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_the_list_names_every_command(arguments, capsys):
    assert run(arguments) == 0
    said = capsys.readouterr().out
    for name, _, _ in COMMANDS:
        assert name in said


@pytest.mark.parametrize("name", [name for name, _, _ in COMMANDS])
def test_every_command_teaches(name, capsys):
    assert run([name, "--help"]) == 0
    assert "Usage: hatchwatch " + name in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-command"],
        ["hatch", "pair", "door", "ajar"],
        ["watch"],
        ["test", "decay", "pair", "--seed", "one"],
        ["test", "decay", "pair", "--no-such-option"],
        ["test", "decay", "pair", "--leak", "left"],
        ["test", "decay", "pair", "--leak", "left=-1"],
        ["test", "decay", "pair", "--fault", "silence"],
        ["test", "decay", "pair", "--leak", "attic=1e-4"],
        ["test", "decay", "pair", "--modules", "attic"],
        ["test", "decay", "pair", "--open", "attic"],
        ["test", "decay", "pair", "--fault", "silence=attic"],
        ["hatch", "pair", "attic", "open"],
        ["hatch", "pair", "door", "shut", "--arm"],
        ["test", "decay", "pair", "--leak", "left=1e-4", "--port", "/dev/null"],
        ["boards", "check", "no-such-bench"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_64(arguments, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("HATCHWATCH_IMAGE", str(tmp_path / "none.uf2"))  # nothing can start first
    assert run(arguments) == UsageError.exit_code == 64
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    assert captured.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (HatchwatchError("seen"), 3),
        (BlockedError("seen"), 3),
        (UsageError("seen"), 64),
        (Aborted("seen"), 130),
        (KeyboardInterrupt(), 130),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_error_has_its_exit_code(error, code, monkeypatch, capsys):
    def fail(_):
        raise error

    monkeypatch.setattr("hatchwatch.cli.main.build_app", lambda arguments, listing: fail)
    assert run(["watch"]) == code
    said = capsys.readouterr().err
    assert "at fault: " in said


def test_an_unforeseen_error_is_told_without_a_traceback(monkeypatch, capsys):
    def fail(_):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("hatchwatch.cli.main.build_app", lambda arguments, listing: fail)
    monkeypatch.delenv("HATCHWATCH_DEBUG", raising=False)
    assert run(["watch"]) == 3
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said
    assert "Traceback" not in said
    assert "at fault: hatchwatch" in said


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows has no such signal")
def test_a_closed_terminal_or_a_cancelled_job_ends_like_ctrl_c(monkeypatch, capsys):
    def hang_up(_):
        signal.raise_signal(signal.SIGHUP)

    monkeypatch.setattr("hatchwatch.cli.main.build_app", lambda arguments, listing: hang_up)
    assert run(["watch"]) == 130
    assert capsys.readouterr().err.startswith("stopped: ")


def test_completion_knows_the_names_of_the_benches():
    script = build_app(listing=True).generate_completion(shell="bash")
    for word in ("move-hatch", "PrK-Zvezda", "--crew-clear", "restore-defaults"):
        assert word in script
