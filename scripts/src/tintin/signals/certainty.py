# SPDX-License-Identifier: Apache-2.0
"""How sure a network of two classes is, sample by sample."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tintin._engine import ffi, lib
from tintin.engine import Network, batch_of, check

ONE = 32768


def certainty(network: Network, x: npt.ArrayLike) -> npt.NDArray[np.int32]:
    """Probability of class 1 in Q15, of samples [N, length]."""
    samples, batch = batch_of(x)
    out = np.zeros((len(samples), 2), np.uint16)
    pointer = ffi.cast("struct tintin_prediction *", ffi.from_buffer(out))
    check(lib.tt_predict_many(network.handle, batch, pointer))
    confidence = out[:, 1].astype(np.int32)
    return np.where(out[:, 0] == 1, confidence, ONE - confidence)
