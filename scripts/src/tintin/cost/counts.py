# SPDX-License-Identifier: Apache-2.0
"""What a layer does in a step, in numbers that its instructions are linear in.

Each function takes a layer in its place and what it met (trace.py) and gives counts by name, for
one pass. benchmarks/fit_cost.py finds what each costs on a target; instructions.py adds them up.
K is the fan-in, O the outputs (channels), F the fraction bits, as in DESIGN.md.
"""

from __future__ import annotations

from collections.abc import Callable

from tintin.cost.counts_conv import conv_backward, conv_forward, conv_update
from tintin.cost.counts_pool import mean_backward, mean_forward, pool_backward, pool_forward
from tintin.cost.trace import LayerTrace
from tintin.cost.words import BLOCK, groups, nonzero_words, products
from tintin.layers import AvgPool, Conv2d, Dense, MaxPool, volume
from tintin.model import Wired

Counts = dict[str, float]
Count = Callable[[Wired, LayerTrace], Counts]

COLUMNS = 64  # of a dense error that are summed at once (dense.c)


def dense_forward(wired: Wired, met: LayerTrace) -> Counts:
    """O rows of K, four at a time; words of four zeros are skipped by the scalar kernels."""
    outputs, fan_in = wired.output[2], wired.fan_in
    return {
        "calls": 1,
        "quantised": outputs * (not wired.last),
        "logits": outputs * wired.last,
        **products(outputs, fan_in, float(nonzero_words(met.input.reshape(1, -1)).sum())),
        f"looked_{_dense(wired).fraction_bits}": outputs * fan_in * met.looked,
    }


def _dense(wired: Wired) -> Dense:
    layer = wired.layer
    assert isinstance(layer, Dense)
    return layer


def dense_backward(wired: Wired, met: LayerTrace) -> Counts:
    """Sums of the rows whose errors are not 0, 64 columns at a time."""
    assert met.error is not None
    outputs, fan_in = wired.output[2], wired.fan_in
    rows = int(met.error.sum())
    chunks = groups(fan_in, COLUMNS)
    sums = groups(rows, BLOCK)
    return {
        "calls": 1,
        "chunks": chunks,
        "scanned": chunks * outputs,
        "sums": chunks * sums,
        "columns": fan_in,
        "elements": sums * fan_in,
        "macs": rows * fan_in,
    }


def dense_update(wired: Wired, met: LayerTrace) -> Counts:
    """A row whose error is not 0 meets every input that is not 0."""
    assert met.error is not None
    outputs, fan_in = wired.output[2], wired.fan_in
    rows = float(met.error.sum())
    words = float(nonzero_words(met.input.reshape(1, -1)).sum())
    rounded = 1 - met.exact
    met_pairs = rows * float(met.input.sum()) * rounded
    bits = _dense(wired).fraction_bits
    return {
        "calls": 1,
        "outputs": outputs,
        "columns": fan_in,
        f"rows_{bits}": rows,
        f"weights_{bits}": rows * fan_in * rounded,
        f"words_{bits}": rows * words * rounded,
        f"moved_{bits}": met_pairs * met.moved,
        "carried": met_pairs * met.carried,
        f"exact_{bits}": rows * fan_in * met.exact,
        f"rescaled_{bits}": outputs * fan_in * met.rescaled,
    }


def loss(wired: Wired, met: LayerTrace) -> Counts:
    """Softmax and error of the classes."""
    return {"calls": 1, "classes": wired.output[2]}


def begin(wired: Wired, met: LayerTrace) -> Counts:
    """The sample is copied, and the step goes from slice to slice."""
    return {"calls": 1, "inputs": volume(wired.input)}


FORWARD: dict[str, Count] = {
    Dense.kind: dense_forward,
    Conv2d.kind: conv_forward,
    MaxPool.kind: pool_forward,
    AvgPool.kind: mean_forward,
}
BACKWARD: dict[str, Count] = {
    Dense.kind: dense_backward,
    Conv2d.kind: conv_backward,
    MaxPool.kind: pool_backward,
    AvgPool.kind: mean_backward,
}
UPDATE: dict[str, Count] = {Dense.kind: dense_update, Conv2d.kind: conv_update}
