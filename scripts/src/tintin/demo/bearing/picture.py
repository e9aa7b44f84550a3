# SPDX-License-Identifier: Apache-2.0
"""A monitor's life as a PNG."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import pairwise

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from tintin.demo.bearing.course import Course
from tintin.demo.bearing.outcome import Life, Look

SOFT = "#e6e9ee"


def life_curve(course: Course, life: Life, twin: Life, title: str) -> bytes:
    """Accuracy (%) of every exam against the labelled windows; a stripe for each meeting.

    Dots are of `life`; the lines between them of its twin, which sat more exams.
    """
    figure = Figure(figsize=(8.0, 4.4), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    colours = mpl.colormaps["viridis"](np.linspace(0.05, 0.88, len(course.exams)))
    for exam, colour in zip(course.exams, colours, strict=True):
        fault = exam is course.exams[-1]
        style = {"color": "tab:red", "ls": "--"} if fault else {"color": colour}
        style |= {"lw": 1.8, "label": f"{exam.name}{', new fault' * fault}"}
        (line,) = axes.plot(*_line(twin.looks, exam.name), **style)
        axes.plot(*_line(life.ends, exam.name), "o", ms=5, color=line.get_color())
    bounds = [look.labelled for look in life.ends]
    for number, ((begin, end), part) in enumerate(
        zip(pairwise(bounds), course.meetings, strict=True)
    ):
        if number % 2 == 0:
            axes.axvspan(begin, end, color=SOFT, alpha=0.6, lw=0, zorder=0)
        axes.text((begin + end) / 2, 104, f"meets {part.name}", ha="center", fontsize=8)
    axes.set(xlabel="labelled windows", ylabel="accuracy of the exam (%)", ylim=(-3, 110))
    axes.set(title=title, xlim=(0, _last(bounds)))
    axes.legend(loc="lower left", bbox_to_anchor=(0.02, 0.08))
    png = io.BytesIO()
    figure.savefig(png, format="png")
    return png.getvalue()


def _line(looks: Sequence[Look], exam: str) -> tuple[list[int], list[float]]:
    those = [look for look in looks if exam in look.accuracy]
    return [look.labelled for look in those], [100 * look.accuracy[exam] for look in those]


def _last(values: Sequence[int]) -> int:
    return max(values[-1], 1)
