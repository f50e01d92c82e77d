"""What a bench file must fulfil beyond the type of each value: pins, buses, addresses, graph, safe state.

Every check yields all the mistakes it finds, with the values that would do. A value that could not be read is
None, whatever the model declares; the checks pass over it, because it has been reported already.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

from hatchwatch.boards import pins
from hatchwatch.boards.check_sensors import check_muxes, check_sensors
from hatchwatch.boards.graph import groups, neighbours, reachable
from hatchwatch.boards.mistakes import Mistake
from hatchwatch.boards.wiring import PinUse, pin_uses, servos

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hatchwatch.boards.model import BenchFile, Hatch, Module

__all__ = ["cross_check"]

HEADROOM_US = 50  # an open and a shut servo must differ by more than its dead band


def cross_check(bench: BenchFile) -> list[Mistake]:
    """Find every mistake that concerns more than one value."""
    checks = (
        check_pins,
        check_pwm_outputs,
        check_muxes,
        check_sensors,
        check_names,
        check_modules,
        check_hatches,
        check_connected,
        check_servos,
        check_injectors,
        check_safe_state,
    )
    return list(chain.from_iterable(check(bench) for check in checks))


def check_pins(bench: BenchFile) -> Iterator[Mistake]:
    """Each pin can do its job, and has only one."""
    uses = list(pin_uses(bench))
    owners: dict[int, PinUse] = {}
    for use in uses:
        if use.pin not in use.legal:
            yield Mistake(use.place, _illegal_pin(bench.board.type, use))
            continue
        owner = owners.setdefault(use.pin, use)
        if owner is not use:
            yield Mistake(use.place, f"is GP{use.pin}, already {owner.signal}; free: {_free_pins(use, uses)}")


def check_pwm_outputs(bench: BenchFile) -> Iterator[Mistake]:
    """No two servos get their pulses from the same PWM slice and channel."""
    uses = list(pin_uses(bench))
    counts = Counter(use.pin for use in uses)
    owners: dict[tuple[int, str], PinUse] = {}
    for use in uses:
        if not use.pwm or use.pin not in use.legal or counts[use.pin] > 1:  # the latter two are told already
            continue
        owner = owners.setdefault(pins.pwm_output(use.pin), use)
        if owner is not use:
            text = f"is GP{use.pin}, the same PWM output as GP{owner.pin} ({owner.signal})"
            yield Mistake(use.place, f"{text}; free: {_free_pins(use, uses)}")
    count = sum(use.pwm for use in uses)
    if count > pins.PWM_OUTPUTS:
        yield Mistake((), f"has {count} servos, but the RP2040 has {pins.PWM_OUTPUTS} PWM outputs")


def _illegal_pin(board: str, use: PinUse) -> str:
    reason = pins.board_reason(board, use.pin)
    why = f" (on a {board} it {reason})" if reason else ""
    return f"is GP{use.pin}{why}, which can't be {use.signal}; it can be {pins.spell_pins(use.legal)}"


def _free_pins(use: PinUse, uses: Iterable[PinUse]) -> str:
    others = [other for other in uses if other is not use]
    taken = {other.pin for other in others}
    outputs = {pins.pwm_output(other.pin) for other in others if other.pwm}
    free = (pin for pin in use.legal if pin not in taken)
    return pins.spell_pins(pin for pin in free if not use.pwm or pins.pwm_output(pin) not in outputs)


def check_names(bench: BenchFile) -> Iterator[Mistake]:
    """Modules, hatches and muxes are told apart by name, whatever the case of the letters."""
    tables = {
        "modules": [module.name for module in bench.modules],
        "hatches": [hatch.name for hatch in bench.hatches],
        "muxes": [mux.name for mux in bench.muxes],
    }
    for table, names in tables.items():
        seen: dict[str, int] = {}
        for index, name in enumerate(names):
            first = index if name is None else seen.setdefault(name.casefold(), index)
            if first != index:
                yield Mistake((table, index, "name"), f'is "{name}", as {table}[{first}] is; choose another')


def check_modules(bench: BenchFile) -> Iterator[Mistake]:
    """A chamber has a volume and its uncertainty; an ambient sensor has nothing of a chamber."""
    ambient = [index for index, module in enumerate(bench.modules) if module.ambient]
    for index, module in enumerate(bench.modules):
        yield from _check_ambient(index, module) if module.ambient else _check_chamber(index, module)
    for index in ambient[1:]:
        yield Mistake(
            ("modules", index, "ambient"), f"modules[{ambient[0]}] is the ambient reference already"
        )
    if bench.modules and len(ambient) == len(bench.modules):
        yield Mistake(("modules",), "must hold at least one that is not ambient")


def _check_chamber(index: int, module: Module) -> Iterator[Mistake]:
    place = ("modules", index)
    volume, uncertainty = module.volume_ml, module.volume_uncertainty_ml
    if volume is None:
        yield Mistake((*place, "volume_ml"), "is missing; the leak rate is proportional to the volume")
    if uncertainty is None:
        yield Mistake(
            (*place, "volume_uncertainty_ml"),
            "is missing; give the standard uncertainty (k = 1) of the volume",
        )
    if volume is not None and uncertainty is not None and uncertainty >= volume:
        yield Mistake((*place, "volume_uncertainty_ml"), f"must be less than the volume of {volume:g}")


def _check_ambient(index: int, module: Module) -> Iterator[Mistake]:
    absent = {
        "volume_ml": module.volume_ml,
        "volume_uncertainty_ml": module.volume_uncertainty_ml,
        "injector": module.injector,
        "occupied": module.occupied or None,
        "lifeboat": module.lifeboat or None,
    }
    for key, value in absent.items():
        if value is not None:
            yield Mistake(("modules", index, key), "must be left out: an ambient sensor stands in the open")


def check_hatches(bench: BenchFile) -> Iterator[Mistake]:
    """A hatch joins two different chambers."""
    names = [module.name for module in bench.chambers if module.name]
    ambient = [module.name for module in bench.modules if module.ambient]
    for index, hatch in enumerate(bench.hatches):
        place = ("hatches", index, "between")
        ends = hatch.between or ()
        for end in ends:
            if end in ambient:
                yield Mistake(
                    place, f'names "{end}", which is ambient; a valve to the open air is a module\'s injector'
                )
            elif end not in names:
                yield Mistake(place, f'names "{end}", which is no module; the modules are {", ".join(names)}')
        if len(ends) == 2 and ends[0] == ends[1]:
            yield Mistake(place, f'joins "{ends[0]}" to itself; name two different modules')


def check_connected(bench: BenchFile) -> Iterator[Mistake]:
    """Every chamber can be reached from every other, once all hatches are open."""
    names = _names(bench)
    parts = groups(names, _pairs(_sound_hatches(bench, names)))
    mended = len(bench.hatches) - len(_sound_hatches(bench, names))  # what these will join is not known yet
    if len(parts) > 1 + mended:
        listed = " | ".join(", ".join(part) for part in parts)
        yield Mistake(
            ("hatches",), f"leave the station in {len(parts)} parts ({listed}); add what joins them"
        )


def check_servos(bench: BenchFile) -> Iterator[Mistake]:
    """Both ends lie within the limits, and apart."""
    for place, _, servo in servos(bench):
        low, high = servo.min_us, servo.max_us
        if low >= high:
            yield Mistake((*place, "min_us"), f"must be less than max_us, which is {high}; it is {low}")
            continue
        for key, value in (("open_us", servo.open_us), ("shut_us", servo.shut_us)):
            if value is not None and not low <= value <= high:
                yield Mistake((*place, key), f"must be {low} to {high} (min_us to max_us); it is {value}")
        ends = (servo.open_us, servo.shut_us)
        if None not in ends and abs(ends[0] - ends[1]) < HEADROOM_US:
            yield Mistake(
                (*place, "open_us"), f"must differ from shut_us ({ends[1]}) by {HEADROOM_US} or more"
            )


def check_injectors(bench: BenchFile) -> Iterator[Mistake]:
    """A leak that is stated has its uncertainty, and the other way round."""
    keys = ("leak_pa_m3_s", "leak_uncertainty_pa_m3_s")
    for index, module in enumerate(bench.modules):
        if module.injector is None:
            continue
        leak, uncertainty = (getattr(module.injector, key) for key in keys)
        place = ("modules", index, "injector")
        if (leak is None) != (uncertainty is None):
            missing, there = keys if leak is None else reversed(keys)
            yield Mistake((*place, missing), f"is missing; it belongs to {there}")
        elif leak is not None and uncertainty >= leak:
            yield Mistake((*place, keys[1]), f"must be less than the leak of {leak:g}")


def check_safe_state(bench: BenchFile) -> Iterator[Mistake]:
    """In the safe state whoever is aboard has an open way to a lifeboat."""
    safe = bench.safe
    known = [hatch.name for hatch in bench.hatches if hatch.name]
    for name in safe.exceptions:
        if name not in known:
            listed = f"the hatches are {', '.join(known)}" if known else "there are no hatches"
            yield Mistake(("safe", "exceptions", name), f"is no hatch; {listed}")
    lifeboats = sorted(module.name for module in bench.chambers if module.lifeboat and module.name)
    for index, module in enumerate(bench.modules):
        if module.occupied and not module.ambient and not lifeboats:
            yield Mistake(("modules", index, "occupied"), "needs a lifeboat: give a module lifeboat = true")
    names = _names(bench)
    sound = _sound_hatches(bench, names)
    if not lifeboats or len(sound) < len(bench.hatches):
        return  # what the other hatches join is not known yet
    stays_open = [hatch for hatch in sound if safe.exceptions.get(hatch.name, safe.hatches) == "open"]
    joined = neighbours(names, _pairs(stays_open))
    for module in bench.chambers:
        if (
            module.occupied
            and module.name in joined
            and not set(lifeboats) & set(reachable(module.name, joined))
        ):
            way = f"open the hatches on a way to {' or '.join(lifeboats)}"
            yield Mistake(("safe",), f"shuts in the crew of {module.name}; {way}")


def _names(bench: BenchFile) -> list[str]:
    """Names of the chambers, each once."""
    return list(dict.fromkeys(module.name for module in bench.chambers if module.name is not None))


def _sound_hatches(bench: BenchFile, names: list[str]) -> list[Hatch]:
    """The hatches of which both ends are known."""
    return [hatch for hatch in bench.hatches if hatch.between and set(hatch.between) <= set(names)]


def _pairs(hatches: list[Hatch]) -> list[tuple[str, str]]:
    return [hatch.between for hatch in hatches]
