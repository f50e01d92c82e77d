"""Is it a leak, or one sensor alone that drifts? Its peers in the gas volume tell."""

from micropython import const

_LEAST_SENSORS = const(3)  # of two that differ, nobody knows which is right


def lone(falls, weights, rises):
    """Return the place of the one sensor without which not a third of a loss is left, or None.

    `falls` has by how much each sensor of one gas volume fell (None: unknown), in any unit; the loss is their
    mean by `weights`, and lets the pressure rise if `rises`. A leak is seen by all alike, so without one of
    them nearly all of it is left.
    Of three sensors whose mean is five of its deviations down, noise alone makes that of one in 1,000 leaks
    (3.4 deviations); of more sensors, less often.
    """
    known = [place for place in range(len(falls)) if falls[place] is not None]
    if len(known) < _LEAST_SENSORS:
        return None
    losses = [-falls[place] if rises else falls[place] for place in known]
    worst = max(losses)
    alone = losses.index(worst)
    shares = [weights[place] for place in known]
    whole = sum([loss * share for loss, share in zip(losses, shares)])
    left = whole - worst * shares[alone]
    if 3 * left * sum(shares) < whole * (sum(shares) - shares[alone]):
        return known[alone]
    return None
