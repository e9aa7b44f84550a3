# SPDX-License-Identifier: Apache-2.0
"""A data set by the name that the command line takes."""

from __future__ import annotations

from pathlib import Path

from tintin.data.dataset import Dataset
from tintin.data.digits import digits
from tintin.data.mnist import mnist
from tintin.data.npz import npz
from tintin.errors import DataError


def load(name: str, data_dir: Path | None = None, input_exp: int = -7) -> Dataset:
    """`digits`, `mnist`, or the path of an npz file."""
    if name == "digits":
        return digits()
    if name == "mnist":
        return mnist(data_dir)
    if name.endswith(".npz"):
        return npz(name, input_exp)
    raise DataError(f"{name}: must be digits, mnist or a file that ends in .npz")
