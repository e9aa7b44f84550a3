# SPDX-License-Identifier: Apache-2.0
"""What is said about learning one thing after another, as the field defines it.

R[i, j] is the accuracy on task j after the i-th task was learned, b[j] that of the network before
its first task. T tasks, numbered from 0; shares of 1.

Average accuracy, backward and forward transfer: Lopez-Paz and Ranzato, NeurIPS 2017. Peak
forgetting: Chaudhry et al., ECCV 2018. Learning-curve area: Chaudhry et al., ICLR 2019.
Forgetting is Avalanche's: from a task's own accuracy, not from its best, to the last.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def average_accuracy(r: Floats) -> float:
    """Mean over the tasks after the last one."""
    return float(r[-1].mean())


def incremental_accuracy(r: Floats) -> float:
    """Mean, over time, of the average accuracy on the tasks met so far."""
    tasks = _square(r)
    return float(np.mean([r[i, : i + 1].mean() for i in range(tasks)]))


def forgetting(r: Floats) -> float:
    """Mean loss of a task from just after it was learned to the end: R[j, j] - R[T-1, j]."""
    tasks = _square(r)
    if tasks < 2:
        return 0.0
    return float(np.mean(np.diagonal(r)[:-1] - r[-1, :-1]))


def peak_forgetting(r: Floats) -> float:
    """Mean loss of a task from its best to the end: max over i < T-1 of R[i, j] - R[T-1, j]."""
    if _square(r) < 2:
        return 0.0
    return float(np.mean(r[:-1, :-1].max(axis=0) - r[-1, :-1]))


def backward_transfer(r: Floats) -> float:
    """What later tasks did to earlier ones: the opposite of forgetting."""
    return -forgetting(r)


def forward_transfer(r: Floats, before: Floats) -> float:
    """What earlier tasks did for later ones before they came: R[j-1, j] - b[j]."""
    tasks = _square(r)
    if tasks < 2:
        return 0.0
    return float(np.mean([r[j - 1, j] - before[j] for j in range(1, tasks)]))


def own_accuracy(r: Floats) -> float:
    """Mean accuracy on a task just after it was learned, the first one aside."""
    return float(np.diagonal(r)[1:].mean()) if _square(r) > 1 else float(r[0, 0])


def unadapted_accuracy(r: Floats) -> float:
    """Mean accuracy on the later tasks with what was known after the first."""
    return float(r[0, 1:].mean()) if _square(r) > 1 else float(r[0, 0])


def later_accuracy(r: Floats) -> float:
    """Mean over the tasks after the last one, the first task aside."""
    return float(r[-1, 1:].mean()) if _square(r) > 1 else float(r[0, 0])


def prequential_accuracy(hits: npt.NDArray[np.bool_]) -> float:
    """Share of predictions, each made before its label was learned, that were right."""
    return float(hits.mean()) if len(hits) else float("nan")


def learning_curve_area(curves: list[Floats]) -> float:
    """Mean accuracy on the task that is being learned.

    A curve for each task: its accuracy at points equally far apart, from before its first sample
    to after its last.
    """
    return float(np.mean([np.mean(curve) for curve in curves]))


def _square(r: Floats) -> int:
    if r.ndim != 2 or r.shape[0] != r.shape[1] or len(r) == 0:
        raise ValueError(f"an accuracy matrix is [tasks, tasks], not {list(r.shape)}")
    return len(r)
