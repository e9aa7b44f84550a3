# SPDX-License-Identifier: Apache-2.0
"""A data set by the name that the command line takes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tintin.data.activity import activity
from tintin.data.bearing import bearing
from tintin.data.dataset import Dataset
from tintin.data.digits import digits
from tintin.data.mnist import fashion_mnist, mnist
from tintin.data.npz import npz
from tintin.errors import DataError

NAMED: dict[str, Callable[[Path | None], Dataset]] = {
    "digits": lambda data_dir: digits(),
    "mnist": mnist,
    "fashion-mnist": fashion_mnist,
    "activity": activity,
    "bearing": bearing,
}


def load(name: str, data_dir: Path | None = None, input_exp: int = -7) -> Dataset:
    """`digits`, `mnist`, `fashion-mnist`, `activity`, `bearing`, or the path of an npz file."""
    if name in NAMED:
        return NAMED[name](data_dir)
    if name.endswith(".npz"):
        return npz(name, input_exp)
    raise DataError(f"{name}: must be {', '.join(NAMED)} or a file that ends in .npz")
