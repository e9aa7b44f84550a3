# SPDX-License-Identifier: Apache-2.0
"""The curve of a learning device as a PNG."""

from __future__ import annotations

import io
from collections.abc import Mapping

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from tintin.link.view import WINDOW, RunningAccuracy

COLOURS = ("tab:red", "tab:green", "tab:purple")


def running_curve(accuracy: RunningAccuracy, marks: Mapping[str, float], title: str) -> bytes:
    """Running accuracy (%) against samples learned; `marks` are held-out accuracies to compare."""
    figure = Figure(figsize=(7.2, 4.2), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    percent = [100 * value for value in accuracy.values]
    axes.plot(accuracy.samples, percent, label=f"running, last {WINDOW}, before learning")
    for (name, value), colour in zip(marks.items(), COLOURS, strict=False):
        label = f"held out, {name}: {value:.2%}"
        axes.axhline(100 * value, color=colour, linestyle="--", linewidth=1, label=label)
    axes.set(xlabel="samples learned", ylabel="accuracy (%)", title=title, ylim=(0, 101))
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    png = io.BytesIO()
    figure.savefig(png, format="png")
    return png.getvalue()
