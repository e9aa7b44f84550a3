# SPDX-License-Identifier: Apache-2.0
"""Centres from the whole of a training set, as a state that a device's pipeline restores."""

from __future__ import annotations

import struct
import zlib

import numpy as np

from tintin.signals.pipeline import CENTRE_UNIT, STATE_HEAD, Description, Int16Array, Pipeline

SETTLED = 1 << 15  # vectors that the state says it has seen: a device goes on slowly


def state_of(description: Description, values: Int16Array) -> bytes:
    """Mean and mean distance of each centre over vectors of values [N, length]."""
    pipeline = Pipeline(description)
    centre = pipeline.centre_of
    count = np.bincount(centre) * len(values)
    mean = np.bincount(centre, values.sum(axis=0, dtype=np.float64)) / count
    away = np.abs(values - mean[centre]).sum(axis=0)
    spread = np.bincount(centre, away) / count
    pairs = np.rint(np.stack([mean, spread], axis=1) * CENTRE_UNIT).astype("<i4")
    blank = pipeline.save()
    head = blank[: STATE_HEAD - 4] + struct.pack("<I", SETTLED)
    body = head + pairs.tobytes()
    return body + struct.pack("<I", zlib.crc32(body))
