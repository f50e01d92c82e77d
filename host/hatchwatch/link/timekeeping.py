"""Ask a board for its time, and note when by the host's clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from hatchwatch.link.commands import COMPLETION, command
from hatchwatch.link.correlation import TimeSample
from hatchwatch.link.packets import Report, Verification

if TYPE_CHECKING:
    from collections.abc import Callable

    from hatchwatch.link.link import Link
    from hatchwatch.link.packets import Body

__all__ = ["TimeKeeper"]


class TimeKeeper:
    """Collects time reports as samples for `correlate`; `take` is for a link's `on_packet`.

    `host_clock` gives seconds; it is read in the thread that reads the link, as soon as a packet is whole.
    """

    def __init__(self, host_clock: Callable[[], float] = time.monotonic) -> None:
        self.samples: list[TimeSample] = []
        self.host_clock = host_clock
        self._asked_s: float | None = None
        self._last: TimeSample | None = None  # not kept yet: the next packet tells whether it was asked for

    def take(self, _board_time_s: float, _raw: bytes, body: Body) -> None:
        """Look at one packet."""
        now_s = self.host_clock()
        if self._last is not None:
            self._keep(self._last, asked=isinstance(body, Verification) and body.stage == "completed")
        self._last = None
        if isinstance(body, Report) and body.name == "time":
            fields = body.fields
            self._last = TimeSample(fields["boot_count"], fields["time_us"], received_s=now_s)

    def ask(self, link: Link) -> None:
        """Ask for one report and wait for it; errors as for `Link.execute`.

        The board is not to accept the command aloud: that packet would delay the report.
        """
        self._asked_s = self.host_clock()
        sent = link.send(command("report_time"), ack_flags=COMPLETION)
        link.wait_completed(sent, timeout_s=2.0)

    def _keep(self, sample: TimeSample, *, asked: bool) -> None:
        """Keep a sample: completion follows the report that the command asked for without a gap."""
        if asked and self._asked_s is not None:
            sample = TimeSample(sample.boot_count, sample.board_us, sample.received_s, self._asked_s)
            self._asked_s = None
        self.samples.append(sample)
