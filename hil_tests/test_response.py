"""The response to a leak on the emulated board: two stories in short form, and a board that asks.

The soak plays all stories, in both forms.
"""

import pytest

from hatchwatch.evidence.response.isolate import run_isolation
from hatchwatch.evidence.response.session import Surroundings
from hatchwatch.methods.isolation import IsolationSettings, Outcome
from hatchwatch.stories.files import find_story
from hatchwatch.stories.run import play_story

LEAK_PA_M3_S = 2e-3


@pytest.fixture
def emulated_only(pytestconfig):
    if pytestconfig.getoption("hatchwatch_port") is not None:
        pytest.skip("leaks can be planted in an emulated bench only")


@pytest.mark.parametrize("name", ["zvezda", "two-leaks"])
def test_a_story_comes_out_as_it_should(name, emulated_only, board_seconds, tmp_path):
    times_s = []

    def look(bench, _log):
        times_s.append(bench.board_time_s)

    run = play_story(find_story(name), "short", out=tmp_path / name, on_step=look)
    board_seconds(times_s[-1])
    checks = run.document.story.checks
    assert all(check.ok for check in checks), [check for check in checks if not check.ok]
    assert run.document.outcome is Outcome.SOLID
    for path in (run.folder.result_path, run.folder.recording_path, run.folder.report_path):
        assert path.stat().st_size > 1000


class Yes:
    """Approves every step, and takes down what was asked."""

    def __init__(self):
        self.asked = []

    def show(self, log):
        pass

    def approve(self, step):
        self.asked.append((step.fields["purpose"], set(step.fields["shut"])))
        return True


def test_a_board_that_asks_is_led_to_the_end(emulated_only, board_seconds, tmp_path):
    """In mode ADVISE nothing moves before somebody says so."""
    watcher = Yes()
    run = run_isolation(
        Surroundings("station6", "isolation", out=tmp_path / "asked"),
        IsolationSettings("advise"),
        watcher,
        leaks_pa_m3_s={"Unity": LEAK_PA_M3_S},
    )
    document = run.document
    board_seconds(document.events[-1].time_s)
    purposes = [purpose for purpose, _ in watcher.asked]
    assert purposes[0] == "locate"
    steps = [event for event in document.events if event.name == "response_step"]
    first_approved_s = next(step.time_s for step in steps if step.fields["reason"] == "approved")
    moved_s = [event.time_s for event in document.events if event.name == "hatch_moving"]
    assert not [time_s for time_s in moved_s if steps[0].time_s <= time_s < first_approved_s]
    assert [time_s for time_s in moved_s if time_s >= first_approved_s]
    assert document.found[-1].parts == ["Unity"]
    assert document.cuts[-1].modules == ["Unity"]
    assert document.outcome is Outcome.SOLID
