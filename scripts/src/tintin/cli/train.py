# SPDX-License-Identifier: Apache-2.0
"""tintin train: learn on this computer, with the engine of the device."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from tintin import record as records
from tintin import training
from tintin.cli.compare import Sheet, compare_modes
from tintin.cli.options import (
    BatchSize,
    Json,
    RecordPath,
    TrainSpec,
    answer,
    batch_log2,
    load_record,
    train_layers,
)
from tintin.cli.progress import progress_bar
from tintin.cost.compare import Course
from tintin.data import Dataset, load
from tintin.engine import Network
from tintin.errors import ModelError
from tintin.files import write_atomically
from tintin.training import Epoch


def train(
    record: RecordPath,
    data: Annotated[
        str,
        typer.Option(
            help="digits, mnist, fashion-mnist, activity, bearing, or FILE.npz with x and y."
        ),
    ],
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the training set.")] = 10,
    lr: Annotated[
        float | None, typer.Option(help="Learning rate; without it, the record's own.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the order of the samples.")] = 1,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The record to write (RECORD-trained.tt).")
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="Write the learning curve as a PNG.")] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Where MNIST's four idx files are (or $TINTIN_DATA).")
    ] = None,
    layers: TrainSpec = "all",
    batch: BatchSize = 1,
    compare: Annotated[
        bool,
        typer.Option(
            "--compare-modes",
            help="Train with 8, 4 and 0 fraction bits from the same start; writes no record.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Train a record on this computer, bit for bit as the device would, and test every pass."""
    start = load_record(record)
    content = records.read(start)
    samples = load(data, data_dir, content.model.input_exp)
    course = Course(epochs, seed, train_layers(layers, content), batch_log2(batch), lr)
    if compare:
        if out is not None:
            raise ModelError("--compare-modes writes no record: leave --out away")
        compare_modes(start, samples, course, Sheet(f"{record.stem} on {data}", plot, json))
        return
    network = Network(start, train=course.layers, batch_log2=course.batch_log2)
    if lr is not None:
        network.set_rate(lr)
    history = _run(network, samples, epochs, seed)
    path = out or record.with_name(f"{record.stem}-trained{record.suffix}")
    trained = network.save()
    write_atomically(path, trained)
    if plot is not None:
        _draw(plot, history, f"{path.stem} on {data}")
    values: dict[str, Any] = {
        "record": str(path),
        "bytes": len(trained),
        "crc": f"{records.crc(trained):08x}",
        "step": network.step,
        "rate": float(network.rate),
        "seed": seed,
        "train_samples": len(samples.y_train),
        "test_samples": len(samples.y_test),
        "test_accuracy": history[-1].test_accuracy,
        "epochs": [asdict(epoch) for epoch in history],
    }
    answer(json, values, _summary(values, history))


def _draw(path: Path, history: Sequence[Epoch], title: str) -> None:
    # Matplotlib takes longer to import than all the rest of the program.
    from tintin.plot import learning_curve  # noqa: PLC0415

    write_atomically(path, learning_curve(history, title))


def _run(network: Network, samples: Dataset, epochs: int, seed: int) -> list[Epoch]:
    """Train with a progress bar on stderr, so that stdout stays the answer's."""
    history: list[Epoch] = []
    bar = progress_bar()
    task = bar.add_task("pass 1", total=epochs * len(samples.y_train), running="", test="")

    def progress(n: int, running: float) -> None:
        bar.update(task, advance=n, running=f"running {running:.1%}")

    passes = training.train(network, samples, epochs, seed, progress)
    with bar:
        for epoch in passes:
            history.append(epoch)
            following = f"pass {min(epoch.epoch + 1, epochs)}"
            bar.update(task, description=following, test=f"test {epoch.test_accuracy:.2%}")
    return history


def _summary(values: dict[str, Any], history: Sequence[Epoch]) -> str:
    best = max(history, key=lambda epoch: epoch.test_accuracy)
    speed = len(history) * values["train_samples"] / sum(epoch.seconds for epoch in history)
    return (
        f"{values['record']}: {values['test_accuracy']:.2%} of {values['test_samples']} test "
        f"samples after {len(history)} passes (best {best.test_accuracy:.2%} after "
        f"{best.epoch}), {speed:,.0f} samples a second"
    )
