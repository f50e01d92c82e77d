from types import SimpleNamespace

from hatchwatch.cli import emulate


def board_with_paces(*paces):
    """A board whose side channel tells these paces, one at each look, and which then ends."""
    left = list(paces)

    class Process:
        running = property(lambda self: bool(left))

    return SimpleNamespace(
        process=Process(), side=SimpleNamespace(time=lambda: SimpleNamespace(slow_pace=left.pop(0)))
    )


def warnings_of(board, monkeypatch, capsys):
    monkeypatch.setattr(emulate, "WATCH_S", 0.0)
    emulate._watch(board)
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err.splitlines()


def test_a_computer_that_is_too_slow_is_told_once(monkeypatch, capsys):
    (warning,) = warnings_of(board_with_paces(None, 0.42, 0.4, None, 0.3), monkeypatch, capsys)
    assert "42%" in warning
    assert "--port" in warning


def test_a_board_that_keeps_up_is_not_mentioned(monkeypatch, capsys):
    assert warnings_of(board_with_paces(None, None), monkeypatch, capsys) == []
