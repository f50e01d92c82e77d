import io

from rich.console import Console

from hatchwatch.cli.phases import PhaseBars


def run_phases(console):
    with PhaseBars(console) as bars:
        bars.begin("seal", 3.0)
        bars.end("seal")
        bars.begin("settle", None)
        bars.update(18.0, "PrK still moves", None)
        bars.end("settle")


def test_in_a_log_each_phase_is_one_line_when_it_ends():
    out = io.StringIO()
    run_phases(Console(file=out, width=80))
    assert out.getvalue().splitlines() == ["seal        done", "settle      18.0 s  PrK still moves"]


def test_on_a_terminal_there_are_bars():
    out = io.StringIO()
    run_phases(Console(file=out, width=80, force_terminal=True))
    assert "settle" in out.getvalue()
    assert "\x1b[" in out.getvalue()
