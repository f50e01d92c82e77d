"""The flight logic run again over a recording: does it decide what the board decided?"""

from hatchwatch.evidence.replay.replay import Replay, replay

__all__ = ["Replay", "replay"]
