# SPDX-License-Identifier: Apache-2.0
"""Traces of the engine on this computer, whose bits are the device's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tintin import record as records
from tintin.cost.counts_panel import patches
from tintin.cost.counts_pool import pool_raised
from tintin.cost.trace import FAR, LOOK_EVERY, LayerTrace, Step
from tintin.cost.words import large_words
from tintin.engine import Network, Tensor, Train
from tintin.model import Dense, MaxPool, Wired
from tintin.planes import half
from tintin.rate import Rate

IntArray = npt.NDArray[np.int64]
SPAN_MAX = (127 * 128).bit_length()  # of a product (dense.c)


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
            replace(_trace(one, w, (before[w.index], after[w.index]), network.rate), looked=looked)
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
            result[i] = _Held(masters, view.weight, bits, *exps)
    return result


def _trace(seen: _Seen, wired: Wired, held: tuple[_Held, _Held], rate: Rate) -> LayerTrace:
    """With the shares of the weights that moved, and whose int8 did; held: before and after."""
    before, after = held
    met = replace(seen.masks(), large=large_words(before.weight))
    if met.error is None:
        return met
    rescaled = after.exp != before.exp
    start = before.halved() if rescaled else before.masters
    rows = int(met.error.any((0, 1)).sum())
    dense = isinstance(wired.layer, Dense)
    pairs = max(rows * (int(met.input.sum()) if dense else start.shape[1]), 1)
    met = replace(
        met,
        moved=int((after.masters != start).sum()) / pairs,
        carried=int((after.weight != start >> before.bits).sum()) / pairs,
        rescaled=float(rescaled),
    )
    return _rounded(met, seen, wired, (replace(before, largest=after.largest), rate))


def _rounded(met: LayerTrace, seen: _Seen, wired: Wired, by: tuple[_Held, Rate]) -> LayerTrace:
    """With what the gradients' shifts decide."""
    held, rate = by
    true = _true_shift(seen, held, rate.shift)
    shifts = np.maximum(true, _capped_shift(_spans(seen, wired), held))
    return replace(
        met,
        exact=_share(shifts == 0),
        widened=_share(shifts < 0),
        far=_share(shifts > FAR),
        capped=float((_capped_shift(np.array([SPAN_MAX]), held) > true).any()),
    )


def _share(which: npt.NDArray[np.bool_]) -> float:
    return float(which.sum()) / max(which.size, 1)


def _true_shift(seen: _Seen, held: _Held, rate_shift: int) -> int:
    """s of DESIGN.md, "Update", but for the step cap."""
    assert seen.error is not None
    return held.exp - held.bits + rate_shift - (seen.error.exp + seen.input.exp)


def _capped_shift(span_bits: IntArray, held: _Held) -> IntArray:
    """The least shift that keeps gradients of so many bits within the step cap."""
    return span_bits - (max(held.largest, held.bits + 3) - 4)


def _spans(seen: _Seen, wired: Wired) -> IntArray:
    """Bits of the largest gradient: of the tensor, or of each filter that has an error."""
    assert seen.error is not None
    error, values = seen.error.data.astype(np.int64), seen.input.data.astype(np.int64)
    if isinstance(wired.layer, Dense):
        largest = np.array([np.abs(error).max() * np.abs(values).max()])
    else:
        live = error.reshape(-1, error.shape[2])
        largest = np.abs(live.T @ patches(wired, values)).max(1)[live.any(0)]
    return np.array([int(g).bit_length() for g in largest], np.int64)
