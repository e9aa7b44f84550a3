# SPDX-License-Identifier: Apache-2.0
"""The binding: the C engine's promises as Python sees them."""

import errno
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import models
from tintin import record as records
from tintin._engine import ffi, lib
from tintin.engine import ALL, NONE, EngineError, Network, arena_size
from tintin.model import Conv2d, Dense, MaxPool, Model, Rate
from tintin.planes import masters_of, real_weights

MODEL = Model((6, 6, 2), [Conv2d(3, 3, relu=True), MaxPool(2), Dense(8, relu=True), Dense(4)])
RECORD = records.write(MODEL, 3)


def samples(n, seed=0):
    rs = np.random.RandomState(seed)
    return rs.randint(-127, 128, (n, 72)).astype(np.int8), rs.randint(0, 4, n)


def test_training_resumed_from_a_record_equals_training_never_interrupted():
    x, y = samples(100)
    straight = Network(RECORD)
    straight.learn_many(x, y)
    first = Network(RECORD)
    first.learn_many(x[:37], y[:37])
    second = Network(first.save())
    second.learn_many(x[37:], y[37:])
    assert (
        records.read(second.save()).layers[0].state == records.read(straight.save()).layers[0].state
    )
    assert second.step == straight.step == 100
    assert second.rng == straight.rng
    for layer in (0, 2, 3):
        assert (second.weights(layer).weight == straight.weights(layer).weight).all()
        assert (second.weights(layer).fraction == straight.weights(layer).fraction).all()


def test_one_call_single_calls_and_slices_learn_the_same():
    x, y = samples(20)
    many, single, sliced = (Network(RECORD) for _ in range(3))
    hits = many.learn_many(x, y)
    assert hits == sum(
        single.learn(row, int(label)).label == label for row, label in zip(x, y, strict=True)
    )
    for row, label in zip(x, y, strict=True):
        sliced.learn_begin(row, int(label))
        slices = 1
        while sliced.learn_slice():
            slices += 1
            assert sliced.phase == slices
        assert sliced.phase == 0
    assert many.save() == single.save() == sliced.save()


def test_prediction_changes_nothing_and_agrees_one_by_one():
    x, _ = samples(30)
    network = Network(RECORD)
    labels = network.predict_many(x)
    before = network.save()
    assert labels.tolist() == [network.predict(row).label for row in x]
    assert all(0 < network.predict(row).confidence <= 32768 for row in x)
    assert network.save() == before


def test_a_network_may_predict_while_it_learns_when_opened_concurrent():
    x, y = samples(400)
    network = Network(RECORD, concurrent=True)
    frozen = Network(RECORD)
    learner = threading.Thread(target=network.learn_many, args=(x, y))
    learner.start()
    while learner.is_alive():
        network.predict(x[0])
    learner.join()
    frozen.learn_many(x, y)
    assert network.save() == frozen.save()


def test_only_chosen_layers_move():
    x, y = samples(50)
    network = Network(RECORD, train=[3])
    network.learn_many(x, y)
    assert [layer.trained for layer in network.layers] == [False, False, False, True]
    for layer in (0, 2):
        assert (network.weights(layer).weight == Network(RECORD).weights(layer).weight).all()
    assert (network.weights(3).weight != Network(RECORD).weights(3).weight).any()


@given(models(), st.sampled_from([ALL, NONE]), st.integers(0, 3), st.booleans())
def test_the_arena_is_what_was_said_before_opening(model, train, batch_log2, concurrent):
    data = records.write(model, 1)
    options = {"train": train, "batch_log2": batch_log2, "concurrent": concurrent}
    assert Network(data, **options).arena_size == arena_size(data, **options)


@given(models())
def test_layer_figures_follow_from_the_model(model):
    network = Network(records.write(model, 1))
    for wired, info in zip(model.wired, network.layers, strict=True):
        assert (info.kind, info.input, info.output) == (wired.layer.kind, wired.input, wired.output)
        weights = wired.fan_in * wired.output[2] if isinstance(wired.layer, Dense | Conv2d) else 0
        assert info.parameters == weights + (wired.output[2] if weights else 0)
        assert info.macs == weights * wired.output[0] * wired.output[1]


def test_the_record_s_parameters_are_its_flash():
    network = Network(RECORD)
    fixed = 64 + 4 * (32 + 16) + 4
    assert sum(layer.flash for layer in network.layers) == len(RECORD) - fixed


def test_weights_are_those_of_the_record():
    network, content = Network(RECORD), records.read(RECORD)
    for layer in (0, 2, 3):
        view, data = network.weights(layer), content.layers[layer]
        assert (view.weight == data.planes.weight).all()
        assert (view.fraction == data.planes.fraction).all()
        assert (view.bias == data.planes.bias).all()
        assert view.state == data.state


def test_initial_weights_are_uniform_within_he_s_bound():
    for layer, gain, fan_in in ((0, 6, 18), (2, 6, 12), (3, 3, 8)):
        data = records.read(RECORD).layers[layer]
        real = real_weights(data.planes, data.state, 8)
        bound = np.sqrt(gain / fan_in)
        assert np.abs(real).max() <= bound * 1.001
        assert np.abs(real).max() > 0.8 * bound
        assert np.abs(masters_of(data.planes, 8)).max() <= 127 * 256


@given(st.integers(1, 256_000_000))
def test_a_rate_in_millionths_is_the_same_in_c_and_in_python(millionths):
    rate = ffi.new("struct tintin_rate *")
    assert lib.tintin_rate_from_millionths(millionths, rate) == 0
    assert Rate(rate.mantissa, rate.shift) == Rate.of(millionths / 1e6)


def test_the_rate_can_be_changed_and_is_saved():
    network = Network(RECORD)
    network.set_rate(0.1)
    assert network.rate == Rate(13, 4)
    assert records.read(network.save()).model.rate == Rate(13, 4)


def refusal(call, *arguments):
    with pytest.raises(EngineError) as caught:
        call(*arguments)
    return caught.value.errno


def test_each_misuse_has_its_error():
    x, _ = samples(1)
    network = Network(RECORD)
    assert refusal(network.predict, x[0][:-1]) == errno.EINVAL
    assert refusal(network.learn, x[0], 4) == errno.EDOM
    assert refusal(network.learn_many, x, [4]) == errno.EDOM
    assert refusal(network.learn_many, x[:, 1:], [0]) == errno.EINVAL
    assert refusal(Network(RECORD, train=NONE).learn, x[0], 0) == errno.EPERM
    network.learn_begin(x[0], 0)
    assert refusal(network.save) == errno.EBUSY
    assert refusal(network.predict, x[0]) == errno.EBUSY
    assert refusal(network.weights, 1) == errno.EINVAL
    assert refusal(Network, b"nothing of the kind") == errno.ENOEXEC
    assert refusal(lambda: Network(RECORD, batch_log2=7)) == errno.EINVAL


def test_an_error_reads_as_the_engine_s_reason():
    with pytest.raises(EngineError, match=r"^not a Tin-Tin record$"):
        Network(bytes(100))


def test_samples_that_are_not_int8_are_refused():
    network = Network(RECORD)
    for wrong in (np.zeros(72), np.full(72, 128), np.full(72, 255, np.uint8)):
        with pytest.raises(ValueError, match="samples are int8"):
            network.predict(wrong)
    assert network.predict([0] * 72) == network.predict(np.zeros(72, np.int8))


def test_layers_that_are_not_there_cannot_be_trained():
    for wrong in ("some", [32], [-1]):
        with pytest.raises(ValueError, match="train"):
            Network(RECORD, train=wrong)
