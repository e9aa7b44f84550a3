# SPDX-License-Identifier: Apache-2.0
"""A Cortex-M learns exactly what this computer learns: every bit, every prediction."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest

import bare

Model = Callable[[str], bytes]
Sample = tuple[list[int], int]  # x, label
ALL = ("m0", "m3", "m4", "m55")
SHAPES = {"mlp": (64, 10), "cnn": (144, 4), "signal": (120, 5)}  # values a sample, classes


@cache
def built(target: str, training: bool = True) -> bare.Image:
    reason = bare.missing(target) or bare.missing(bare.HOST)
    if reason:
        pytest.skip(reason)
    return bare.build(target, training=training, strict=True)


def stream(network: str, count: int, *, seed: int = 1, extreme: bool = False) -> list[Sample]:
    """Labelled samples: a pattern for each class, with noise; extreme: at the ends of int8 only."""
    length, classes = SHAPES[network]
    rng = random.Random(seed)
    patterns = [[rng.randint(-80, 80) for _ in range(length)] for _ in range(classes)]
    samples = []
    for _ in range(count):
        label = rng.randrange(classes)
        x = [p + rng.randint(-30, 30) for p in patterns[label]]
        if extreme:
            x = [rng.choice((-128, 127, 0)) for _ in x]
        samples.append((x, label))
    return samples


def learn_and_predict(samples: list[Sample]) -> list[bare.Operation]:
    return [op for x, label in samples for op in (bare.learn(x, label), bare.predict(x))]


@dataclass(frozen=True)
class Case:
    """One job. m0: with its arena it fits the 16 KB of RAM of an nRF51."""

    network: str
    record: str
    operations: Callable[[str], list[bare.Operation]] = lambda n: learn_and_predict(stream(n, 150))
    options: dict[str, Any] = field(default_factory=dict)
    m0: bool = True


def in_slices(network: str) -> list[bare.Operation]:
    return [bare.learn_in_slices(x, label) for x, label in stream(network, 70)]


def diverging(network: str) -> list[bare.Operation]:
    """The largest rate on samples at the ends of the range, then back to a sane one."""
    wild = learn_and_predict(stream(network, 40, extreme=True))
    return [bare.rate(15, -8), *wild, bare.rate(8, 24), *wild, bare.rate(13, 4), *wild]


def batches_with_a_rest(network: str) -> list[bare.Operation]:
    return [*(bare.learn(x, label) for x, label in stream(network, 90)), bare.flush()]


CASES = {
    **{f"mlp, {f} fraction bits": Case("mlp", f"mlp-{f}") for f in (8, 4, 0)},
    **{f"cnn, {f} fraction bits": Case("cnn", f"cnn-{f}") for f in (8, 4, 0)},
    "signal": Case("signal", "signal-8"),
    "from an inference record": Case("mlp", "mlp-inference-8"),
    "last layer only, the rest in flash": Case("mlp", "mlp-8", options={"train": 2}),
    "prediction only": Case(
        "cnn", "cnn-8", lambda n: [bare.predict(x) for x, _ in stream(n, 50)], {"train": 0}
    ),
    "mini-batch of a cnn": Case("cnn", "cnn-8", batches_with_a_rest, {"batch_log2": 2}),
    "mini-batch of an mlp": Case("mlp", "mlp-4", batches_with_a_rest, {"batch_log2": 4}, m0=False),
    "slices, predicting between them": Case("cnn", "cnn-8", in_slices, {"concurrent": True}),
    **{f"diverging, {f} fraction bits": Case("mlp", f"mlp-{f}", diverging) for f in (8, 4, 0)},
    "diverging cnn": Case("cnn", "cnn-8", diverging),
    "diverging mini-batches": Case(
        "cnn", "cnn-0", lambda n: [*diverging(n), bare.flush()], {"batch_log2": 3}
    ),
}


def job_of(case: Case, model: Model) -> bare.Job:
    return bare.Job(model(case.record), case.operations(case.network), **case.options)


@cache
def on_the_host(name: str, model: Model) -> bare.Result:
    return bare.run(built(bare.HOST), job_of(CASES[name], model))


@pytest.mark.parametrize(
    ("target", "name"), [(t, n) for t in ALL for n, case in CASES.items() if t != "m0" or case.m0]
)
def test_a_target_gives_the_bits_of_the_host(target: str, name: str, model: Model) -> None:
    case = CASES[name]
    image, job = built(target), job_of(case, model)
    host, there = on_the_host(name, model), bare.run(image, job)
    assert there.record == host.record
    assert there.predictions == host.predictions
    assert there.arena == host.arena
    assert host.record != job.record or "train" in case.options


@pytest.mark.parametrize("target", [bare.HOST, *ALL])
def test_a_power_cycle_changes_nothing(target: str, model: Model) -> None:
    image, operations = built(target), learn_and_predict(stream("mlp", 120))
    whole = bare.run(image, bare.Job(model("mlp-8"), operations))
    before = bare.run(image, bare.Job(model("mlp-8"), operations[:100]))
    after = bare.run(image, bare.Job(before.record, operations[100:]))
    assert after.record == whole.record
    assert before.predictions + after.predictions == whole.predictions


@pytest.mark.parametrize("target", ALL)
def test_a_target_learns(target: str, model: Model) -> None:
    samples = stream("mlp", 600)
    learned = bare.run(built(target), bare.Job(model("mlp-8"), learn_and_predict(samples[:500])))
    unseen = [bare.learn(x, label) for x, label in samples[500:]]
    assert bare.run(built(target), bare.Job(learned.record, unseen)).hits >= 95


@pytest.mark.parametrize("target", ALL)
def test_a_run_reports_what_the_engine_refuses(target: str, model: Model) -> None:
    damaged = bytearray(model("mlp-8"))
    damaged[200] ^= 1
    with pytest.raises(bare.BareError, match="damaged"):
        bare.run(built(target), bare.Job(bytes(damaged), []))
    bad_label = [bare.predict([0] * 64), bare.learn([0] * 64, 10)]
    with pytest.raises(bare.BareError, match="operation 1: the label is not below"):
        bare.run(built(target), bare.Job(model("mlp-8"), bad_label))
