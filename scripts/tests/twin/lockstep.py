# SPDX-License-Identifier: Apache-2.0
"""The C engine and the twin side by side: every step, slice by slice, must agree in every bit."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from tintin import engine
from tintin.rate import Rate as EngineRate

from . import record
from .cases import Case
from .fixed import Ints, Tensor
from .network import Network, Pass
from .record import Rate


def same_tensor(got: engine.Tensor, wanted: Tensor, what: str) -> None:
    assert got.exp == wanted.exp, f"exponent of {what}"
    np.testing.assert_array_equal(got.data, wanted.data, what)


def same_record(got: bytes, wanted: bytes) -> None:
    """Equal bytes; where they are not, the first field that differs by name."""
    if got == wanted:
        return
    ours, theirs = record.read(got), record.read(wanted)
    for f in fields(record.Record):
        if f.name != "layers":
            assert getattr(ours, f.name) == getattr(theirs, f.name), f.name
    for n, (a, b) in enumerate(zip(ours.layers, theirs.layers, strict=True)):
        for f in fields(record.Layer):
            name = f"{f.name} of layer {n}"
            np.testing.assert_equal(getattr(a, f.name), getattr(b, f.name), name)
    raise AssertionError("the records differ in bytes that no field describes")


class Pair:
    """Both implementations, opened alike over one record."""

    def __init__(self, data: bytes, trained: frozenset[int], batch_log2: int = 0) -> None:
        self.engine = engine.Network(data, train=sorted(trained), batch_log2=batch_log2)
        self.twin = Network(data, trained, batch_log2)

    @classmethod
    def of(cls, case: Case, data: bytes | None = None) -> Pair:
        return cls(data or case.record(), case.trained, case.batch_log2)

    def step(self, x: Ints, label: int) -> Pass:
        """Learn from one sample in slices; compare what each leaves and the whole state after."""
        seen = self.twin.learn(x, label)
        self.engine.learn_begin(x, label)
        self._forward_slices(seen)
        more = self.engine.learn_slice()  # the loss
        self._backward_slices(seen, more)
        assert self.engine.phase == 0
        self.same_state()
        return seen

    def _forward_slices(self, seen: Pass) -> None:
        last = len(self.twin.layers) - 1
        for n in range(last + 1):
            assert self.engine.phase == 1 + n
            assert self.engine.learn_slice()
            if n < last:
                same_tensor(self.engine.activation(n), seen.inputs[n + 1], f"output of layer {n}")
        same_tensor(self.engine.logits(), seen.logits, "logits")

    def _backward_slices(self, seen: Pass, more: bool) -> None:
        for n, error in seen.errors.items():  # from the last layer down
            assert more, f"no backward slice of layer {n}"
            same_tensor(self.engine.error(), error, f"error at layer {n}")
            more = self.engine.learn_slice()
        assert not more, "a slice too many"

    def predict(self, x: Ints) -> None:
        seen, got = self.twin.predict(x), self.engine.predict(x)
        assert (got.label, got.confidence) == (seen.label, seen.confidence)

    def learn(self, x: Ints, label: int) -> None:
        """Learn at once; compare what was predicted before."""
        seen, got = self.twin.learn(x, label), self.engine.learn(x, label)
        assert (got.label, got.confidence) == (seen.label, seen.confidence)

    def flush(self) -> None:
        self.twin.flush()
        self.engine.flush()

    def set_rate(self, rate: Rate) -> None:
        self.twin.set_rate(rate)
        self.engine.set_rate(EngineRate(rate.mantissa, rate.shift))

    def same_state(self) -> None:
        """Step, random state, weights and biases; between batches the whole record."""
        assert self.engine.step == self.twin.step
        assert self.engine.rng == self.twin.rng.state
        for n in self.twin.trained:
            got, master = self.engine.weights(n), self.twin.layers[n].master
            np.testing.assert_array_equal(got.weight, master.weight, f"weights of layer {n}")
            np.testing.assert_array_equal(got.bias, master.bias, f"biases of layer {n}")
            if master.bits:
                assert got.packed.tobytes() == master.fraction, f"fractions of layer {n}"
            assert got.state.weight_exp == master.exp
        if self.twin.batched == 0:
            same_record(self.engine.save(), self.twin.save())
