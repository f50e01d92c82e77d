"""Which time report belongs to which request, told by the order of the packets."""

from hatchwatch.link.packets import Pong, Report, Verification
from hatchwatch.link.timekeeping import TimeKeeper


class Board:
    """Answers each request after a time report that came by itself, as may happen."""

    def __init__(self, keeper, clock):
        self.keeper = keeper
        self.clock = clock

    def send(self, command, *, ack_flags):
        assert (command.name, ack_flags) == ("report_time", 1)

    def wait_completed(self, sent, *, timeout_s):
        for step_s, body in (
            (0.001, report(1_000_000)),
            (0.001, Pong()),
            (0.002, report(1_002_000)),
            (0.001, Verification("completed", 7)),
            (5.0, report(6_000_000)),
            (0.001, Pong()),
        ):
            self.clock.append(self.clock[-1] + step_s)
            self.keeper.take(0.0, b"", body)


def report(time_us):
    return Report("time", {"boot_count": 2, "time_us": time_us})


def test_a_request_belongs_to_the_report_that_its_completion_follows():
    clock = [100.0]
    keeper = TimeKeeper(lambda: clock[-1])
    keeper.ask(Board(keeper, clock))
    assert [(sample.board_us, sample.asked_s) for sample in keeper.samples] == [
        (1_000_000, None),
        (1_002_000, 100.0),
        (6_000_000, None),
    ]
    assert [round(sample.received_s, 6) for sample in keeper.samples] == [100.001, 100.004, 105.005]
