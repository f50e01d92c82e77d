"""The station as a graph: modules with a gas volume, hatches between them.

Sets of modules and of hatches are integers: bit i stands for module i, bit e for hatch e. Cycles are allowed.
An ambient module is the outside; a module that an open hatch joins to it holds no gas of its own.
"""

from micropython import const

OUTSIDE = const(255)  # group of what is open to the outside


def members(mask):
    """Yield the numbers in a set, lowest first."""
    number = 0
    while mask:
        if mask & 1:
            yield number
        mask >>= 1
        number += 1


class Station:
    """`sides` has two modules per hatch, `owner` a number per module, `volume_ul` and its standard deviation
    one per module; `occupied`, `lifeboat` and `ambient` are sets of modules.
    """

    def __init__(self, sides, volume_ul, volume_sd_ul, owner, occupied, lifeboat, ambient):
        self.sides = sides
        self.volume_ul = volume_ul
        self.volume_sd_ul = volume_sd_ul
        self.owner = owner
        self.occupied = occupied  # crew moves: this may change at any time
        self.lifeboat = lifeboat
        self.ambient = ambient
        self.count = len(volume_ul)
        self.hatches = len(sides) // 2
        self.inside = ((1 << self.count) - 1) & ~ambient
        self._pairs = [1 << sides[2 * hatch] | 1 << sides[2 * hatch + 1] for hatch in range(self.hatches)]

    def pair(self, hatch):
        """Return the set of the two modules that a hatch joins."""
        return self._pairs[hatch]

    def reach(self, start, shut):
        """Return the modules that can be reached from those in `start`, themselves included.

        Nothing is reached through a hatch in `shut`, nor through the outside unless it is in `start`.
        """
        allowed = self.inside | start
        hatches = range(self.hatches)
        back = range(self.hatches - 1, -1, -1)  # there and back, or a row is gone along one hatch a time
        while True:
            before = start
            for hatch in hatches:
                if not shut >> hatch & 1:
                    pair = self._pairs[hatch]
                    if pair & start:
                        start |= pair & allowed
            if start == before:
                return start
            hatches, back = back, hatches

    def groups(self, shut):
        """Return the gas volume of each module, named after its lowest module; OUTSIDE for the outside."""
        group = bytearray([OUTSIDE] * self.count)
        left = self.inside & ~self.reach(self.ambient, shut)
        for module in range(self.count):
            if left >> module & 1:
                reached = self.reach(1 << module, shut)
                left &= ~reached
                for other in members(reached):
                    group[other] = module
        return bytes(group)

    def hatches_to(self, modules):
        """Return the hatches that have a side in a set of modules, those inside it included."""
        found = 0
        for hatch in range(self.hatches):
            if self.pair(hatch) & modules:
                found |= 1 << hatch
        return found

    def joining(self, hatches, part):
        """Return those of a set of hatches that lead neither to a set of modules nor to the outside."""
        return hatches & ~self.hatches_to(part | self.ambient)

    def cut(self, part):
        """Return the hatches between a set of modules and everything else."""
        return self.hatches_to(part) & self.hatches_to(~part)
