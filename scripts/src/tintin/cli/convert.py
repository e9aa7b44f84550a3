# SPDX-License-Identifier: Apache-2.0
"""tintin convert: a trained float network becomes a record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import typer

from tintin import record as records
from tintin.cli.options import SUFFIX, Json, answer, architecture_text
from tintin.data.npz import arrays
from tintin.engine import arena_size
from tintin.errors import DataError
from tintin.files import write_atomically


def convert(
    file: Annotated[Path, typer.Argument(metavar="FILE.onnx", help="An ONNX file.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The record to write (FILE.tt).")
    ] = None,
    samples: Annotated[
        Path | None,
        typer.Option(
            help="An npz with x: inputs as the ONNX model takes them. They set the scales."
        ),
    ] = None,
    input_exp: Annotated[
        int | None,
        typer.Option(help="Real input = int8 * 2^this. From the samples, or -7 (0..1 as 0..127)."),
    ] = None,
    fractions: Annotated[
        bool, typer.Option(help="Keep the fraction bits that training goes on from.")
    ] = True,
    json: Json = False,
) -> None:
    """Convert a float network. Operators that are not supported are refused by name."""
    from tintin.importers import onnx  # noqa: PLC0415 - slow to import

    given = None if samples is None else _samples(samples)
    record = onnx.convert(file, given, input_exp)
    data = records.pack(record if fractions else record.without_fractions())
    path = out or file.with_suffix(SUFFIX)
    write_atomically(path, data)
    values = {
        "record": str(path),
        "bytes": len(data),
        "crc": f"{records.crc(data):08x}",
        "input": list(record.model.input),
        "input_exp": record.model.input_exp,
        "classes": record.model.classes,
        "calibrated": given is not None,
        "arena": arena_size(data),
    }
    human = f"{path}: {architecture_text(record)}, {len(data)} bytes, input exponent " + (
        f"{record.model.input_exp}"
    )
    if given is None:
        human += "\nscales set by noise: give --samples for better predictions"
    answer(json, values, human)


def _samples(path: Path) -> npt.NDArray[Any]:
    found = arrays(path)
    if "x" not in found:
        raise DataError(f"{path}: no x in it, only {', '.join(sorted(found))}")
    x = found["x"]
    if x.dtype.kind not in "iuf" or x.ndim < 2 or not np.isfinite(x).all():
        raise DataError(f"{path}: x must be finite numbers [N, ...]")
    return x
