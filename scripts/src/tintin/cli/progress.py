# SPDX-License-Identifier: Apache-2.0
"""How long work goes, on stderr, so that stdout stays the answer's."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


def on_stderr() -> Console:
    """Where it is said."""
    return Console(stderr=True)


def progress_bar() -> Progress:
    """A bar of samples, with the accuracies `running` and `test`."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[running]}"),
        TextColumn("{task.fields[test]}"),
        TimeRemainingColumn(),
        console=on_stderr(),
    )
