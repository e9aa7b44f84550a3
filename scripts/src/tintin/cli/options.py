# SPDX-License-Identifier: Apache-2.0
"""Options that several commands share, and what their words mean."""

from __future__ import annotations

import json as json_format
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from tintin import record as records
from tintin.engine import ALL, NONE, EngineError, Train
from tintin.errors import DataError, ModelError
from tintin.model import Dense
from tintin.record import Record

Json = Annotated[bool, typer.Option("--json", help="Answer with one JSON object.")]
RecordPath = Annotated[Path, typer.Argument(metavar="RECORD", help="A record file (.tt).")]
OptionalRecord = Annotated[
    Path | None, typer.Argument(metavar="[RECORD]", help="A record file (.tt).")
]
TrainSpec = Annotated[
    str,
    typer.Option("--train", help="Layers that learn: all, none, last, or numbers such as 2,4."),
]
BatchSize = Annotated[
    int, typer.Option("--batch", help="Samples a mini-batch: a power of two, 1..64.")
]

SUFFIX = ".tt"


def answer(json: bool, values: Mapping[str, Any], human: Any) -> None:
    """Print one of the two, on stdout."""
    if json:
        typer.echo(json_format.dumps(values))
    else:
        Console(soft_wrap=True).print(human)


def load_record(path: Path) -> bytes:
    """The bytes of a record file; an error names the file."""
    try:
        return records.load(path)
    except EngineError as error:
        raise DataError(f"{path}: {error}") from None


def train_layers(spec: str, record: Record) -> Train:
    """What --train means for a record."""
    if spec in (ALL, NONE):
        return spec
    if spec == "last":
        return [len(record.layers) - 1]
    try:
        numbers = [int(part) for part in spec.split(",")]
    except ValueError:
        raise ModelError(f"--train {spec}: must be all, none, last, or layer numbers") from None
    weighted = [w.index for w in record.model.wired if record.layers[w.index].planes is not None]
    wrong = [n for n in numbers if n not in weighted]
    if wrong:
        raise ModelError(f"--train {spec}: layer {wrong[0]} has no weights; {weighted} have")
    return numbers


def batch_log2(size: int) -> int:
    """What --batch means to the engine."""
    if size not in (1, 2, 4, 8, 16, 32, 64):
        raise ModelError(f"--batch {size}: must be a power of two, 1..64")
    return size.bit_length() - 1


def shape_text(shape: tuple[int, ...]) -> str:
    """28x28x1; a row of values is but their number."""
    return "x".join(map(str, shape[-1:] if shape[:-1] == (1, 1) else shape))


def architecture_text(record: Record) -> str:
    """64-32-10 for dense layers alone, else the kinds."""
    model = record.model
    if all(isinstance(layer, Dense) for layer in model.layers):
        return "-".join(map(str, [model.input_length, *(w.output[2] for w in model.wired)]))
    return " ".join([shape_text(model.input), *(layer.kind for layer in model.layers)])
