# SPDX-License-Identifier: Apache-2.0
"""What a description of an application may say; what it may not is said in a sentence."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any, Final

from tintin.errors import ModelError
from tintin.fractions import MODES

# Those of zephyr/dt-bindings/tintin/channels.h, without TINTIN_CHAN_.
CHANNELS: Final = (
    *("ACCEL_X", "ACCEL_Y", "ACCEL_Z", "GYRO_X", "GYRO_Y", "GYRO_Z", "MAGN_X", "MAGN_Y", "MAGN_Z"),
    *("DIE_TEMP", "AMBIENT_TEMP", "PRESS", "PROX", "HUMIDITY", "LIGHT", "GAS_RES", "VOLTAGE"),
)
WORD, CELL = 65535, 2**31 - 1
# Least and most of the whole numbers of `device`.
WHOLE: Final = {
    "scan": (1, 256),
    "slots": (0, WORD),
    "history": (1, WORD),
    "queue": (1, WORD),
    "stuck": (0, WORD),
    "saturated": (0, WORD),
    "slack": (0, 1000),
    "timeout": (0, CELL),
    "rest": (0, CELL),
    "wake": (0, WORD),
}
SLOWEST, FASTEST = 1 / 4000, 1e6  # Hz: a reading's time has 32 bits of microseconds
BREAKS_A_FILE: Final = ("*/", "\n", "\r")  # in a comment of an overlay
BREAKS_A_NAME: Final = frozenset(" \t\n\r\"'\\$")  # in a string of a configuration


def whole(where: str, value: object, least: int, most: int = CELL) -> None:
    """Refuse all but whole numbers of a range."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ModelError(f"{where} {value!r}: must be a whole number from {least} to {most}")


def number(where: str, value: object, least: float, most: float = math.inf) -> None:
    """Refuse all but finite numbers of a range."""
    real = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not real or not least <= value <= most:  # type: ignore[operator]
        raise ModelError(f"{where} {value!r}: must be a number from {least:g} to {most:g}")


def keys(where: str, values: object, needed: Collection[str], known: Collection[str]) -> None:
    """Refuse what is no object, or lacks a key, or has one that there is not."""
    if not isinstance(values, dict):
        raise ModelError(f"{where}: must be an object")
    there_are = f"not known; there are {', '.join(sorted(known))}"
    wrongs = (set(needed) - set(values), "is missing"), (set(values) - set(known), there_are)
    for wrong, what in wrongs:
        if wrong:
            raise ModelError(f"{where}: {', '.join(sorted(wrong))}: {what}")


def device(values: dict[str, Any]) -> None:
    """Each value of the object `device` by itself."""
    channels(values["channels"])
    for name, (least, most) in WHOLE.items():
        if name in values:
            whole(f"device: {name}", values[name], least, most)
    for name in ("drift", "guard", "concurrent"):
        if not isinstance(values.get(name, False), bool):
            raise ModelError(f"device: {name} {values[name]!r}: must be true or false")
    bits = values.get("fraction_bits")
    if isinstance(bits, bool | float) or bits not in (None, *MODES):
        raise ModelError(f"device: fraction_bits {bits!r}: must be one of {MODES}")
    if values.get("stuck") == 1:
        raise ModelError("device: stuck 1: one reading repeats nothing; 0, or 2 at least")
    rate(values)


def rate(values: dict[str, Any]) -> None:
    """Hz of readings, and the slack that it is held to."""
    if values.get("rate", 0) != 0:
        number("device: rate", values["rate"], SLOWEST, FASTEST)
    elif values.get("slack", 0) != 0:
        raise ModelError("device: slack: needs a rate")


def channels(names: object) -> None:
    """Channels that a sensor can have."""
    if not isinstance(names, list | tuple) or not names:
        raise ModelError(f"device: channels {names!r}: must be a list of names")
    for name in names:
        if name not in CHANNELS:
            raise ModelError(f"device: channel {name!r}: must be one of {', '.join(CHANNELS)}")


def trained(layers: object, with_weights: Collection[int]) -> None:
    """Layers to train: there, with weights, and each once."""
    if layers is None:
        return
    listed = layers if isinstance(layers, list | tuple) else []
    if not listed or len(set(listed)) < len(listed):
        raise ModelError(f"device: train {layers!r}: must be a list of layers, each once")
    for layer in listed:
        if isinstance(layer, bool) or layer not in with_weights:
            known = ", ".join(str(number) for number in sorted(with_weights))
            raise ModelError(f"device: train: layer {layer!r} has no weights; {known} have")


def words(name: str, data: dict[str, Any]) -> None:
    """Summary, domain and the names of the classes: they go into comments and configurations."""
    for key in ("summary", "domain"):
        text = data[key]
        if not isinstance(text, str) or not text or any(bad in text for bad in BREAKS_A_FILE):
            raise ModelError(f"{name}: {key}: must be one line of text without */")
    classes = data["classes"]
    if not isinstance(classes, list) or len({str(c) for c in classes}) < len(classes):
        raise ModelError(f"{name}: classes: must be a list of names, each once")
    for label in classes:
        if not isinstance(label, str) or not label or set(label) & BREAKS_A_NAME:
            raise ModelError(f"{name}: class {label!r}: must be a word without quotes")


def training(values: dict[str, Any]) -> None:
    """Each value of the object `training`."""
    whole("training: passes", values["passes"], 1)
    number("training: rate", values["rate"], 0)
    number("training: noise", values.get("noise", 0.0), 0)
