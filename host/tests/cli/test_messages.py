from hatchwatch.cli.messages import print_error
from hatchwatch.errors import Aborted, BoardError


def test_an_error_says_what_was_seen_whose_fault_and_what_next(capsys):
    print_error(BoardError("The board hums.", fault="the board", cure="Unplug it."))
    said = capsys.readouterr().err
    assert said.splitlines() == ["error: The board hums.", "at fault: the board", "next: Unplug it."]


def test_a_stop_is_no_error(capsys):
    print_error(Aborted("Stopped by Ctrl-C."))
    assert capsys.readouterr().err.startswith("stopped: ")


def test_brackets_of_a_message_are_shown_as_they_are(capsys):
    print_error(BoardError("seen [1,2] and [bold]"))
    assert "seen [1,2] and [bold]" in capsys.readouterr().err
