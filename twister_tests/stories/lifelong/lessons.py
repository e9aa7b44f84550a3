# SPDX-License-Identifier: Apache-2.0
"""scikit-learn's digits as lessons: a task is two classes."""

from __future__ import annotations

import numpy as np

from tintin.data.dataset import Dataset

TASKS = [(0, 1), (2, 3), (4, 5), (6, 7), (8, 9)]
Lesson = tuple[np.ndarray, int]  # pixels 0..16, class


def lessons(digits: Dataset, classes: tuple[int, ...], n: int, skip: int = 0) -> list[Lesson]:
    """Training samples of some classes, in their order."""
    rows = np.flatnonzero(np.isin(digits.y_train, classes))[skip : skip + n]
    return [(digits.x_train[i].astype(np.int16), int(digits.y_train[i])) for i in rows]


def exam(digits: Dataset, classes: tuple[int, ...], n: int) -> tuple[np.ndarray, np.ndarray]:
    """Samples [n, 64] that are never learned, and their classes."""
    rows = np.flatnonzero(np.isin(digits.y_test, classes))[:n]
    return digits.x_test[rows].astype(np.int16), digits.y_test[rows]
