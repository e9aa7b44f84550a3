# SPDX-License-Identifier: Apache-2.0
"""MNIST and Fashion-MNIST from their four idx files, compressed or not."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tintin.data.dataset import Dataset, image_to_int8
from tintin.data.places import Home
from tintin.errors import DataError

UINT8 = 8
FILES = {
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}
FOUR = f"{FILES['x_train']}[.gz] and its three companions"
MNIST = Home("MNIST", ("mnist",), FILES["x_train"], FOUR)
FASHION = Home(
    "Fashion-MNIST",
    ("fashion-mnist", "fashion_mnist"),
    FILES["x_train"],
    FOUR,
    exclusive=True,
    system=("/usr/share/datasets/fashion-mnist",),  # Debian's dataset-fashion-mnist
)


def mnist(data_dir: Path | str | None = None) -> Dataset:
    """60,000 and 10,000 images, int8 [N, 784]. Raises DataError where they are absent."""
    return _images(MNIST.find(data_dir))


def fashion_mnist(data_dir: Path | str | None = None) -> Dataset:
    """60,000 and 10,000 images of clothes in ten classes, int8 [N, 784]; raises DataError."""
    return _images(FASHION.find(data_dir))


def _images(folder: Path) -> Dataset:
    parts = {key: _read_idx(_file(folder, name)) for key, name in FILES.items()}
    for half in ("train", "test"):
        images, labels = parts[f"x_{half}"], parts[f"y_{half}"]
        if images.ndim != 3 or labels.shape != images.shape[:1]:
            raise DataError(f"{folder}: the {half} images and labels do not belong together")
        parts[f"x_{half}"] = image_to_int8(images.reshape(len(images), -1))
        parts[f"y_{half}"] = labels.astype(np.uint16)
    return Dataset(**parts)


def _file(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise DataError(f"{folder}: {name}[.gz] is missing")


def _read_idx(path: Path) -> npt.NDArray[Any]:
    """An idx file of uint8: 0, 0, type, dimensions, each extent as big-endian u32, values."""
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError) as error:
        raise DataError(f"{path}: {error}") from None
    if len(data) < 4 or data[:3] != bytes([0, 0, UINT8]) or len(data) < 4 + 4 * data[3]:
        raise DataError(f"{path}: not an idx file of bytes")
    shape = [int(n) for n in np.frombuffer(data, ">u4", data[3], 4)]
    values = np.frombuffer(data, np.uint8, offset=4 + 4 * data[3])
    if values.size != int(np.prod(shape)):
        raise DataError(f"{path}: truncated, {values.size} values for {shape}")
    return values.reshape(shape)
