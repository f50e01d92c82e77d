"""What the plant of an emulated bench knows of leaks; a loss is the difference of two of its truths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hatchwatch.methods.units import pa_m3_s_from_mol_s

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hatchwatch.bench import Bench
    from hatchwatch.bench.response import ResponseLog, Told

    Truth = dict[str, Any]

__all__ = ["FoundTruth", "hull_loss_pa_m3_s", "rest_loss_pa_m3_s"]

_LOOK_S = 2.0  # the plant's flows are exact, so a short look is enough
_IN_A_MODULE = ("module", "two_modules", "module_and_hatch")  # kinds of finds that are about its hull


class FoundTruth:
    """What each module that was found to leak lost through its hull then; nothing on a real bench."""

    def __init__(self, bench: Bench) -> None:
        self.loss_pa_m3_s: dict[float, float] = {}  # by the time of the event
        self._bench = bench
        self._begun: dict[float, Truth] = {}

    def look(self, log: ResponseLog) -> None:
        """Take down what is to be known; call it at every step, for it does not wait."""
        for told in log.all("leak_found"):
            if told.time_s not in self.loss_pa_m3_s and told.fields["kind"] in _IN_A_MODULE:
                self._look_at(told)

    def _look_at(self, told: Told) -> None:
        now = self._bench.truth()
        if now is None:
            return
        first = self._begun.setdefault(told.time_s, now)
        if now["time_s"] - first["time_s"] >= _LOOK_S:
            module = told.fields["first"]
            lost_mol = now["modules"][module]["hull_mol"] - first["modules"][module]["hull_mol"]
            self.loss_pa_m3_s[told.time_s] = pa_m3_s_from_mol_s(lost_mol / (now["time_s"] - first["time_s"]))


def rest_loss_pa_m3_s(bench: Bench, modules: Iterable[str]) -> float:
    """What these modules lose together at present, to the outside and through shut hatches alike."""
    names = list(modules)
    return -_rate_pa_m3_s(bench, lambda truth: _sum(truth, "amount_mol", names))


def hull_loss_pa_m3_s(bench: Bench) -> float:
    """What all modules lose to the outside at present."""
    return _rate_pa_m3_s(bench, lambda truth: _sum(truth, "hull_mol", truth["modules"]))


def _rate_pa_m3_s(bench: Bench, amount_mol: Callable[[dict[str, Any]], float]) -> float:
    first = bench.truth()
    bench.wait(_LOOK_S)
    last = bench.truth()
    assert first is not None
    assert last is not None
    return pa_m3_s_from_mol_s((amount_mol(last) - amount_mol(first)) / (last["time_s"] - first["time_s"]))


def _sum(truth: dict[str, Any], quantity: str, names: Iterable[str]) -> float:
    return sum(float(truth["modules"][name][quantity]) for name in names)
