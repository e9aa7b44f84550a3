# SPDX-License-Identifier: Apache-2.0
"""ONNX: what is supported computes what ONNX's own reference evaluator computes."""

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import helper

from onnx_networks import Chain, evaluate, random_chain
from tintin import record as records
from tintin.convert import quantise_input
from tintin.engine import Network
from tintin.errors import ConversionError
from tintin.float_reference import outputs
from tintin.importers.onnx import convert, from_proto
from tintin.model import AvgPool, Conv2d, Dense, MaxPool


def float_logits(imported, x):
    real = imported.channels_last(x)
    *_, logits = outputs(imported.source.model, imported.source.weights, real)
    return logits.reshape(len(x), -1)


def assert_same_as_the_reference(chain):
    proto, x = chain.proto(), chain.inputs(4)
    ours, theirs = float_logits(from_proto(proto), x), evaluate(proto, x)
    if chain.nodes[-1].op_type == "Softmax":
        ours = softmax(ours)
    assert np.allclose(ours, theirs, atol=1e-5)


def softmax(logits):
    e = np.exp(logits - logits.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def integer_logits(record, rows):
    """Real logits of each row, from the engine's forward pass."""
    network = Network(records.pack(record))
    result = []
    for row in quantise_input(rows, record.model.input_exp):
        network.learn_begin(row, 0)
        while network.phase <= len(network.layers):
            network.learn_slice()
        logits = network.logits()
        result.append(np.ldexp(logits.data.astype(float), logits.exp))
        while network.learn_slice():
            pass
        network = Network(records.pack(record))
    return np.array(result)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=150)
def test_a_random_network_is_taken_over_exactly(seed):
    assert_same_as_the_reference(random_chain(seed))


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_the_integers_compute_nearly_what_the_floats_do(tmp_path_factory, seed):
    chain = random_chain(seed)
    path = tmp_path_factory.mktemp("onnx") / "net.onnx"
    onnx.save(chain.proto(), path)
    x = chain.inputs(24)
    record = convert(path, x)
    imported = from_proto(chain.proto(), record.model.input_exp)
    theirs = float_logits(imported, x)
    ours = integer_logits(record, imported.channels_last(x))
    error = np.sqrt(np.mean((ours - theirs) ** 2))
    assert error <= 0.1 * max(np.abs(theirs).max(), 0.01)


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_a_trained_digit_classifier_keeps_its_accuracy(tmp_path):
    from sklearn.neural_network import MLPClassifier  # noqa: PLC0415

    from tintin.data import digits_pixels  # noqa: PLC0415

    data = digits_pixels()
    fit = MLPClassifier([32], max_iter=60, random_state=1, learning_rate_init=0.01)
    fit.fit(data.x_train / 16, data.y_train)
    chain = Chain(64)
    chain.add("MatMul", chain.constant(fit.coefs_[0].astype(np.float32)))
    chain.add("Add", chain.constant(fit.intercepts_[0].astype(np.float32))).add("Relu")
    chain.add("MatMul", chain.constant(fit.coefs_[1].astype(np.float32)))
    chain.add("Add", chain.constant(fit.intercepts_[1].astype(np.float32))).add("Softmax")
    path = tmp_path / "digits.onnx"
    onnx.save(chain.proto(), path)
    record = convert(path, data.x_train[:200] / 16)
    network = Network(records.pack(record))
    ours = network.predict_many(quantise_input(data.x_test / 16, record.model.input_exp))
    float_accuracy = fit.score(data.x_test / 16, data.y_test)
    assert float_accuracy > 0.95
    assert abs((ours == data.y_test).mean() - float_accuracy) <= 0.01


def test_the_input_exponent_comes_from_the_samples(tmp_path):
    path = tmp_path / "net.onnx"
    onnx.save(Chain(4).gemm(4, 2).proto(), path)
    for largest, expected in ((1.0, -7), (255.0, 1), (0.4, -8), (128.0, 0)):
        assert convert(path, np.full((3, 4), largest)).model.input_exp == expected
    assert convert(path, np.ones((3, 4)), -5).model.input_exp == -5
    assert convert(path).model.input_exp == -7


def test_relu_after_max_pool_is_fused_below_it():
    chain = Chain(1, 6, 6).conv(1, 2, (3, 3))
    chain.add("MaxPool", kernel_shape=[2, 2], strides=[2, 2]).add("Relu").add("Flatten").gemm(8, 3)
    model = from_proto(chain.proto()).source.model
    assert model.layers == (Conv2d(2, 3, relu=True), MaxPool(2), Dense(3))


def test_a_signal_becomes_an_image_of_height_one():
    chain = Chain(3, 16).conv(3, 4, (5,), pads=[2, 2], strides=[2])
    chain.add("AveragePool", kernel_shape=[2], strides=[2]).add("Flatten").gemm(16, 2)
    model = from_proto(chain.proto()).source.model
    assert model.input == (1, 16, 3)
    assert model.layers == (
        Conv2d(4, (1, 5), (1, 2), (0, 2, 0, 2)),
        AvgPool((1, 2)),
        Dense(2),
    )


def test_padding_of_a_max_pool_is_top_left_bottom_right():
    chain = Chain(1, 2, 3)
    chain.add("MaxPool", kernel_shape=[2, 3], pads=[0, 2, 1, 0]).add("Flatten").gemm(6, 2)
    imported = from_proto(chain.proto())
    x = np.array([[[[-1, -5, -2], [-4, -3, -6]]]], float)
    pooled = next(
        outputs(imported.source.model, imported.source.weights, imported.channels_last(x))
    )
    assert pooled[0, :, :, 0].tolist() == [[-1, -1, -1], [-4, -3, -3]]


@pytest.mark.parametrize("auto_pad", ["SAME_UPPER", "SAME_LOWER", "VALID"])
def test_automatic_padding_is_worked_out(auto_pad):
    chain = Chain(1, 7, 6, seed=3).conv(1, 2, (4, 3), strides=[2, 3], auto_pad=auto_pad)
    extents = [2, 2] if auto_pad == "VALID" else [4, 2]
    chain.add("Flatten").gemm(2 * extents[0] * extents[1], 2)
    assert_same_as_the_reference(chain)


@pytest.mark.parametrize("attributes", [{"transB": 1}, {"transB": 0}, {"alpha": 0.5, "beta": 2.0}])
def test_gemm_in_all_its_forms(attributes):
    chain = Chain(4, seed=1)
    shape = (3, 4) if attributes.get("transB") else (4, 3)
    chain.add("Gemm", chain.weights(*shape), chain.weights(1, 3), **attributes)
    assert_same_as_the_reference(chain)


def test_a_constant_node_is_as_good_as_an_initializer():
    chain = Chain(4, seed=1)
    matrix = chain.rs.standard_normal((4, 2)).astype(np.float32)
    node = helper.make_node("Constant", [], ["w"], value=onnx.numpy_helper.from_array(matrix))
    chain.nodes.append(node)
    chain.add("MatMul", "w")
    assert_same_as_the_reference(chain)


def refusal(chain, tmp_path, output_rank=2):
    chain.output_rank = output_rank
    path = tmp_path / "net.onnx"
    onnx.save(chain.proto(), path)
    with pytest.raises(ConversionError) as caught:
        convert(path)
    return str(caught.value)


def small_conv(**attributes):
    return Chain(2, 8, 8).conv(2, 2, (3, 3), **attributes)


def test_an_unknown_operator_is_refused_by_name(tmp_path):
    said = refusal(Chain(8).gemm(8, 4).add("Sigmoid"), tmp_path)
    assert said == 'node "n-Sigmoid" (Sigmoid): this operator is not supported'


def test_dilations_groups_and_rounding_up_are_refused_by_name(tmp_path):
    said = refusal(small_conv(dilations=[2, 2]), tmp_path, 4)
    assert said == 'node "n-Conv" (Conv): dilations [2, 2] are not supported'
    chain = Chain(2, 8, 8)
    chain.add("Conv", chain.weights(2, 1, 3, 3), group=2)
    assert refusal(chain, tmp_path, 4) == 'node "n-Conv" (Conv): group 2 is not supported'
    for op in ("MaxPool", "AveragePool"):
        chain = small_conv().add(op, kernel_shape=[2, 2], ceil_mode=1)
        assert refusal(chain, tmp_path, 4) == f'node "n-{op}" ({op}): ceil_mode is not supported'


def test_a_padded_average_is_refused(tmp_path):
    options = {"pads": [1, 1, 1, 1], "count_include_pad": 1}
    chain = small_conv().add("AveragePool", kernel_shape=[2, 2], **options)
    assert "padding of an average is not supported" in refusal(chain, tmp_path, 4)


def test_only_all_but_the_batch_is_flattened(tmp_path):
    chain = Chain(2, 3, 4).add("Flatten", axis=2)
    assert "(Flatten): axis 2 is not supported" in refusal(chain, tmp_path)
    chain = Chain(2, 3, 4)
    chain.add("Reshape", chain.constant(np.array([0, 6, 4])))
    assert "(Reshape): to [0, 6, 4] is not supported" in refusal(chain, tmp_path, 3)
    chain = Chain(2, 3, 4)
    chain.add("MatMul", chain.weights(4, 2))
    assert "(MatMul): its input [2, 3, 4] needs a Flatten before" in refusal(chain, tmp_path, 4)


def test_relu_needs_a_layer_below_and_must_not_be_the_last(tmp_path):
    assert "no layer before it" in refusal(Chain(4).add("Relu").gemm(4, 2), tmp_path)
    assert "last layer (dense) must be dense, without" in refusal(
        Chain(4).gemm(4, 2).add("Relu"), tmp_path
    )


def test_softmax_stands_at_the_end_over_the_classes(tmp_path):
    chain = Chain(4).gemm(4, 2).add("Softmax").add("Relu")
    assert "(Relu): nothing may follow the Softmax" in refusal(chain, tmp_path)
    assert "axis 0 of [2]" in refusal(Chain(4).gemm(4, 2).add("Softmax", axis=0), tmp_path)


def test_a_network_must_end_in_a_dense_layer(tmp_path):
    assert "last layer (conv2d) must be dense" in refusal(small_conv(), tmp_path, 4)


def test_only_a_bias_can_be_added(tmp_path):
    chain = small_conv()
    chain.add("Add", chain.weights(1, 2, 6, 6))
    assert "(Add): adding [1, 2, 6, 6] is not supported" in refusal(chain, tmp_path, 4)
    chain = Chain(4).gemm(4, 2).add("Relu")
    chain.add("Add", chain.weights(2))
    assert "(Add): only a constant right after" in refusal(chain, tmp_path)
    chain = small_conv()
    chain.add("Add", chain.weights(1, 2, 1, 1)).add("Flatten").gemm(72, 2)
    assert_same_as_the_reference(chain)


def test_branches_and_second_inputs_are_refused(tmp_path):
    chain = Chain(4).gemm(4, 4)
    chain.add("Add", "x")
    assert "(Add): the network branches here" in refusal(chain, tmp_path)
    proto = Chain(4).gemm(4, 2).proto()
    proto.graph.input.append(helper.make_tensor_value_info("z", onnx.TensorProto.FLOAT, [1, 2]))
    with pytest.raises(ConversionError, match="2 inputs and 1 outputs"):
        from_proto(proto)


def test_weights_beyond_what_the_record_holds_are_refused(tmp_path):
    for array, reason in (
        (np.full((2, 2), 1e6), "a weight beyond"),
        (np.full((2, 2), np.nan), "weights that are not finite"),
    ):
        chain = Chain(2)
        chain.add("MatMul", chain.constant(array.astype(np.float32)))
        assert reason in refusal(chain, tmp_path)
    chain = Chain(2)
    chain.add("Gemm", chain.weights(2, 2), chain.constant(np.array([300, 0], np.float32)))
    assert "a bias beyond" in refusal(chain, tmp_path)


def test_only_the_batch_may_be_dynamic(tmp_path):
    assert "a dynamic shape, only the batch" in refusal(Chain(4, "L").add("Flatten"), tmp_path)


def test_what_is_no_onnx_file_is_refused_by_its_name(tmp_path):
    for content in (b"", b"TTIN" * 30, bytes(range(256))):
        path = tmp_path / "net.onnx"
        path.write_bytes(content)
        with pytest.raises(ConversionError, match=r"net\.onnx: not a valid ONNX model"):
            convert(path)


def test_samples_of_another_shape_are_refused(tmp_path):
    path = tmp_path / "net.onnx"
    onnx.save(Chain(4).gemm(4, 2).proto(), path)
    with pytest.raises(ConversionError, match=r"sample inputs \[3, 5\]: the model takes \[N, 4\]"):
        convert(path, np.ones((3, 5)))
    with pytest.raises(ConversionError, match="all zero"):
        convert(path, np.zeros((3, 4)))
