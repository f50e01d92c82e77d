"""One mistake at a time in a good bench: it is told once, in words that name what would be right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Tell

SERVO = {"open_us": 1900, "shut_us": 1100}


def test_a_good_bench_has_no_mistakes(station: dict[str, Any], told: Tell) -> None:
    assert told(station) == []


def test_a_pin_without_the_function(station: dict[str, Any], told: Tell) -> None:
    station["i2c0"]["scl"] = 22
    assert told(station) == [
        "[i2c0] scl is GP22, which can't be SCL of i2c0; it can be GP1, GP5, GP9, GP13, GP17, GP21"
    ]


@pytest.mark.parametrize("pin", [23, 24, 25, 29, 33, -1])
def test_a_pin_that_is_not_on_the_header(station: dict[str, Any], told: Tell, pin: int) -> None:
    station["hatches"][0]["servo"]["pin"] = pin
    (mistake,) = told(station)
    assert mistake.startswith(f'hatches[0] "Progress-PrK": servo.pin is GP{pin}')
    assert mistake.endswith("it can be GP0-GP22, GP26-GP28")


def test_a_pin_used_twice_is_told_with_the_free_ones(station: dict[str, Any], told: Tell) -> None:
    station["modules"][0]["injector"]["pin"] = 20
    assert told(station) == [
        'modules[0] "Progress": injector.pin is GP20, already SDA of i2c0; free: GP5, GP11-GP15, GP28'
    ]


def test_two_servos_on_one_pwm_output(station: dict[str, Any], told: Tell) -> None:
    station["modules"][0]["injector"]["pin"] = 16
    (mistake,) = told(station)
    assert "is GP16, the same PWM output as GP0 (servo of hatch Progress-PrK)" in mistake
    assert mistake.endswith("free: GP5, GP11-GP15, GP28")


def test_the_led_of_a_pico_w(station: dict[str, Any], told: Tell) -> None:
    station["board"] = {"type": "pico_w", "led_pin": 25}
    (mistake,) = told(station)
    assert "[board] led_pin is GP25" in mistake
    assert "belongs to the wireless chip" in mistake


def test_names_differ_in_more_than_case(station: dict[str, Any], told: Tell) -> None:
    station["hatches"][1]["name"] = "progress-prk"
    assert told(station) == [
        'hatches[1] "progress-prk": name is "progress-prk", as hatches[0] is; choose another'
    ]


@pytest.mark.parametrize("key", ["volume_ml", "volume_uncertainty_ml"])
def test_a_chamber_needs_volume_and_uncertainty(station: dict[str, Any], told: Tell, key: str) -> None:
    del station["modules"][3][key]
    (mistake,) = told(station)
    assert mistake.startswith(f'modules[3] "Zarya": {key} is missing')


def test_an_uncertainty_as_large_as_the_volume(station: dict[str, Any], told: Tell) -> None:
    station["modules"][3]["volume_uncertainty_ml"] = 800.0
    assert told(station) == ['modules[3] "Zarya": volume_uncertainty_ml must be less than the volume of 800']


def test_an_ambient_sensor_is_no_chamber(pair: dict[str, Any], told: Tell) -> None:
    room = {"name": "room", "ambient": True, "sensor": {"mux": "m", "channel": 0, "address": 0x76}}
    pair["i2c1"] = {"sda": 26, "scl": 27}
    pair["muxes"] = [{"name": "m", "bus": "i2c1"}]
    pair["modules"].append(room)
    assert told(pair) == []
    pair["modules"][-1] = room | {"volume_ml": 5.0, "occupied": True, "injector": SERVO | {"pin": 9}}
    assert [text.split(" ")[2] for text in told(pair)] == ["volume_ml", "injector", "occupied"]
    pair["modules"][-1] = room
    pair["hatches"].append({"name": "window", "between": ["left", "room"], "servo": SERVO | {"pin": 9}})
    (mistake,) = told(pair)
    assert '"room", which is ambient' in mistake


def test_only_one_ambient_reference_and_at_least_one_chamber(pair: dict[str, Any], told: Tell) -> None:
    pair["hatches"] = []
    pair["modules"] = [
        {"name": name, "ambient": True, "sensor": {"bus": "i2c0", "address": address}}
        for name, address in (("a", 0x76), ("b", 0x77))
    ]
    assert told(pair) == [
        'modules[1] "b": ambient modules[0] is the ambient reference already',
        "modules must hold at least one that is not ambient",
    ]


def test_a_hatch_to_nowhere(station: dict[str, Any], told: Tell) -> None:
    station["hatches"][4]["between"] = ["Unity", "Destiney"]
    (mistake,) = told(station)
    assert mistake == (
        'hatches[4] "Unity-Destiny": between names "Destiney", which is no module; '
        "the modules are Progress, PrK, Zvezda, Zarya, Unity, Destiny"
    )


def test_a_hatch_to_itself(station: dict[str, Any], told: Tell) -> None:
    station["hatches"].append({"name": "loop", "between": ["Unity", "Unity"], "servo": SERVO | {"pin": 11}})
    assert told(station) == ['hatches[5] "loop": between joins "Unity" to itself; name two different modules']


def test_a_station_in_two_parts(station: dict[str, Any], told: Tell) -> None:
    del station["hatches"][2]
    (mistake,) = told(station)
    assert mistake == (
        "hatches leave the station in 2 parts (Progress, PrK, Zvezda | Zarya, Unity, Destiny); "
        "add what joins them"
    )


@pytest.mark.parametrize("end", ["open_us", "shut_us"])
def test_servo_ends_within_limits(station: dict[str, Any], told: Tell, end: str) -> None:
    station["hatches"][0]["servo"][end] = 2300
    (mistake,) = told(station)
    assert mistake.endswith(f"servo.{end} must be 800 to 2200 (min_us to max_us); it is 2300")


def test_servo_ends_apart_and_limits_in_order(station: dict[str, Any], told: Tell) -> None:
    station["hatches"][0]["servo"]["open_us"] = 1130
    station["hatches"][1]["servo"]["min_us"] = 2400
    first, second = told(station)
    assert "servo.open_us must differ from shut_us (1100) by 50 or more" in first
    assert "servo.min_us must be less than max_us, which is 2200; it is 2400" in second


def test_crew_needs_a_lifeboat(station: dict[str, Any], told: Tell) -> None:
    station["modules"][2]["lifeboat"] = False
    assert told(station) == ['modules[2] "Zvezda": occupied needs a lifeboat: give a module lifeboat = true']


def test_the_safe_state_shuts_nobody_in(station: dict[str, Any], told: Tell) -> None:
    station["modules"][5]["occupied"] = True
    station["safe"]["exceptions"] = {"PrK-Zvezda": "shut"}
    assert told(station) == []
    station["safe"]["exceptions"] = {"Zarya-Unity": "shut"}
    assert told(station) == ["safe shuts in the crew of Destiny; open the hatches on a way to Zvezda"]
    station["safe"] = {"hatches": "shut", "exceptions": {"Zvezda-Zarya": "open", "Zarya-Unity": "open"}}
    assert told(station) == ["safe shuts in the crew of Destiny; open the hatches on a way to Zvezda"]
    station["safe"]["exceptions"]["Unity-Destiny"] = "open"
    assert told(station) == []


def test_an_exception_for_no_hatch(station: dict[str, Any], told: Tell) -> None:
    station["safe"]["exceptions"] = {"door": "shut"}
    (mistake,) = told(station)
    assert mistake.startswith("[safe] exceptions.door is no hatch; the hatches are Progress-PrK, ")


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"leak_pa_m3_s": 4e-4}, "leak_uncertainty_pa_m3_s is missing; it belongs"),
        (
            {"leak_uncertainty_pa_m3_s": 1e-5},
            "leak_pa_m3_s is missing; it belongs",
        ),
        (
            {"leak_pa_m3_s": 4e-4, "leak_uncertainty_pa_m3_s": 4e-4},
            "leak_uncertainty_pa_m3_s must be less than the leak of 0.0004",
        ),
    ],
)
def test_a_leak_is_stated_with_its_uncertainty(
    station: dict[str, Any], told: Tell, stated: dict[str, float], message: str
) -> None:
    station["modules"][1]["injector"].update(stated)
    (mistake,) = told(station)
    assert mistake.startswith(f'modules[1] "PrK": injector.{message}')
    station["modules"][1]["injector"].update(leak_pa_m3_s=4e-4, leak_uncertainty_pa_m3_s=1e-5)
    assert told(station) == []
