# SPDX-License-Identifier: Apache-2.0
"""tintin pretrain: an application's network, trained here before it learns on the device."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from tintin import record as records
from tintin.cli.options import Json, answer
from tintin.cli.progress import progress_bar
from tintin.engine import arena_size
from tintin.files import write_atomically
from tintin.signals.application import NAMES, SUFFIX, VARIANTS, Application, load
from tintin.signals.pretrain import Prepared, Trained, prepare, recordings_of, train

HELP = f"{', '.join(NAMES + VARIANTS)}, or a description of yours (.json)."


def pretrain(
    name: Annotated[str, typer.Argument(metavar="NAME", help=HELP)],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The record to write (NAME.tt).")
    ] = None,
    data_dir: Annotated[
        Path | None,
        typer.Option(
            help="Where its data is (or $TINTIN_DATA): NAME.npz of yours, or what `tintin data` "
            "brings. Without it, bearing is a machine's model."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=1, help="Of weights, order and noise.")] = 1,
    seeds: Annotated[
        int, typer.Option(min=1, help="Train so many, from --seed on; the first is written.")
    ] = 1,
    passes: Annotated[
        int | None, typer.Option(min=1, help="Over the training set, instead of its own.")
    ] = None,
    json: Json = False,
) -> None:
    """Make features by the device's pipeline, train by its engine, and test on what is new.

    Writes the record, and beside it NAME.centres: the ranges that the pipeline starts from.
    """
    application = load(name)
    if passes is not None:
        plan = replace(application.training, passes=passes)
        application = replace(application, training=plan)
    beside = Path(name).parent if name.endswith(SUFFIX) else None
    prepared = prepare(application, recordings_of(application, data_dir, 1, beside))
    trained = _train_all(application, prepared, range(seed, seed + seeds))
    path = out or Path(f"{application.name}.tt")
    write_atomically(path, trained[0].record)
    write_atomically(path.with_suffix(".centres"), prepared.centres)
    values = _values(application, prepared, trained) | {"record": str(path), "seed": seed}
    answer(json, values, _summary(values, application))


def _train_all(application: Application, prepared: Prepared, seeds: range) -> list[Trained]:
    bar = progress_bar()
    total = len(seeds) * application.training.passes
    task = bar.add_task(application.name, total=total, running="", test="")
    trained = []
    with bar:
        for seed in seeds:
            trained.append(
                train(application, prepared, seed, lambda n: bar.update(task, advance=n))
            )
            bar.update(task, test=f"test {trained[-1].accuracy:.2%}")
    return trained


def _values(application: Application, prepared: Prepared, trained: list[Trained]) -> dict[str, Any]:
    accuracies = [t.accuracy for t in trained]
    record = trained[0].record
    return _detection(trained) | {
        "application": application.name,
        "source": prepared.source,
        "train_samples": int((~prepared.samples.test).sum()),
        "test_samples": int(prepared.samples.test.sum()),
        "short_recordings": prepared.short,
        "test_accuracy": float(np.mean(accuracies)),
        "test_accuracy_of_seeds": accuracies,
        "test_accuracy_by_domain": {
            str(d): float(np.mean([t.by_domain[d] for t in trained])) for d in trained[0].by_domain
        },
        "bytes": len(record),
        "crc": f"{records.crc(record):08x}",
        "features": application.description.length,
        "pipeline_ram": application.description.memory,
        "arena": arena_size(record),
    }


def _detection(trained: list[Trained]) -> dict[str, Any]:
    found = [t.detection for t in trained if t.detection is not None]
    if not found:
        return {}
    mean = {str(d): float(np.mean([f[d] for f in found])) for d in found[0]}
    return {"detection_at_10_percent_false_alarms": mean}


def _summary(values: dict[str, Any], application: Application) -> str:
    each = ", ".join(f"{d}: {a:.1%}" for d, a in values["test_accuracy_by_domain"].items())
    spread = values["test_accuracy_of_seeds"]
    seeds = f" ({min(spread):.2%} .. {max(spread):.2%})" if len(spread) > 1 else ""
    short = values["short_recordings"]
    dropped = f"; left out, too short for a sample: {short}" if short else ""
    return (
        f"{values['record']}: {values['test_accuracy']:.2%}{seeds} of {values['test_samples']} "
        f"test samples ({values['source']}), by {application.domain} {each}; RAM: pipeline "
        f"{values['pipeline_ram']}, training {values['arena']} bytes{dropped}"
    )
