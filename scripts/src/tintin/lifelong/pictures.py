# SPDX-License-Identifier: Apache-2.0
"""Lives as pictures, each an SVG."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from tintin.lifelong.agent import FLOAT, Setup
from tintin.lifelong.life import Life

INK, SOFT, GRID = "#1c2430", "#6b7686", "#e6e9ee"
INTEGER_COLOUR, FLOAT_COLOUR = "#0b6e99", "#e0a030"
ALARM, ROLLBACK = "#d08700", "#c0392b"
STYLE: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": INK,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "svg.hashsalt": "tintin",
}
LETTER = 0.0105  # of the width, in a stage's name
SIGNAL_ROWS = {"loss": 3, "confidence": 2, "offset": 1, "amplitude": 0}


def title_of(setup: Setup) -> str:
    """A setup in a few words."""
    return f"{setup.method}, {setup.arithmetic}"


def over_time(group: Sequence[Life]) -> bytes:
    """Accuracy on each exam over the samples observed, and what the learner said meanwhile.

    Lines are means over the seeds, the band is from the least to the most; alarms and rollbacks
    are those of all seeds.
    """
    with mpl.rc_context(STYLE):
        figure = _figure(9.6, 3.9)
        top, below = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1.3])
        curves = 100 * np.array([life.curve for life in group])
        times = np.array(group[0].looks)
        colours = mpl.colormaps["viridis"](np.linspace(0.05, 0.88, curves.shape[2]))
        for i, name in enumerate(group[0].exams):
            top.plot(times, curves[:, :, i].mean(axis=0), color=colours[i], lw=1.8, label=name)
            low, high = curves[:, :, i].min(axis=0), curves[:, :, i].max(axis=0)
            top.fill_between(times, low, high, color=colours[i], alpha=0.10, lw=0)
        _stages(top, group[0])
        top.set(ylim=(-3, 103), ylabel="accuracy (%)")
        top.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=8)
        _happenings(below, group)
        below.set_xlabel("samples observed")
        return _svg(figure)


def _stages(axes: Axes, life: Life) -> None:
    names = life.stages[len(life.stages) - len(life.ends) :]
    begins = [0, *life.ends[:-1]]
    named = -1.0  # where the last name ends, as a share of the width
    for i, (begin, end) in enumerate(zip(begins, life.ends, strict=True)):
        if i % 2:
            axes.axvspan(begin, end, color=GRID, alpha=0.45, lw=0, zorder=0)
        middle, half = (begin + end) / 2 / life.ends[-1], LETTER * len(names[i]) / 2
        if middle - half > named:
            where = axes.get_xaxis_transform()
            axes.text(
                (begin + end) / 2, 1.02, names[i], ha="center", va="bottom",
                fontsize=8, color=SOFT, transform=where,
            )  # fmt: skip
            named = middle + half
    axes.set_xlim(0, life.ends[-1])
    axes.grid(axis="y", color=GRID)


def _happenings(axes: Axes, group: Sequence[Life]) -> None:
    """A row for each signal's alarms, and one for rollbacks above them."""
    for life in group:
        for happening in life.happenings:
            if happening.kind == "drift":
                row = SIGNAL_ROWS.get(happening.what, 0)
                axes.plot(happening.observed, row, "|", color=ALARM, ms=8, mew=1.5)
            elif happening.kind == "rolled_back":
                axes.plot(happening.observed, 4, "v", color=ROLLBACK, ms=6)
    _stages(axes, group[0])
    for text in axes.texts[:]:
        text.remove()
    names = {4: "rollback", **{row: f"drift: {name}" for name, row in SIGNAL_ROWS.items()}}
    axes.set_yticks(list(names), [names[row] for row in names], fontsize=7)
    axes.set_ylim(-0.7, 4.7)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)


def matrices(groups: Sequence[Sequence[Life]]) -> bytes:
    """The accuracy matrices of setups side by side: rows are time, columns exams."""
    with mpl.rc_context(STYLE):
        rows, columns = groups[0][0].matrix.shape
        cell = 0.42 if columns > 6 else 0.55
        figure = _figure(len(groups) * (columns * cell + 1.2), rows * cell + 1.6)
        for axes, group in zip(
            figure.subplots(1, len(groups), squeeze=False)[0], groups, strict=True
        ):
            _matrix(axes, group, first=group is groups[0])
        return _svg(figure)


def _matrix(axes: Axes, group: Sequence[Life], first: bool) -> None:
    values = 100 * np.mean([life.matrix for life in group], axis=0)
    axes.imshow(values, cmap="YlGnBu", vmin=0, vmax=100, aspect="equal")
    for (i, j), value in np.ndenumerate(values):
        colour = "white" if value > 60 else INK
        axes.text(j, i, f"{value:.0f}", ha="center", va="center", color=colour, fontsize=7.5)
    axes.set_xticks(range(values.shape[1]), group[0].exams, rotation=40, ha="right", fontsize=7.5)
    labels = [f"after {name}" for name in group[0].stages] if first else []
    axes.set_yticks(range(values.shape[0]) if first else [], labels, fontsize=7.5)
    axes.set_title(title_of(group[0].setup))
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def side_by_side(groups: Sequence[Sequence[Life]], metrics: dict[str, str]) -> bytes:
    """Each seed a dot, each setup's mean a bar; a panel for each metric (its name to its title)."""
    with mpl.rc_context(STYLE):
        figure = _figure(9.6, 0.34 * len(groups) + 1.1)
        panels = figure.subplots(1, len(metrics), squeeze=False, sharey=True)[0]
        for axes, (metric, title) in zip(panels, metrics.items(), strict=True):
            for row, group in enumerate(reversed(groups)):
                _dots(axes, row, [100 * life.metrics[metric] for life in group], group[0].setup)
            axes.set_title(f"{title} (%)")
            axes.grid(axis="x", color=GRID)
            axes.spines["left"].set_visible(False)
            axes.tick_params(axis="y", length=0)
        names = [title_of(group[0].setup) for group in reversed(groups)]
        panels[0].set_yticks(range(len(groups)), names, color=INK)
        return _svg(figure)


def _dots(axes: Axes, row: int, values: Sequence[float], setup: Setup) -> None:
    colour = FLOAT_COLOUR if setup.arithmetic == FLOAT else INTEGER_COLOUR
    average = float(np.mean(values))
    axes.barh(row, average, height=0.62, color=colour, alpha=0.22, lw=0)
    axes.plot(values, row + _spread(len(values)), "o", ms=3.4, color=colour, alpha=0.75, mew=0)
    axes.plot([average, average], [row - 0.31, row + 0.31], color=colour, lw=2)
    axes.annotate(
        f"{average:.1f}", (max([average, *values]), row), xytext=(5, 0),
        textcoords="offset points", va="center", fontsize=8, color=INK,
    )  # fmt: skip


def _spread(n: int) -> npt.NDArray[Any]:
    return np.linspace(-0.18, 0.18, n) if n > 1 else np.zeros(1)


def _figure(width: float, height: float) -> Figure:
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasSVG(figure)
    return figure


def _svg(figure: Figure) -> bytes:
    out = io.BytesIO()
    figure.savefig(out, format="svg", metadata={"Date": None}, transparent=True)
    return out.getvalue()
