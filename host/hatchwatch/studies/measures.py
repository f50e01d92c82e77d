"""What is made of many scenarios: shares, spreads, means and rates, each with its 95 % interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from scipy.stats import beta, chi2

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hatchwatch.studies.journal import Row

__all__ = ["Estimate", "Form", "Measure"]

Form = Literal["share", "spread", "mean", "rate"]

_TAIL: Final = 0.025  # on either side of a 95 % interval
_SPREAD: Final = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Estimate:
    """One figure: `low` and `high` are a 95 % interval, of a spread the quantiles 5 % and 95 %."""

    value: float
    low: float
    high: float
    count: int  # of scenarios that have a say


@dataclass(frozen=True)
class Measure:
    """One figure that a kind of study has, made of a column of its rows.

    share: how often the column is true. spread: median, 5 % and 95 % of the column. mean: of the column.
    rate: sum of the column per unit of `per`. Rows without a value have no say.
    """

    name: str
    form: Form
    column: str
    meaning: str
    unit: str = ""
    per: str = ""  # of a rate: the column that it is divided by
    factor: float = 1.0  # from the column's unit to `unit`

    @property
    def title(self) -> str:
        """The name in words, with its unit."""
        words = self.name.replace("-", " ")
        return f"{words}, {self.unit}" if self.unit else words

    def of(self, rows: Iterable[Row]) -> Estimate | None:
        """The figure for some scenarios; None when none of them has a say."""
        told = [row for row in rows if row.get(self.column) is not None]
        if not told:
            return None
        values = [float(row[self.column]) for row in told]
        if self.form == "share":
            return _share(sum(values), len(values))
        if self.form == "rate":
            return self._rate(values, [float(row[self.per]) for row in told])
        spread = _spread if self.form == "spread" else _mean
        return spread([value * self.factor for value in values])

    def _rate(self, counts: Sequence[float], spans: Sequence[float]) -> Estimate | None:
        """Exact interval of a Poisson rate (Garwood 1936)."""
        total, span = sum(counts), sum(spans)
        if not span:
            return None
        low = 0.5 * chi2.ppf(_TAIL, 2 * total) if total else 0.0
        high = 0.5 * chi2.ppf(1.0 - _TAIL, 2 * total + 2)
        scale = self.factor / span
        return Estimate(total * scale, float(low) * scale, float(high) * scale, len(counts))


def _share(hits: float, count: int) -> Estimate:
    """Exact interval of a binomial share (Clopper and Pearson 1934)."""
    low = beta.ppf(_TAIL, hits, count - hits + 1) if hits else 0.0
    high = beta.ppf(1.0 - _TAIL, hits + 1, count - hits) if hits < count else 1.0
    return Estimate(hits / count, float(low), float(high), count)


def _spread(values: Sequence[float]) -> Estimate:
    low, middle, high = np.quantile(values, _SPREAD)
    return Estimate(float(middle), float(low), float(high), len(values))


def _mean(values: Sequence[float]) -> Estimate:
    mean = float(np.mean(values))
    if len(values) < 2:
        return Estimate(mean, mean, mean, len(values))
    half = 1.96 * float(np.std(values, ddof=1)) / math.sqrt(len(values))
    return Estimate(mean, mean - half, mean + half, len(values))
