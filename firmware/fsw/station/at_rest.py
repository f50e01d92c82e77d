"""The response to leaks while there is none: what is remembered, in place of a `station.response.Response`.

The response itself takes 20 kB of heap and is loaded when it is needed.
"""

from array import array

from fsw.link import numbers


class AtRest:
    """What was, what is shut off, and what a reset has interrupted; attributes are those of `Response`."""

    is_active = False
    is_thinking = False

    def __init__(self, count):
        """`count` is how many modules there are."""
        self.purpose = numbers.PURPOSE_NONE
        self.phase = numbers.PHASE_WATCH
        self.reason = numbers.BECAUSE_ALARM
        self.seconds = 0
        self.shut = 0
        self.part = 0
        self.closed = 0
        self.rated_npa_m3_s = array("i", [0] * count)
        self.rated_sd_npa_m3_s = array("i", self.rated_npa_m3_s)
        self.hypotheses = ()
        self.changed = False

    def take_over(self, response):
        """Remember what a response has come to; a cut that was not made has shut nothing off."""
        self.purpose = response.purpose
        self.phase = response.phase
        self.reason = response.reason
        self.shut = response.shut
        self.part = response.part & response.guarded
        self.closed = response.shut & ~response.before
        self.hypotheses = response.hypotheses
        self.seconds = 0
        self.changed = True

    @property
    def is_free(self):
        """Whether an alarm or a command may begin something."""
        return self.phase != numbers.PHASE_INTERRUPTED

    def interrupt(self, purpose, phase, continues, tell):
        """Take note at a start that a reset has ended `purpose` in `phase`."""
        self.purpose = purpose
        self.phase = numbers.PHASE_INTERRUPTED
        tell(numbers.EVENT_RESPONSE_INTERRUPTED, ">BBB", purpose, phase, continues)

    def stop(self, why, tell):
        """Forget what a reset has interrupted."""
        if not self.is_free:
            self.purpose = numbers.PURPOSE_NONE
            self.phase = numbers.PHASE_WATCH
            self.changed = True
            tell(numbers.EVENT_RESPONSE_STOPPED, ">B", why)
