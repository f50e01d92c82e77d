"""What is to be written to flash waits here for a turn of the loop with little else to do."""


class Saving:
    """Calls one waiting function in each turn that has time for it.

    On silicon a save stops everything for up to 60 ms. Two in one turn, or one between two turns, would delay
    the next sweep by more than a period.
    """

    def __init__(self):
        self._waiting = []
        self._pause = False

    def want(self, save):
        """Have `save()` called soon; once, however often it is wanted before. It must not raise."""
        if save not in self._waiting:
            self._waiting.append(save)

    def skip_one(self):
        """Let the next turn pass: something else is written to flash in this one, which may be the same."""
        self._pause = True

    def tick(self):
        """Call the one that waits longest."""
        if self._waiting and not self._pause:
            self._waiting.pop(0)()
        self._pause = False
