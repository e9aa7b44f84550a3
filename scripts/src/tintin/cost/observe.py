# SPDX-License-Identifier: Apache-2.0
"""Traces of the engine on this computer, whose bits are the device's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tintin import record as records
from tintin.cost.counts_pool import pool_raised
from tintin.cost.trace import LOOK_EVERY, LayerTrace, Step
from tintin.engine import Network, Tensor, Train
from tintin.model import MaxPool, Wired
from tintin.planes import half


def observe(
    start: bytes, x: npt.NDArray[np.int8], y: npt.NDArray[np.uint16], train: Train = "all"
) -> Iterator[Step]:
    """Learn from samples [N, length] at batch 1, from a record on; each step as it was."""
    network = Network(start, train=train)
    model = records.read(start).model
    wired, input_exp = model.wired, model.input_exp
    for sample, label in zip(x, y, strict=True):
        looked = float(network.step % LOOK_EVERY == 0)
        before = _held(network)
        seen = _step(network, Tensor(sample.reshape(network.layers[0].input), input_exp), label)
        after = _held(network)
        yield tuple(
            _trace(one, before[w.index], after[w.index], network.rate.shift, looked)
            if w.index in before
            else one.of(w)
            for w, one in zip(wired, seen, strict=True)
        )


@dataclass(frozen=True)
class _Seen:
    """What a layer read, and the error that came back to its output."""

    input: Tensor
    error: Tensor | None = None

    def masks(self) -> LayerTrace:
        """Where they are not 0."""
        return LayerTrace(
            self.input.data != 0, None if self.error is None else self.error.data != 0
        )

    def of(self, wired: Wired) -> LayerTrace:
        """Of a layer that does not learn."""
        if wired.layer.kind != MaxPool.kind:
            return self.masks()
        values = self.input.data.astype(np.int8)
        return replace(self.masks(), raised=pool_raised(wired, values))


def _step(network: Network, sample: Tensor, label: int) -> list[_Seen]:
    network.learn_begin(sample.data.reshape(-1), int(label))
    count = len(network.layers)
    seen = [_Seen(sample)]
    while network.learn_slice():
        if network.phase <= count:
            layer = network.phase - 2
            seen.append(_Seen(_shaped(network, network.activation(layer), layer)))
        elif network.phase >= count + 2:
            layer = 2 * count + 1 - network.phase
            seen[layer] = replace(seen[layer], error=_shaped(network, network.error(), layer))
    return seen


def _shaped(network: Network, tensor: Tensor, layer: int) -> Tensor:
    return Tensor(tensor.data.reshape(network.layers[layer].output), tensor.exp)


@dataclass(frozen=True)
class _Held:
    """What a layer that learns holds: stored masters and int8 planes [O, K], E_w, B_w."""

    masters: npt.NDArray[np.int64]
    weight: npt.NDArray[np.int8]
    bits: int
    exp: int
    largest: int
    dense: bool

    def halved(self) -> npt.NDArray[np.int64]:
        """What a rescale makes of them."""
        return ((self.masters - half(self.bits) + 1) >> 1) + half(self.bits)


def _held(network: Network) -> dict[int, _Held]:
    result = {}
    for i, layer in enumerate(network.layers):
        if layer.trained:
            view, bits = network.weights(i), layer.fraction_bits
            fraction = 0 if view.fraction is None else view.fraction
            masters = (view.weight.astype(np.int64) << bits) + fraction
            exps = view.state.weight_exp, view.state.weight_bits
            result[i] = _Held(masters, view.weight, bits, *exps, layer.kind == "dense")
    return result


def _trace(seen: _Seen, before: _Held, after: _Held, rate_shift: int, looked: float) -> LayerTrace:
    """With the shares of the weights that moved, and whose int8 did."""
    met = replace(seen.masks(), looked=looked)
    if met.error is None:
        return met
    rescaled = after.exp != before.exp
    start = before.halved() if rescaled else before.masters
    rows = int(met.error.any((0, 1)).sum())
    pairs = max(rows * (int(met.input.sum()) if before.dense else start.shape[1]), 1)
    moved = int((after.masters != start).sum()) / pairs
    return replace(
        met,
        moved=moved,
        carried=int((after.weight != start >> before.bits).sum()) / pairs,
        rescaled=float(rescaled),
        exact=float(moved > 0 and _shift(seen, before, after.largest, rate_shift) <= 0),
    )


def _shift(seen: _Seen, held: _Held, largest: int, rate_shift: int) -> int:
    """s of DESIGN.md, "Update"; of a convolution the step cap is taken as that of one product."""
    assert seen.error is not None
    exps = seen.error.exp + seen.input.exp
    product = int(np.abs(seen.error.data.astype(int)).max()) * int(
        np.abs(seen.input.data.astype(int)).max()
    )
    cap = product.bit_length() - (max(largest, held.bits + 3) - 4)
    return max(held.exp - held.bits + rate_shift - exps, cap)
