"""Takes commands from the link: checks them, answers in two stages, hands them to their service.

A service offers handlers: {kind: (length, check, run)}. `length` is the number of data bytes, -1 for any.
`check(packet, end)` says whether the command can be executed: 0, or a refusal made by `refusal`. `run(packet,
end)` executes it: it returns 0 when that is done, PENDING when completion follows, or a refusal when it
failed. Both find the data in `packet` from telecommand.DATA_AT to `end`. Neither may allocate when all is
well.

A command that comes again with the same sequence count and the same bytes is refused if it was accepted
before: no repeated frame moves a hatch twice. Service 17 and `safe` do the same however often they come.
"""

from micropython import const

from fsw.link import numbers, telecommand
from fsw.link.repeats import Repeats

PENDING = -1

_TEST_SERVICE = const(17)
_IDENTIFY = const(17 << 8 | 128)
_FUNCTION = const(8 << 8 | 1)


def refusal(code, detail=0):
    """Pack a code of the dictionary and its detail (0 to 2^20) into one small integer."""
    return detail << 8 | code


def always(packet, end):
    """Check nothing: the length was all there is to check."""
    return 0


def nothing_to_check(packet):
    """Check nothing of a function."""
    return 0


def check_groups(packet, end, group_bytes=1):
    """Refuse data that is no list of groups of so many bytes, preceded by their number."""
    length = end - telecommand.DATA_AT
    if length < 1 or length != 1 + group_bytes * packet[telecommand.DATA_AT]:
        return refusal(numbers.REFUSED_LENGTH, length)
    return 0


def may_repeat(packet, end):
    """Whether a command is carried out however often it comes: those of service 17, and `safe`."""
    kind = telecommand.kind(packet)
    return kind >> 8 == _TEST_SERVICE or (
        kind == _FUNCTION
        and end == telecommand.DATA_AT + 1
        and packet[telecommand.DATA_AT] == numbers.FUNCTION_SAFE
    )


class Commands:
    """Dispatches commands by service and subtype."""

    def __init__(self, clock, verification, events):
        self._clock = clock
        self._verification = verification
        self._events = events
        self._handlers = {}
        self._repeats = Repeats()
        self.bad_frames = 0  # modulo 65536

    def offer(self, handlers):
        """Add the handlers of one service."""
        self._handlers.update(handlers)

    def take_bad_frame(self):
        """Count a frame that was no command at all: nobody can be answered."""
        self.bad_frames = (self.bad_frames + 1) & 0xFFFF

    def take_frame(self, buffer, count):
        """Execute the command in a frame (COBS, without delimiter), which is decoded in place."""
        self._clock.update()
        end = telecommand.open_telecommand(buffer, count)
        if end == 0:
            self.take_bad_frame()
            return
        verification = self._verification
        verification.begin(buffer)
        handler = self._handlers.get(telecommand.kind(buffer))
        refused = self._check(buffer, end, handler)
        if refused:
            verification.refuse(refused & 0xFF, refused >> 8)
            return
        verification.accept()
        self._remember(buffer, end)
        self._run(buffer, end, handler)

    def _check(self, buffer, end, handler):
        if telecommand.apid(buffer) != numbers.APID:
            return refusal(numbers.REFUSED_APID, telecommand.apid(buffer))
        if handler is None:
            return refusal(numbers.REFUSED_TYPE, telecommand.kind(buffer))
        if not may_repeat(buffer, end) and self._repeats.has(buffer, end):
            return refusal(numbers.REFUSED_DUPLICATE, telecommand.sequence(buffer))
        length = end - telecommand.DATA_AT
        if handler[0] >= 0 and handler[0] != length:
            return refusal(numbers.REFUSED_LENGTH, length)
        return handler[1](buffer, end)

    def _remember(self, buffer, end):
        """Remember what was accepted; a host that identifies us is a new one and starts to count again."""
        if telecommand.kind(buffer) == _IDENTIFY:
            self._repeats.forget()
        elif not may_repeat(buffer, end):
            self._repeats.keep(buffer, end)

    def _run(self, buffer, end, handler):
        verification = self._verification
        try:
            failed = handler[2](buffer, end)
        except Exception as error:  # whatever it is, the sender must hear of it and the loop go on
            self._events.text_text(numbers.EVENT_INTERNAL_ERROR, "command", repr(error))
            failed = refusal(numbers.FAILED_INTERNAL)
        if failed == 0:
            verification.complete()
        elif failed != PENDING:
            verification.fail(0, failed & 0xFF, failed >> 8)
