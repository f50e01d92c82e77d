"""How the firmware does: the numbers of the housekeeping packet that belong to no other part."""

import gc
import struct

from micropython import const

from fsw.link import numbers

_GC_BELOW_BYTES = const(
    40000
)  # only what is not steady allocates: faults, events with text, restarts of sensors


class Health:
    """Counts turns and slips, watches the heap, and tells once a second what got worse."""

    def __init__(self, clock, reset_cause, bench_state, verification, commands, console, events, parameters):
        self._clock = clock
        self._started_s = clock.stamp[0]
        self._reset_cause = reset_cause
        self._bench_state = bench_state
        self._verification = verification
        self._commands = commands
        self._console = console
        self._events = events
        self._parameters = parameters
        self.ticks = 0
        self.slips = 0
        self.worst_loop_us = 0
        self.heap_free = 0  # measured by `check_heap`
        self.boot_count = 0
        self.unhealthy_boots = 0
        self.mode = numbers.MODE_NORMAL
        self.link_losses = 0  # modulo 65536
        self._told_slips = 0
        self._told_bad_frames = 0
        self._told_dropped = 0

    def reset_counters(self):
        """Begin to count anew; turns, starts and the mode are no counters of this kind."""
        self.slips = self._told_slips = 0
        self._commands.bad_frames = self._told_bad_frames = 0
        self._console.dropped = self._told_dropped = 0
        self._verification.accepted_count = 0
        self._verification.refused_count = 0
        self._events.suppressed = 0
        self.link_losses = 0

    def uptime_s(self):
        """Return the whole seconds since the firmware started."""
        return self._clock.stamp[0] - self._started_s

    def fill(self, packet, at, interval_ms):
        """Write the fixed part of housekeeping; the longest turn is counted anew from here."""
        verification = self._verification
        struct.pack_into(
            ">IBBHIIIIHHHHHBBHHB",
            packet,
            at,
            self.uptime_s(),
            self._reset_cause,
            self._bench_state,
            interval_ms,
            self.ticks,
            self.slips,
            self.worst_loop_us,
            self.heap_free,
            verification.accepted_count,
            verification.refused_count,
            self._commands.bad_frames,
            self._console.dropped,
            self.boot_count,
            self.unhealthy_boots,
            self.mode,
            self.link_losses,
            self._events.suppressed,
            self._parameters.unsaved,
        )
        self.worst_loop_us = 0

    def tell(self):
        """Send events for what got worse; once a second, so that a flood makes no flood of events."""
        if self.slips != self._told_slips:
            self._told_slips = self.slips
            self._events.u32_u32(numbers.EVENT_SLIPPED, self.slips, self.worst_loop_us)
        if self._commands.bad_frames != self._told_bad_frames:
            self._told_bad_frames = self._commands.bad_frames
            self._events.u16(numbers.EVENT_FRAMES_BAD, self._told_bad_frames)
        if self._console.dropped != self._told_dropped:
            self._told_dropped = self._console.dropped
            self._events.u16(numbers.EVENT_PACKETS_DROPPED, self._told_dropped)

    def check_heap(self):
        """Measure the free heap (6 ms) and tidy it if it runs low; once a minute."""
        self.heap_free = gc.mem_free()
        if self.heap_free < _GC_BELOW_BYTES:
            gc.collect()
