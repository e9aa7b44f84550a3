# SPDX-License-Identifier: Apache-2.0
"""tintin run: drive a board, or one in QEMU."""

from __future__ import annotations

import contextlib
import json as json_format
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from tintin.errors import ModelError
from tintin.files import write_atomically
from tintin.link.board import Board
from tintin.link.picture import running_curve
from tintin.link.qemu import Qemu
from tintin.link.readings import Readings, load
from tintin.link.session import examine, teach
from tintin.link.tasks import Task, live, split
from tintin.link.view import View
from tintin.training import sample_order


@contextlib.contextmanager
def _connect(
    elf: Path | None, ports: tuple[str | None, str | None], channels: int
) -> Iterator[Board]:
    shell, sensor = ports
    if elf is not None:
        with Qemu(elf) as qemu, qemu.board(channels) as board:
            yield board
    elif shell and sensor:
        with Board.open(shell, sensor, channels) as board:
            yield board
    else:
        raise ModelError("give --elf for QEMU, or --shell and --sensor for a board")


def run(
    elf: Annotated[
        Path | None, typer.Option(help="zephyr.elf of the application, to run in QEMU.")
    ] = None,
    shell: Annotated[
        str | None, typer.Option(help="The board's shell: /dev/ttyACM0, COM3, socket://host:port.")
    ] = None,
    sensor: Annotated[
        str | None, typer.Option(help="The board's serial-fed sensor, a second port.")
    ] = None,
    data: Annotated[
        str, typer.Option(help="digits, or FILE.npz with x, y, x_test, y_test: raw readings.")
    ] = "digits",
    channels: Annotated[int, typer.Option(min=1, max=16, help="Values of one reading.")] = 1,
    passes: Annotated[int, typer.Option(min=0, help="Times that x is learned; 0: none.")] = 1,
    lr: Annotated[
        float | None, typer.Option(min=1e-6, max=256, help="Learning rate; else the device's.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the order of the samples.")] = 1,
    limit: Annotated[int | None, typer.Option(min=1, help="Only so many samples of each.")] = None,
    tasks: Annotated[
        int | None,
        typer.Option(
            min=1, help="Classes of a task: learn them so many at a time, examine all after each."
        ),
    ] = None,
    save: Annotated[bool, typer.Option(help="Have the device save what it learned.")] = True,
    plot: Annotated[Path | None, typer.Option(help="Write the running accuracy as a PNG.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Answer with one JSON object.")] = False,
) -> None:
    """Feed a device samples, say what they are, and read how well it does."""
    readings = load(data).first(limit)
    with _connect(elf, (shell, sensor), channels) as board:
        if lr is not None:
            board.set_rate(lr)
        if tasks is None:
            answer = _drive(board, readings, (passes, seed), plot)
        else:
            answer = _live(board, split(readings, tasks, seed), plot)
        if save and passes:
            answer["saved"] = board.save()
    if json:
        typer.echo(json_format.dumps(answer))
    elif tasks is not None:
        typer.echo(_lived(answer))
    else:
        before, after = answer["accuracy_before"], answer["accuracy_after"]
        typer.echo(f"{before:.2%} before, {after:.2%} after {answer['samples']} samples")


def _live(board: Board, tasks: list[Task], plot: Path | None) -> dict[str, Any]:
    with View("learning", sum(len(task.train) for task in tasks)) as view:
        answer = live(board, tasks, view)
    if plot is not None:
        marks = {"average": answer["average_accuracy"]}
        write_atomically(plot, running_curve(view.accuracy, marks, "learning task by task"))
    return answer


def _lived(answer: dict[str, Any]) -> str:
    """The accuracy matrix and what is said about it."""
    rows = [
        f"after {', '.join(map(str, classes))}: " + " ".join(f"{a:7.2%}" for a in row)
        for classes, row in zip(answer["tasks"], answer["accuracy"], strict=True)
    ]
    average, lost = answer["average_accuracy"], answer["forgetting"]
    learner = answer["learner"]
    return "\n".join(
        [
            *rows,
            f"average accuracy {average:.2%}, forgetting {lost:.2%}, "
            f"right before learning {answer['prequential_accuracy']:.2%}",
            f"{learner['method']}: {learner['steps']} steps, {learner['kept']} states kept, "
            f"{learner['rollbacks']} rolled back, {sum(learner['alarms'])} drift alarms",
        ]
    )


def _drive(
    board: Board, data: Readings, course: tuple[int, int], plot: Path | None
) -> dict[str, Any]:
    passes, seed = course
    before = after = examine(board, data.test)
    with View("learning", passes * len(data.train)) as view:
        for number in range(1, passes + 1):
            view.describe(f"pass {number} of {passes}")
            teach(board, data.train.ordered(sample_order(len(data.train), seed, number)), view.see)
    stats = board.settle()
    if passes:
        after = examine(board, data.test)
    if plot is not None:
        marks = {"before": before, "after": after}
        write_atomically(plot, running_curve(view.accuracy, marks, "learning on the device"))
    return {
        "samples": view.accuracy.total,
        "accuracy_before": before,
        "accuracy_after": after,
        "stats": stats,
    }
