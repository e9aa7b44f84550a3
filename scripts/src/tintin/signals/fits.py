# SPDX-License-Identifier: Apache-2.0
"""Is a network an application's, and are the centres? A device would only tell when it starts."""

from __future__ import annotations

from dataclasses import replace

from tintin import record as records
from tintin.engine import EngineError
from tintin.errors import DataError
from tintin.layers import Conv2d, Dense, Layer
from tintin.signals.application import Application
from tintin.signals.pipeline import Pipeline


def check_network(application: Application, record: bytes, where: str) -> None:
    """Raises DataError where a record is not of the description's network.

    Its weights may have fewer fraction bits, as the firmware's records do, or be bounded.
    """
    name, wanted, model = application.name, application.model, records.read(record).model
    if model.input_length != wanted.input_length:
        raise DataError(
            f"{where}: {model.input_length} inputs, and {name} has {wanted.input_length} features"
        )
    if model.classes != wanted.classes:
        raise DataError(
            f"{where}: {model.classes} outputs, and {name} has {wanted.classes} classes"
        )
    if model.input_exp != wanted.input_exp:
        raise DataError(
            f"{where}: inputs * 2^{model.input_exp}, and {name} has features * 2^{wanted.input_exp}"
        )
    same = [*map(_form, model.layers)] == [*map(_form, wanted.layers)]
    if not same or model.input != wanted.input:
        raise DataError(f"{where}: other layers than the description of {name} has")


def check_centres(application: Application, centres: bytes, where: str) -> None:
    """Raises DataError where centres are not of the description's pipeline."""
    try:
        Pipeline(application.description).restore(centres)
    except EngineError as error:
        raise DataError(f"{where}: no centres of {application.name}: {error}") from None


def _form(layer: Layer) -> Layer:
    if isinstance(layer, Dense | Conv2d):
        return replace(layer, fraction_bits=0, bounded=False)
    return layer
