# SPDX-License-Identifier: Apache-2.0
"""Instructions of each slice of a learning step, counted by QEMU, beside the model's counts."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cost_networks import Workload
from tintin import record as records
from tintin.cost.observe import observe
from tintin.cost.passes import BACKWARD, FORWARD, UPDATE, Pass, passes
from tintin.cost.trace import Step
from tintin.engine import ALL, Network

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "modules" / "tintin" / "tests" / "bare"))

import bare  # noqa: E402

# An M0 with the memory for any network: code for Armv6-M, counted on an M3.
RUNNERS = {
    "cortex-m0": "m0-mps2",
    "cortex-m3": "m3",
    "cortex-m4": "m4",
    "cortex-m55": "m55",
}


@dataclass(frozen=True)
class Slice:
    """What one slice did and what it took, means over its runs."""

    passes: tuple[Pass, ...]
    instructions: float

    @property
    def layer(self) -> int:
        """The layer's number, -1 for the loss."""
        return self.passes[0].layer


def traced(work: Workload) -> list[Step]:
    """The steps of a workload, on this computer."""
    return list(observe(work.record, work.x, work.y, work.train))


def measured(image: bare.Image, work: Workload, steps: Sequence[Step]) -> list[Slice]:
    """The slices of those steps that came to the backward pass or ended before it."""
    operations = [
        bare.learn_in_slices(x.tobytes(), int(y)) for x, y in zip(work.x, work.y, strict=True)
    ]
    result = bare.run(image, bare.Job(work.record, operations, train=_mask(work)))
    counted = result.instructions_per_slice
    assert counted is not None
    if result.record != _learned(work):
        raise bare.BareError(f"{image.target}: {work.name} learned other bits than on the host")
    model = records.read(work.record).model
    found = passes(model, work.learning(), steps)
    came = sum(step[-1].error is not None for step in steps) / len(steps)
    groups = [[p] for p in found if p.name == FORWARD and p.layer >= 0]
    groups.append([p for p in found if p.op == "loss"])
    for layer in reversed(range(len(model.wired))):
        group = [
            _per_run(p, came) for p in found if p.layer == layer and p.name in (BACKWARD, UPDATE)
        ]
        groups += [group] if group else []
    return [Slice(tuple(g), n) for g, n in zip(groups, counted, strict=True)]


def _learned(work: Workload) -> bytes:
    """The record after these steps, on this computer: counts of other data would mean nothing."""
    network = Network(work.record, train=work.train)
    network.learn_many(work.x, work.y)
    return network.save()


def whole_step(image: bare.Image, work: Workload) -> float:
    """Instructions of tintin_learn(), mean over the workload."""
    operations = [bare.learn(x.tobytes(), int(y)) for x, y in zip(work.x, work.y, strict=True)]
    result = bare.run(image, bare.Job(work.record, operations, train=_mask(work)))
    count = result.instructions_per_step
    assert count is not None
    return count


def _per_run(one: Pass, share: float) -> Pass:
    """Means over the steps that came to it."""
    return Pass(one.layer, one.op, one.name, {k: v / share for k, v in one.counts.items()})


def _mask(work: Workload) -> int:
    if work.train == ALL:
        return bare.TRAIN_ALL
    return sum(1 << int(layer) for layer in work.train)
