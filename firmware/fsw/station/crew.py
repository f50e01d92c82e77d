"""Nobody is shut in: whoever is aboard keeps a way to a lifeboat through hatches that are open.

Hatches move one at a time and in an order that nobody vouches for, so on the way from one state to the next
every hatch that is shut in either of them counts as shut. So does one that moves, has failed, or whose
position is unknown: callers put those into `blocked`.

Without a lifeboat there is no way out to keep. Then nobody is parted from the others: whoever can be reached
stays so.
"""

from fsw.station.graph import members


def shut_in(station, now, then):
    """Return the occupied modules that lose their way out on the way from `now` to `then`.

    Both are sets of blocked hatches. Who has no way out now loses none. Without a lifeboat: those that are
    parted from the first one of their party.
    """
    crew = station.occupied & station.inside
    boats = station.lifeboat & station.inside
    if boats:
        return crew & station.reach(boats, now) & ~station.reach(boats, now | then)
    parted = 0
    for module in members(crew):
        party = crew & station.reach(1 << module, now)
        parted |= party & ~station.reach(party & -party, now | then)
    return parted
