# SPDX-License-Identifier: Apache-2.0
"""An application as data: signals/applications/NAME.json, shared by host, simulator and device.

pipeline  Description of tintin.signals.pipeline
classes   their names, in the order of the labels
layers    of the network, as tintin.description has them; its input is the pipeline's vector,
          or of the shape `input`
training  passes, rate, noise in units of a feature
device    what the firmware does with it: Device
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any

from tintin.description import from_data
from tintin.errors import ModelError
from tintin.model import Conv2d, Dense, Model
from tintin.signals import described
from tintin.signals.pipeline import FEATURE_EXP, Description

NAMES = ("bearing", "activity", "gas", "words", "spectrum")
VARIANTS = ("bearing-raw", "activity-raw", "spectrum-iq")
SUFFIX = ".json"
KEYS = {"summary", "domain", "pipeline", "classes", "layers", "training", "device"}


@dataclass(frozen=True)
class Training:
    """How a network is trained before it goes to the device.

    The rate is a quarter of `rate` from half of the passes on, and a 16th from three quarters.
    The device goes on at half of it: its samples are few, and are replayed often.
    """

    passes: int
    rate: float
    noise: float = 0.0

    @property
    def life_rate(self) -> float:
        """The rate that a record is shipped with."""
        return self.rate / 2


@dataclass(frozen=True)
class Device:
    """How the firmware reads its sensor, and what of the network it trains.

    `channels` are names out of zephyr/dt-bindings/tintin/channels.h, without TINTIN_CHAN_; `scan`
    readings of the sensor are one of the pipeline. `train`: layers that learn, all without it;
    `fraction_bits` of weights: 8, 4 or 0, without it as in the factory; `slots`: samples in the
    learner's buffer, `drift`: it watches for a change, and then learns from the buffer, `guard`:
    what made it worse is undone (tintin.signals.learning).
    A sensor is faulty where a value repeats itself in `stuck` readings, or lies at an end of its
    range in `saturated` readings of a vector; 0: that is not looked at. Where it is not
    `concurrent`, a prediction waits until a label is learned, and the network takes less RAM.
    `rate`: readings of the pipeline in a second, as the sensor is set up, 0: not said; it is
    faulty, too, where the mean time between those of a vector is `slack` percent longer, or their
    rate so much higher (a host's serial port has no rate: there it is not looked at). Without a
    reading for `timeout` ms it is silent; after a vector it rests for `rest` ms; a vector without
    a mean difference of `wake` from reading to reading is not looked at. 0: as without a word.
    """

    channels: tuple[str, ...]
    scan: int = 1
    train: tuple[int, ...] | None = None
    fraction_bits: int | None = None
    slots: int = 0
    drift: bool = False
    guard: bool = False
    concurrent: bool = True
    history: int = 4  # windows that can still be labelled
    queue: int = 4  # labels that wait
    stuck: int = 0
    saturated: int = 0
    rate: float = 0
    slack: int = 0
    timeout: int = 0
    rest: int = 0
    wake: int = 0

    @property
    def period_us(self) -> int:
        """From a reading to the next, microseconds; 0 without a rate."""
        return round(1e6 / self.rate) if self.rate else 0

    @classmethod
    def of(cls, values: dict[str, Any]) -> Device:
        """From a JSON object. Raises ModelError for a key that there is not, or a wrong value."""
        described.keys("device", values, {"channels"}, {field.name for field in fields(cls)})
        described.device(values)
        lists = {key: tuple(v) for key, v in values.items() if isinstance(v, list)}
        return cls(**values | lists)


@dataclass(frozen=True)
class Application:
    """What one is made of. `domain` is the word for what changes in its world."""

    name: str
    summary: str
    domain: str
    description: Description
    classes: tuple[str, ...]
    model: Model
    training: Training
    device: Device


def load(name: str) -> Application:
    """An application by its name, or by the path of a description. Raises ModelError."""
    if name.endswith(SUFFIX):
        path = Path(name)
        return from_json(path.stem, _parsed(path.read_text(), name))
    if name not in NAMES + VARIANTS:
        raise ModelError(f"{name}: must be one of {', '.join(NAMES + VARIANTS)}")
    text = (files("tintin.signals") / "applications" / f"{name}.json").read_text()
    return from_json(name, json.loads(text))


def _parsed(text: str, name: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ModelError(f"{name}: {error}") from None
    if not isinstance(found, dict):
        raise ModelError(f"{name}: must be a JSON object")
    return found


def from_json(name: str, data: dict[str, Any]) -> Application:
    """An application from its description. Raises ModelError for one that does not fit."""
    described.keys(name, data, KEYS, KEYS | {"input"})
    described.words(name, data)
    if not isinstance(data["pipeline"], dict):
        raise ModelError("pipeline: must be an object")
    described.keys("training", data["training"], {"passes", "rate"}, {"passes", "rate", "noise"})
    described.training(data["training"])
    description = Description.of(data["pipeline"])
    model = from_data(
        {
            "input": data.get("input", [1, 1, description.length]),
            "layers": data["layers"],
            "input_exp": FEATURE_EXP,
            "rate": data["training"]["rate"],
        }
    )
    if model.input_length != description.length:
        raise ModelError(f"{name}: {description.length} features, input of {model.input_length}")
    if model.classes != len(data["classes"]):
        raise ModelError(f"{name}: {len(data['classes'])} classes, {model.classes} outputs")
    device = Device.of(data["device"])
    if len(device.channels) * device.scan != description.channels:
        raise ModelError(f"{name}: device: channels * scan must be {description.channels}")
    _check_device(device, description, model)
    return Application(
        *(name, data["summary"], data["domain"], description, tuple(data["classes"]), model),
        *(Training(**data["training"]), device),
    )


def _check_device(device: Device, description: Description, model: Model) -> None:
    """What it says of network and pipeline."""
    trainable = [i for i, layer in enumerate(model.layers) if isinstance(layer, Dense | Conv2d)]
    described.trained(device.train, trainable)
    if device.rate and description.rate not in (0, device.rate):
        raise ModelError(f"device: rate {device.rate:g}, but the pipeline's is {description.rate}")
    if device.slack and description.window == 1 and description.frames == 1:
        raise ModelError("device: slack: a vector of one reading has no rate")
