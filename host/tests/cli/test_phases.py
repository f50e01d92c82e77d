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


def bar_after(*shares):
    """How many cells of the bar are full after these shares of the target."""
    out = io.StringIO()
    console = Console(file=out, width=100, force_terminal=True, color_system=None)
    with PhaseBars(console) as bars:
        bars.begin("fill", None)
        for second, share in enumerate(shares, 1):
            bars.update(float(second), "filling", None, share)
        bars.end("fill")
    return out.getvalue().rpartition("\r")[2].count("━")  # without colours empty cells are not drawn


def test_the_bar_of_a_phase_without_known_length_shows_the_share_reached():
    assert bar_after(0.25) == 6  # of 24
    assert bar_after(0.25, 0.5) == 12
    assert bar_after(0.25, 0.5, None) == 12, "a second without readings must not reset it"
    assert bar_after(1.0) == 24
