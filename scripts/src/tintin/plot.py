# SPDX-License-Identifier: Apache-2.0
"""Pictures of how a network learned."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from tintin.training import Epoch


def learning_curve(epochs: Sequence[Epoch], title: str) -> bytes:
    """A PNG of accuracy (%) against the pass."""
    figure, axes = _figure(title)
    passes = [e.epoch for e in epochs]
    axes.plot(passes, [100 * e.test_accuracy for e in epochs], "o-", label="test set")
    axes.plot(
        passes, [100 * e.running_accuracy for e in epochs], ".--", label="training, before learning"
    )
    return _png(figure, axes)


def learning_curves(curves: Mapping[str, Sequence[Epoch]], title: str) -> bytes:
    """A PNG of test accuracy (%) against the pass, one line a name."""
    figure, axes = _figure(title)
    for name, epochs in curves.items():
        accuracies = [100 * e.test_accuracy for e in epochs]
        axes.plot([e.epoch for e in epochs], accuracies, "o-", markersize=3, label=name)
    return _png(figure, axes)


def _figure(title: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(6.4, 4.0), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set(xlabel="pass", ylabel="accuracy (%)", title=title)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)
    return figure, axes


def _png(figure: Figure, axes: Axes) -> bytes:
    axes.legend(loc="lower right")
    png = io.BytesIO()
    figure.savefig(png, format="png")
    return png.getvalue()
