# SPDX-License-Identifier: Apache-2.0
"""A description says one application, and what is wrong in it is said in one sentence."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tintin import record as records
from tintin.errors import ModelError
from tintin.signals.application import NAMES, VARIANTS, Application, from_json
from tintin.signals.described import CHANNELS
from tintin.signals.firmware import files as firmware_files

ROOT = Path(__file__).resolve().parents[3]
HEADER = "modules/tintin/zephyr/include/zephyr/dt-bindings/tintin/channels.h"


def described(name: str = "bearing") -> dict[str, Any]:
    text = (files("tintin.signals") / "applications" / f"{name}.json").read_text()
    data: dict[str, Any] = json.loads(text)
    return data


def with_device(name: str = "bearing", **values: object) -> Application:
    data = described(name)
    data["device"] |= values
    return from_json("mine", data)


def texts(application: Application) -> dict[str, str]:
    return firmware_files(application, records.write(application.model, 1))


def test_the_channels_are_those_of_the_binding() -> None:
    assert tuple(re.findall(r"TINTIN_CHAN_(\w+)", (ROOT / HEADER).read_text())) == CHANNELS


def test_a_rate_goes_into_the_firmware_and_a_host_s_serial_port_has_none() -> None:
    told = texts(with_device(rate=5376, slack=30, timeout=700, rest=250, wake=9))
    for line in (
        "reading-period-us = <186>;",
        "rate-slack-percent = <30>;",
        "timeout-ms = <700>;",
        "rest-ms = <250>;",
        "wake-difference = <9>;",
    ):
        assert line in told["app.overlay"]
    assert "/delete-property/ rate-slack-percent;" in told["tintin_serial_sensor.overlay"]


def test_without_a_word_nothing_is_said_of_time() -> None:
    told = texts(with_device(rate=0, slack=0))
    overlays = told["app.overlay"] + told["tintin_serial_sensor.overlay"]
    assert not re.search(r"reading-period|slack|timeout|rest-ms|wake", overlays)


@pytest.mark.parametrize("name", NAMES + VARIANTS)
def test_an_application_notices_a_stuck_and_a_saturated_sensor(name: str) -> None:
    device = from_json(name, described(name)).device
    assert device.stuck > 0
    assert device.saturated > 0


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"train": [2]}, "layer 2 has no weights; 0, 1 have"),
        ({"train": [-1]}, "layer -1 has no weights"),
        ({"train": ["0"]}, "layer '0' has no weights"),
        ({"train": []}, "train"),
        ({"train": [0, 0]}, "each once"),
        ({"train": 1}, "must be a list of layers"),
        ({"stuck": -1}, "stuck -1: must be a whole number from 0"),
        ({"stuck": 1}, "stuck 1: one reading repeats nothing"),
        ({"saturated": -3}, "saturated -3"),
        ({"slots": 4.5}, "slots 4.5: must be a whole number"),
        ({"slots": True}, "slots True"),
        ({"guard": 1}, "guard 1: must be true or false"),
        ({"channels": ["ACCEL_W"]}, "channel 'ACCEL_W': must be one of ACCEL_X"),
        ({"channels": "ACCEL_Z"}, "must be a list of names"),
        ({"channels": [["ACCEL_Z"]]}, "must be one of"),
        ({"rate": 2_000_000}, "rate 2000000: must be a number from 0.00025 to 1e[+]06"),
        ({"rate": "fast"}, "rate 'fast'"),
        ({"rate": float("nan")}, "rate nan"),
        ({"rate": 0, "slack": 5}, "slack: needs a rate"),
        ({"timeout": -1}, "timeout -1"),
        ({"speed": 1}, "device: speed: not known"),
    ],
)
def test_what_a_device_may_not_say(values: dict[str, object], why: str) -> None:
    with pytest.raises(ModelError, match=why):
        with_device(**values)


def test_pooling_layers_do_not_learn() -> None:
    with pytest.raises(ModelError, match="layer 1 has no weights; 0, 2, 4, 5 have"):
        with_device("words", train=[1])


def test_a_rate_is_that_of_the_mel_bank_and_a_vector_of_one_reading_has_none() -> None:
    with pytest.raises(ModelError, match="rate 16000, but the pipeline's is 8000"):
        with_device("words", rate=16000)
    with pytest.raises(ModelError, match="a vector of one reading has no rate"):
        with_device("gas", rate=1, slack=10)


@pytest.mark.parametrize(
    ("place", "value", "why"),
    [
        (("training",), {"passes": 3}, "training: rate: is missing"),
        (("training",), {}, "training: passes, rate: is missing"),
        (("training",), [3], "training: must be an object"),
        (("training", "passes"), 0, "passes 0: must be a whole number from 1"),
        (("training", "rate"), "much", "training: rate 'much'"),
        (("training", "speed"), 1, "training: speed: not known"),
        (("summary",), "ends */ here", "summary: must be one line of text without"),
        (("summary",), "", "summary"),
        (("domain",), 7, "domain"),
        (("classes",), "ab", "classes: must be a list"),
        (("classes", 0), 'say "no"', "must be a word without quotes"),
        (("classes", 0), "ball-1", "each once"),
        (("device",), 5, "device: must be an object"),
        (("pipeline",), 5, "pipeline: must be an object"),
        (("colour",), 1, "mine: colour: not known"),
    ],
)
def test_what_a_description_may_not_say(place: tuple[Any, ...], value: object, why: str) -> None:
    data = described()
    at: Any = data
    for key in place[:-1]:
        at = at[key]
    at[place[-1]] = value
    with pytest.raises(ModelError, match=why):
        from_json("mine", data)


def test_what_is_missing_is_named() -> None:
    data = described()
    del data["classes"], data["layers"]
    with pytest.raises(ModelError, match="mine: classes, layers: is missing"):
        from_json("mine", data)
