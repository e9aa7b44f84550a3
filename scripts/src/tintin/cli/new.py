# SPDX-License-Identifier: Apache-2.0
"""tintin new: a network that knows nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from tintin import record as records
from tintin.cli.options import SUFFIX, Json, answer, architecture_text
from tintin.description import from_file, from_literal, from_sizes
from tintin.engine import arena_size
from tintin.errors import ModelError
from tintin.files import write_atomically
from tintin.layers import Conv2d, Dense, Layer
from tintin.model import Model, Rate
from tintin.presets import PRESETS

PRESET_HELP = "; ".join(f"{name}: {preset.summary}" for name, preset in PRESETS.items())


def new(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="[PRESET | FILE | DESCRIPTION]",
            help=f"A preset ({PRESET_HELP}), a YAML or JSON file, or a description as such.",
        ),
    ] = None,
    dense: Annotated[
        str | None, typer.Option(help="Dense layers by size instead: 64-32-10.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The record to write.")] = None,
    seed: Annotated[int, typer.Option(help="Of the random weights, 1 or more.")] = 1,
    lr: Annotated[
        float | None, typer.Option(help="Learning rate at batch 1, as in float SGD.")
    ] = None,
    bounded: Annotated[
        bool, typer.Option("--bounded", help="Weights stop where int8 ends, in every layer.")
    ] = False,
    json: Json = False,
) -> None:
    """Write a record with random weights: the same bytes for the same seed, on any computer."""
    model = _model(what, dense)
    if lr is not None:
        model = replace(model, rate=Rate.of(lr))
    if bounded:
        model = replace(model, layers=[_bounded(layer) for layer in model.layers])
    data = records.write(model, seed)
    path = out or Path(_name(what) + SUFFIX)
    write_atomically(path, data)
    record = records.read(data)
    values = {
        "record": str(path),
        "bytes": len(data),
        "crc": f"{records.crc(data):08x}",
        "seed": seed,
        "rate": float(model.rate),
        "arena": arena_size(data),
    }
    human = (
        f"{path}: {architecture_text(record)}, {len(data)} bytes, "
        f"{values['arena']} bytes of RAM to train, learning rate {model.rate}"
    )
    answer(json, values, human)


def _model(what: str | None, dense: str | None) -> Model:
    if (what is None) == (dense is None):
        raise ModelError(f"give a preset ({', '.join(PRESETS)}), a description, or --dense")
    if dense is not None:
        return from_sizes(dense)
    assert what is not None
    if what in PRESETS:
        return PRESETS[what].make()
    if what.lstrip().startswith("{"):
        return from_literal(what)
    if Path(what).suffix in (".yaml", ".yml", ".json"):
        return from_file(Path(what))
    raise ModelError(f"{what}: no preset ({', '.join(PRESETS)}), no .yaml or .json file")


def _bounded(layer: Layer) -> Layer:
    return replace(layer, bounded=True) if isinstance(layer, Dense | Conv2d) else layer


def _name(what: str | None) -> str:
    if what is None or what.lstrip().startswith("{"):
        return "network"
    return Path(what).stem
