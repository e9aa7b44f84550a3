# SPDX-License-Identifier: Apache-2.0
"""tintin info: what a network is made of and what it costs, by the figures of the engine."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table

from tintin import record as records
from tintin.cli.cost_tables import memory_table, modes_table
from tintin.cli.front_ends import ApplicationName, front_end_summary, front_end_values
from tintin.cli.options import (
    BatchSize,
    Json,
    OptionalRecord,
    TrainSpec,
    answer,
    batch_log2,
    load_record,
    shape_text,
    train_layers,
)
from tintin.cli.step import (
    Nanojoules,
    Samples,
    SamplesDir,
    Target,
    check_options,
    step_summary,
    step_table,
    step_values,
)
from tintin.cost.assumed import FEATURES
from tintin.cost.estimate import Estimate, Question, estimate
from tintin.cost.memory import plan
from tintin.cost.modes import modes
from tintin.engine import NONE, LayerInfo, Network, Train, arena_size
from tintin.errors import ModelError
from tintin.record import Record
from tintin.signals import learning
from tintin.signals.application import Application, load
from tintin.signals.fits import check_network
from tintin.signals.lesson import after_lessons, chosen, new_samples

SUMMED = ("parameters", "macs", "macs_backward", "flash", "arena_weights", "arena_kept")


def info(
    record: OptionalRecord = None,
    application: ApplicationName = None,
    train: TrainSpec = "all",
    batch: BatchSize = 1,
    target: Target = None,
    data: Samples = None,
    data_dir: SamplesDir = None,
    nanojoules: Nanojoules = None,
    json: Json = False,
) -> None:
    """Show each layer's shapes, parameters, multiply-accumulates, flash and RAM; with --target,
    the instructions and the energy of a learning step.
    """
    check_options(target, batch, data=data, nj=nanojoules)
    described = None if application is None else load(application)
    start = _start(record, described)
    content = records.read(start)
    choice = train_layers(train, content), batch_log2(batch)
    network = Network(start, train=choice[0], batch_log2=choice[1])
    memory, alternatives = plan(network), modes(start, *choice)
    values = {
        **_identity(start, content),
        "record": None if record is None else str(record),
        "train": train,
        "batch": batch,
        "layers": [asdict(layer) for layer in network.layers],
        "total": {name: sum(getattr(layer, name) for layer in network.layers) for name in SUMMED},
        "arena": network.arena_size,
        "arena_predict": arena_size(start, train=NONE),
        "memory": asdict(memory),
        "modes": [asdict(mode) for mode in alternatives],
    }
    shown: list[RenderableType] = [_table(network.layers, values), _summary(content, values), ""]
    shown.append(memory_table(memory))
    if any(layer.trained for layer in network.layers):
        shown.append(modes_table(alternatives))
    if described is not None:
        ends = front_end_values(described, target)
        values |= ends
        shown = [front_end_summary(ends, target), *shown]
    if target is not None:
        question = Question(target, data, data_dir, nanojoules)
        found = _estimated(question, record, start, described, choice[0])
        values["step_cost"] = step_values(found)
        names = [f"{i} {_name(layer)}" for i, layer in enumerate(network.layers)]
        shown += [step_table(found, names), step_summary(found)]
    answer(json, values, Group(*shown))


def _estimated(
    question: Question,
    record: Path | None,
    start: bytes,
    described: Application | None,
    train: Train,
) -> Estimate:
    """Of a step; an application's network without training learns from its samples first."""
    if described is None:
        return estimate(start, train, question)
    question = replace(question, shares=FEATURES)
    if question.data is not None:
        recordings = chosen(described, question.data, question.data_dir)
        samples = new_samples(described, recordings)
        if record is None:
            start = after_lessons(described, start, samples)
        question = replace(question, data=recordings.source, samples=samples)
    return estimate(start, train, question)


def _start(record: Path | None, described: Application | None) -> bytes:
    """The record that is given, or the application's before training."""
    if record is not None:
        start = load_record(record)
        if described is not None:
            check_network(described, start, str(record))
        return start
    if described is None:
        raise ModelError("give a RECORD, or --application NAME")
    return learning.untrained(described)


def _identity(data: bytes, content: Record) -> dict[str, Any]:
    """What the record is and reads."""
    model = content.model
    return {
        "version": records.VERSION,
        "bytes": len(data),
        "crc": f"{records.crc(data):08x}",
        "parent": f"{content.parent:08x}",
        "step": content.step,
        "rate": float(model.rate),
        "input": list(model.input),
        "input_exp": model.input_exp,
        "classes": model.classes,
    }


def _table(layers: list[LayerInfo], values: dict[str, Any]) -> Table:
    table = Table(show_footer=True, box=SIMPLE_HEAD, pad_edge=False, padding=(0, 0))
    total = values["total"]
    table.add_column("", "")
    table.add_column("layer", "total", no_wrap=True)
    table.add_column("output", "", no_wrap=True)
    heads = {
        "parameters": "para- meters",
        "macs": "MACs",
        "macs_backward": "MACs back",
        "flash": "flash bytes",
        "arena_weights": "RAM weights",
        "arena_kept": "RAM kept",
    }
    for name, head in heads.items():
        footer = f"{total[name]:,}"
        width = max(len(word) for word in (footer, *head.split()))
        table.add_column(head, footer, justify="right", min_width=width)
    for i, layer in enumerate(layers):
        numbers = [f"{getattr(layer, name):,}" for name in heads]
        table.add_row(str(i), _name(layer), shape_text(layer.output), *numbers)
    return table


def _name(layer: LayerInfo) -> str:
    kernel = f" {shape_text(layer.kernel)}" if any(layer.kernel) else ""
    marks = " ReLU" * layer.relu + " bounded" * layer.bounded
    return f"{layer.kind}{kernel}{marks}" + ("" if layer.trained or not layer.parameters else " *")


def _summary(record: Record, values: dict[str, Any]) -> str:
    lines = [
        f"input {shape_text(record.model.input)} * 2^{record.model.input_exp}, "
        f"{record.model.classes} classes, learning rate {record.model.rate}, step {record.step}",
        f"record {values['bytes']:,} bytes, CRC {values['crc']}",
        f"arena {values['arena']:,} bytes to train {values['train']} at batch {values['batch']}, "
        f"{values['arena_predict']:,} bytes to predict only",
    ]
    if any(layer["parameters"] and not layer["trained"] for layer in values["layers"]):
        lines.append("* does not learn: its weights stay in flash")
    return "\n".join(lines)
