# SPDX-License-Identifier: Apache-2.0
"""The C engine equals the twin in every bit. A failure prints the network that replays it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tintin import engine

from . import record
from .cases import Case, cases
from .examples import examples
from .lockstep import Pair, same_record
from .record import CONV2D, DENSE, MAX_POOL, Layer, Rate


@examples(400)
@given(cases())
def test_every_slice_of_a_few_steps_is_equal(case: Case) -> None:
    pair = Pair.of(case)
    for x, label in case.samples(case.steps):
        pair.step(x, label)


def test_a_max_pool_may_lie_between_a_trained_layer_without_relu_and_a_frozen_one() -> None:
    """Nobody above needs the pool's input or output later: both are short-lived."""
    conv = Layer(CONV2D, (8, 8, 1), (6, 6, 4), fraction_bits=8, kernel=(3, 3), stride=(1, 1))
    pool = Layer(MAX_POOL, (6, 6, 4), (3, 3, 4), kernel=(2, 2), stride=(2, 2))
    dense = Layer(DENSE, (3, 3, 4), (1, 1, 10), fraction_bits=8)
    case = Case((8, 8, 1), (conv, pool, dense), True, frozenset({0}), 0, 0, Rate(8, 5), 3, 0)
    pair = Pair.of(case)
    for x, label in case.samples(case.steps):
        pair.step(x, label)


def test_no_window_may_fit_into_an_input_that_is_narrower_than_the_kernel() -> None:
    """With a stride, so that a difference below 0 would be divided."""
    conv = Layer(CONV2D, (6, 1, 1), (6, 1, 3), fraction_bits=8, kernel=(1, 2), stride=(1, 2),
                 pad=(0, 0, 0, 1))  # fmt: skip
    dense = Layer(DENSE, (6, 1, 3), (1, 1, 2), fraction_bits=8)
    case = Case((6, 1, 1), (conv, dense), True, frozenset({0, 1}), 0, 0, Rate(8, 0), 3, 0)
    pair = Pair.of(case)
    for x, label in case.samples(case.steps):
        pair.step(x, label)


@examples(25)
@given(cases(hidden=3, steps=(60, 140)))
def test_many_steps_are_equal_across_looks_at_the_weights_and_windows_of_scaling(
    case: Case,
) -> None:
    pair = Pair.of(case)
    for x, label in case.samples(case.steps):
        pair.learn(x, label)
        pair.same_state()


@examples(80)
@given(cases(steps=(2, 9)))
def test_prediction_changes_nothing_and_is_equal(case: Case) -> None:
    pair, quiet = Pair.of(case), engine.Network(case.record(), train=sorted(case.trained),
                                                batch_log2=case.batch_log2)  # fmt: skip
    for x, label in case.samples(case.steps):
        pair.predict(x)
        pair.learn(x, label)
        pair.predict(-x)
        quiet.learn(x, label)
    pair.flush()
    quiet.flush()
    same_record(pair.engine.save(), pair.twin.save())
    same_record(pair.engine.save(), quiet.save())


@examples(80)
@given(cases(steps=(2, 9)), st.integers(0, 8))
def test_training_resumed_from_a_record_equals_training_never_interrupted(
    case: Case, at: int
) -> None:
    samples = case.samples(case.steps)
    at = min(at, case.steps) >> case.batch_log2 << case.batch_log2
    whole, before = Pair.of(case), Pair.of(case)
    for x, label in samples:
        whole.learn(x, label)
    for x, label in samples[:at]:
        before.learn(x, label)
    saved = before.engine.save()
    same_record(saved, before.twin.save())
    after = Pair.of(case, saved)
    for x, label in samples[at:]:
        after.learn(x, label)
    for pair in (whole, after):
        pair.flush()
        pair.same_state()
    same_record(after.engine.save(), whole.engine.save())


@examples(60)
@given(cases(steps=(2, 12)), st.lists(st.integers(0, 11), min_size=1, max_size=3))
def test_a_batch_cut_short_and_a_new_rate_are_equal(case: Case, cuts: list[int]) -> None:
    pair = Pair.of(case)
    for n, (x, label) in enumerate(case.samples(case.steps)):
        pair.learn(x, label)
        if n in cuts:
            pair.flush()
            pair.set_rate(Rate(8 + n % 8, max(-8, case.rate.shift - n % 2)))
            pair.same_state()
    pair.flush()
    pair.same_state()


@examples(60)
@given(cases(steps=(1, 4)))
def test_predicting_between_slices_changes_nothing_when_opened_concurrent(case: Case) -> None:
    trained = sorted(case.trained)
    net = engine.Network(case.record(), train=trained, batch_log2=case.batch_log2, concurrent=True)
    pair = Pair.of(case)
    for x, label in case.samples(case.steps):
        net.learn_begin(x, label)
        more = True
        while more:
            net.predict(-x)
            more = net.learn_slice()
        pair.learn(x, label)
    net.flush()
    pair.flush()
    same_record(net.save(), pair.twin.save())


@examples(40)
@given(cases(steps=(1, 6)))
def test_many_samples_in_one_call_are_the_same_steps(case: Case) -> None:
    pair = Pair.of(case)
    samples = case.samples(case.steps)
    x = np.array([x for x, _ in samples], np.int8)
    y = np.array([label for _, label in samples])
    expected = [pair.twin.learn(sample, label).label == label for sample, label in samples]
    assert pair.engine.learn_many(x, y) == sum(expected)
    pair.same_state()
    predicted = [pair.twin.predict(sample).label for sample in x]
    np.testing.assert_array_equal(pair.engine.predict_many(x), predicted)


@examples(40)
@given(cases(steps=(1, 3)), st.integers(1, 2**32 - 1))
def test_a_record_that_nothing_was_learned_in_is_saved_as_it_was(case: Case, parent: int) -> None:
    child = record.write(replace(record.read(case.record()), parent=parent))
    frozen = engine.Network(child, train=engine.NONE)
    for x, _ in case.samples(case.steps):
        frozen.predict(x)
    same_record(frozen.save(), child)
    same_record(*(net.save() for net in vars(Pair.of(case, child)).values()))
