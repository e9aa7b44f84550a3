# SPDX-License-Identifier: Apache-2.0
"""Ten patterns of 8x8 pixels and noisy pictures of them: something to learn within seconds."""

from __future__ import annotations

import numpy as np

CLASSES = 10
PIXELS = 64


def pictures(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """int16 [n, 64] of pixels 0..16, and labels [n]."""
    patterns = np.random.default_rng(1).integers(0, 17, (CLASSES, PIXELS))
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, CLASSES, n)
    noisy = patterns[labels] + rng.normal(0, 2, (n, PIXELS))
    return np.clip(np.rint(noisy), 0, 16).astype(np.int16), labels


def features(pixels: np.ndarray) -> np.ndarray:
    """What the application's pipeline makes of pixels: app/boards/pipeline.dtsi."""
    return (pixels << 2).astype(np.int8)
