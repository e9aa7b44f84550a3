# SPDX-License-Identifier: Apache-2.0
"""How learning goes, live: on a terminal a bar and a curve, elsewhere a line now and then."""

from __future__ import annotations

import time
from collections import deque

from rich.console import Console
from rich.live import Live
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

WINDOW = 200  # samples that the running accuracy looks back on
BLOCKS = " ▁▂▃▄▅▆▇█"
CURVE_WIDTH = 60
LINE_EVERY = 5.0  # s


class RunningAccuracy:
    """Share of hits among the last WINDOW samples, and how it went."""

    def __init__(self) -> None:
        self._last: deque[bool] = deque(maxlen=WINDOW)
        self.samples: list[int] = []
        self.values: list[float] = []
        self.total = 0

    def see(self, hit: bool) -> None:
        """One more sample."""
        self._last.append(hit)
        self.total += 1
        if self.total % 20 == 0:
            self.samples.append(self.total)
            self.values.append(self.now)

    @property
    def now(self) -> float:
        """As of the last sample; 0 before the first."""
        return sum(self._last) / len(self._last) if self._last else 0.0


def sparkline(values: list[float], width: int = CURVE_WIDTH) -> str:
    """Values between 0 and 1 as a row of blocks, resampled to at most `width`."""
    step = max(1, -(-len(values) // width))
    return "".join(BLOCKS[round(v * (len(BLOCKS) - 1))] for v in values[::step])


class View:
    """A task of so many samples, shown on stderr. Use in a with statement."""

    def __init__(self, title: str, total: int, quiet: bool = False) -> None:
        self.accuracy = RunningAccuracy()
        self._console = Console(stderr=True, quiet=quiet)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=self._console,
        )
        self._task = self._bar.add_task(title, total=total)
        self._title, self._total = title, total
        self._live = Live(self._picture(), console=self._console, refresh_per_second=8)
        self._said = time.monotonic()
        self._line = ""

    def __enter__(self) -> View:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._console.is_terminal:
            self._live.update(self._picture(), refresh=True)
            self._live.stop()
        else:
            self._say()

    def describe(self, title: str) -> None:
        """What is going on now."""
        self._title = title
        self._bar.update(self._task, description=title)
        if not self._console.is_terminal:
            self._say()

    def see(self, hit: bool) -> None:
        """One more sample, predicted rightly or not."""
        self.accuracy.see(hit)
        self._bar.update(self._task, completed=self.accuracy.total)
        if self._console.is_terminal:
            if self.accuracy.total % 20 == 0:
                self._live.update(self._picture())
        elif time.monotonic() - self._said > LINE_EVERY:
            self._say()

    def _say(self) -> None:
        self._said = time.monotonic()
        done = f"{self._title}: {self.accuracy.total} of {self._total} samples"
        running = f", running accuracy {self.accuracy.now:.1%}" if self.accuracy.total else ""
        if done + running != self._line:
            self._line = done + running
            self._console.print(self._line)

    def _picture(self) -> Panel:
        grid = Table.grid()
        grid.add_row(self._bar)
        curve = sparkline(self.accuracy.values)
        grid.add_row(f"[green]{curve}[/] {self.accuracy.now:.1%} of the last {WINDOW} right")
        return Panel(grid, title="running accuracy, predicted before learning")
