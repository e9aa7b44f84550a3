# SPDX-License-Identifier: Apache-2.0
"""scikit-learn's 1797 handwritten digits of 8x8 pixels."""

from __future__ import annotations

import numpy as np

from tintin.data.dataset import Dataset, split
from tintin.errors import DataError

TRAIN = 1347
TEST = 450
SPLIT_SEED = 0


def digits_pixels() -> Dataset:
    """Pixels as they are, uint8 0..16 [N, 64]: what a sensor of them reads."""
    try:
        from sklearn.datasets import load_digits  # noqa: PLC0415 - optional
    except ImportError:
        raise DataError(
            "the digits come with scikit-learn, which is not installed: pip install scikit-learn"
        ) from None
    bunch = load_digits()
    return split(bunch.data.astype(np.uint8), bunch.target, TRAIN, SPLIT_SEED)


def digits() -> Dataset:
    """The same samples as features: pixel * 4, the uint8 image pixel * 8 by image_to_int8()."""
    raw = digits_pixels()
    return raw._replace(
        x_train=(raw.x_train << 2).astype(np.int8), x_test=(raw.x_test << 2).astype(np.int8)
    )
