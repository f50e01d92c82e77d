"""What an event does to gas and settings: a valve moves, a leak opens, gas is put in, a wall is heated."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeVar

from hatchwatch.emulator.plant.gas import (
    GAS_CONSTANT_J_MOL_K,
    KAPPA,
    laminar_conductance,
    orifice_area_m2,
)
from hatchwatch.emulator.plant.network import NOTHING, GasState, Leak, Network, Ramp, Settings

if TYPE_CHECKING:
    from hatchwatch.emulator.plant.trajectory import Change

__all__ = [
    "LeakKind",
    "bring_front",
    "charge",
    "make_leak",
    "move_hatch",
    "move_injector",
    "open_leak",
    "renew_seal",
    "warm_walls",
]

LeakKind = Literal["laminar", "orifice"]
_Item = TypeVar("_Item")


def move_hatch(place: int, ramp: Ramp) -> Change:
    """Hatch number `place` follows `ramp` from now on."""

    def apply(_time_s: float, state: GasState, settings: Settings) -> tuple[GasState, Settings]:
        return state, replace(settings, hatches=_with(settings.hatches, place, ramp))

    return apply


def move_injector(place: int, ramp: Ramp) -> Change:
    """Injector number `place` follows `ramp` from now on."""

    def apply(_time_s: float, state: GasState, settings: Settings) -> tuple[GasState, Settings]:
        return state, replace(settings, injectors=_with(settings.injectors, place, ramp))

    return apply


def open_leak(chamber: int, leak: Leak) -> Change:
    """A chamber has this leak from now on, in place of the one it had."""

    def apply(_time_s: float, state: GasState, settings: Settings) -> tuple[GasState, Settings]:
        return state, replace(settings, leaks=_with(settings.leaks, chamber, leak))

    return apply


def renew_seal(hatch: int, seal: Leak) -> Change:
    """A hatch has this seal from now on, in place of the one it had."""

    def apply(_time_s: float, state: GasState, settings: Settings) -> tuple[GasState, Settings]:
        seals = settings.seals or (None,) * len(settings.hatches)
        return state, replace(settings, seals=_with(seals, hatch, seal))

    return apply


def warm_walls(chambers: tuple[int, ...], kelvin: float, duration_s: float) -> Change:
    """Walls go from the warmth that they have over the room to another one."""

    def apply(time_s: float, state: GasState, settings: Settings) -> tuple[GasState, Settings]:
        warmth = settings.warmth or (NOTHING,) * len(settings.leaks)
        for chamber in chambers:
            ramp = Ramp(time_s, duration_s, warmth[chamber].at(time_s), kelvin)
            warmth = _with(warmth, chamber, ramp)
        return state, replace(settings, warmth=warmth)

    return apply


def bring_front(difference_pa: float, duration_s: float) -> Change:
    """The air outside goes from the difference to its weather that it has to another one."""

    def apply(time_s: float, state: GasState, settings: Settings) -> tuple[GasState, Settings]:
        front = Ramp(time_s, duration_s, settings.front.at(time_s), difference_pa)
        return state, replace(settings, front=front)

    return apply


def make_leak(leak_pa_m3_s: float, kind: LeakKind, ambient_pa: float) -> Leak:
    """Make the capillary ("laminar") or the hole ("orifice") that passes a rate at 8 kPa over ambient."""
    if kind == "laminar":
        return Leak(laminar_conductance(leak_pa_m3_s, ambient_pa), 0.0, leak_pa_m3_s, kind)
    return Leak(0.0, orifice_area_m2(leak_pa_m3_s, ambient_pa), leak_pa_m3_s, kind)


def charge(network: Network, chambers: tuple[int, ...], target_pa: float, *, adiabatic: bool) -> Change:
    """Bring chambers to a pressure at once.

    Slowly (`adiabatic` false): the gas ends at the temperature of the wall, and the pressure stays.
    Quickly: a fill is warmed by the compression, a vent cooled by the expansion, and the pressure creeps back
    as the wall evens that out.
    """

    def apply(time_s: float, state: GasState, settings: Settings) -> tuple[GasState, Settings]:
        walls_k = network.walls_k(settings, time_s)
        volumes_m3 = network.volumes_m3(settings, time_s)
        for chamber in chambers:
            wall_k = walls_k[chamber]
            amount_times_temperature = target_pa * volumes_m3[chamber] / GAS_CONSTANT_J_MOL_K
            before_pa = network.pressure_pa(state, volumes_m3, chamber)
            amount_mol = amount_times_temperature / wall_k
            if adiabatic:
                amount_mol = _quick_amount_mol(
                    state.amount_mol[chamber], before_pa, target_pa, volumes_m3[chamber], wall_k
                )
            state = _with_gas(state, chamber, amount_mol, amount_times_temperature / amount_mol)
        return state, settings

    return apply


def _quick_amount_mol(
    before_mol: float, before_pa: float, target_pa: float, volume_m3: float, supply_k: float
) -> float:
    """Amount after a change of pressure that leaves the wall no time.

    In: the supply's enthalpy becomes energy of the chamber, cp Ts dn = V dp / (kappa - 1).
    Out: what stays expands isentropically.
    """
    if target_pa > before_pa:
        return before_mol + (target_pa - before_pa) * volume_m3 / (KAPPA * GAS_CONSTANT_J_MOL_K * supply_k)
    return before_mol * math.pow(target_pa / before_pa, 1.0 / KAPPA)


def _with_gas(state: GasState, chamber: int, amount_mol: float, temperature_k: float) -> GasState:
    supplied_mol = state.supply_mol[chamber] + amount_mol - state.amount_mol[chamber]
    return replace(
        state,
        amount_mol=_with(state.amount_mol, chamber, amount_mol),
        temperature_k=_with(state.temperature_k, chamber, temperature_k),
        supply_mol=_with(state.supply_mol, chamber, supplied_mol),
    )


def _with(items: tuple[_Item, ...], place: int, item: _Item) -> tuple[_Item, ...]:
    return (*items[:place], item, *items[place + 1 :])
