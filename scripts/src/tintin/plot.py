# SPDX-License-Identifier: Apache-2.0
"""Pictures of how a network learned."""

from __future__ import annotations

import io
from collections.abc import Sequence

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from tintin.training import Epoch


def learning_curve(epochs: Sequence[Epoch], title: str) -> bytes:
    """A PNG of accuracy (%) against the pass."""
    figure = Figure(figsize=(6.4, 4.0), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    passes = [e.epoch for e in epochs]
    axes.plot(passes, [100 * e.test_accuracy for e in epochs], "o-", label="test set")
    axes.plot(
        passes, [100 * e.running_accuracy for e in epochs], ".--", label="training, before learning"
    )
    axes.set(xlabel="pass", ylabel="accuracy (%)", title=title)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    png = io.BytesIO()
    figure.savefig(png, format="png")
    return png.getvalue()
