# SPDX-License-Identifier: Apache-2.0
"""The model description: what it refuses, and in which words."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import models
from tintin.description import LAYERS, from_data, from_file, from_literal, from_sizes, to_data
from tintin.errors import ModelError
from tintin.model import (
    AvgPool,
    Conv2d,
    Dense,
    Flatten,
    GlobalAvgPool,
    MaxPool,
    Model,
    Rate,
    default_rate,
)
from tintin.presets import PRESETS


def shapes(model):
    return [w.output for w in model.wired]


def test_shapes_follow_from_the_input():
    model = PRESETS["lenet5"].make()
    assert shapes(model) == [
        (28, 28, 6),
        (14, 14, 6),
        (10, 10, 16),
        (5, 5, 16),
        (1, 1, 120),
        (1, 1, 84),
        (1, 1, 10),
    ]
    assert [w.fan_in for w in model.wired if hasattr(w.layer, "fan_in")] == [25, 150, 400, 120, 84]


def test_an_extent_may_be_given_once():
    assert Conv2d(4, 3, 2, 1) == Conv2d(4, (3, 3), (2, 2), (1, 1, 1, 1))
    assert Conv2d(4, 3, padding=(1, 2)).padding == (1, 2, 1, 2)
    assert MaxPool(2) == MaxPool((2, 2), (2, 2))


def test_flatten_and_global_pool_dissolve():
    model = Model((4, 6, 2), [GlobalAvgPool(relu=True), Flatten(), Dense(3)])
    assert model.layers == (AvgPool((4, 6), relu=True), Dense(3))


@pytest.mark.parametrize(
    ("layers", "reason"),
    [
        ([], "0 layers: must be 1..32"),
        ([Dense(2)] * 33, "33 layers"),
        ([Dense(1)], "1 classes: must be 2..32768"),
        ([Dense(4, relu=True)], "must be dense, without ReLU"),
        ([MaxPool(2)], r"the last layer \(maxpool\) must be dense"),
        ([Conv2d(4, 9), Dense(2)], r"layer 0 \(conv2d\): the kernel 9x9 is larger than .* 8x8"),
        ([Flatten(), Conv2d(1, 1), Dense(2)], "layer 0 .*after flatten only dense"),
        ([Conv2d(2000, 1), Dense(2)], r"layer 0 \(conv2d\): more than 65535 outputs"),
    ],
)
def test_what_is_no_network_is_refused_by_layer_and_reason(layers, reason):
    with pytest.raises(ModelError, match=reason):
        Model((8, 8, 1), layers)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: Dense(0), "outputs 0: must be 1..65535"),
        (lambda: Dense(2, fraction_bits=5), "fraction_bits 5: must be 8, 4 or 0"),
        (lambda: Conv2d(1, 3, stride=0), "stride 0: must be 1..255"),
        (lambda: Conv2d(1, 3, padding=3), "padding 3: must be 0..2"),
        (lambda: Conv2d(1, (1, 2, 3)), "kernel and stride are 1 or 2 numbers"),
        (lambda: MaxPool("2"), "kernel"),
        (lambda: Model((0, 1, 1), [Dense(2)]), "input .* each at least 1"),
        (lambda: Model((256, 256, 1), [Dense(2)]), "more than 65535 values"),
        (lambda: Model((1, 1, 1), [Dense(2)], input_exp=41), "input_exp 41: must be -40..40"),
        (lambda: Rate(16, 0), "mantissa is 8..15"),
        (lambda: Rate.of(0.0), "learning rate 0.0"),
        (lambda: Rate.of(float("nan")), "learning rate nan"),
    ],
)
def test_values_out_of_range_are_refused(make, reason):
    with pytest.raises(ModelError, match=reason):
        make()


def test_a_rate_is_the_nearest_eighth():
    assert Rate.of(0.1) == Rate(13, 4)
    assert Rate.of(2**-5) == Rate(8, 5)
    assert Rate.of(0.0312) == Rate(8, 5)  # 15.97 eighths make 16, the next power of two
    assert float(Rate(13, 4)) == pytest.approx(0.1016, abs=1e-4)


def test_the_default_rate_suits_the_kind_of_network():
    rates = {name: default_rate(preset.make().layers) for name, preset in PRESETS.items()}
    assert rates == {"digits": Rate(8, 5), "lenet5": Rate(8, 7), "cnn1d": Rate(8, 6)}


@given(models())
def test_a_description_gives_the_same_model_back(model):
    assert from_data(to_data(model)) == model


def test_descriptions_in_yaml_json_and_python_are_equal(tmp_path):
    yaml = tmp_path / "net.yaml"
    yaml.write_text(
        "input: [8, 8, 1]\nlayers:\n"
        "  - conv2d: {channels: 2, kernel: 3, relu: true}\n"
        "  - maxpool: 2\n  - flatten\n  - dense: 10\n"
    )
    python = (
        "{'input': (8, 8, 1), 'layers': [{'conv2d': {'channels': 2, 'kernel': 3, 'relu': True}},"
        " {'maxpool': 2}, 'flatten', {'dense': 10}]}"
    )
    expected = Model((8, 8, 1), [Conv2d(2, 3, relu=True), MaxPool(2), Dense(10)], rate=Rate(8, 7))
    assert from_file(yaml) == expected
    assert from_literal(python) == expected
    assert (
        from_literal(python.replace("True", "true").replace("(8, 8, 1)", "[8, 8, 1]")) == expected
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (3, "a description has input and layers"),
        ({"input": [1, 1, 4], "layers": [], "colour": 1}, "a description has input and layers"),
        ({"input": 4, "layers": []}, "lists"),
        ({"input": [1, 1, 4], "layers": ["lstm"]}, "layer 0: 'lstm' is none of dense"),
        ({"input": [1, 1, 4], "layers": [{}]}, "layer 0"),
        ({"input": [1, 1, 4], "layers": [["dense", 2]]}, "layer 0"),
        ({"input": [1, 1, 4], "layers": [{"dense": {"outputs": 2, "x": 1}}]}, "has no 'x'"),
        ({"input": [1, 1, 4], "layers": ["dense"]}, r"layer 0 \(dense\): needs outputs"),
        ({"input": [1, 1, 4], "layers": [{"dense": 0}]}, r"layer 0 \(dense\): outputs 0"),
        ({"input": [1, 1, 4], "layers": [{"dense": 2}], "rate": "x"}, "rate 'x'"),
        ({"input": [1, 1, 4], "layers": [{"dense": 2}], "input_exp": "x"}, "input_exp"),
    ],
)
def test_a_wrong_description_is_refused_with_its_reason(data, reason):
    with pytest.raises(ModelError, match=reason):
        from_data(data)


KEYS = ["input", "layers", "rate", "input_exp"]
PARAMETERS = ["outputs", "channels", "kernel", "stride", "padding", "relu", "fraction_bits"]
words = st.sampled_from([*KEYS, *LAYERS, *PARAMETERS])
atoms = st.none() | st.booleans() | st.integers(-3, 300) | st.floats() | words
anything = st.recursive(
    atoms, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4)
)


@given(
    anything,
    st.lists(anything, max_size=4),
    st.fixed_dictionaries(
        {},
        optional={
            "rate": anything,
            "input_exp": anything,
        },
    ),
)
def test_no_description_brings_another_error(shape, layers, options):
    for data in (shape, {"input": shape, "layers": layers}, {"input": [4, 4, 1], "layers": layers}):
        with contextlib.suppress(ModelError):
            from_data({**data, **options} if isinstance(data, dict) else data)


@given(st.sampled_from(sorted(LAYERS)), st.dictionaries(words, anything, max_size=5))
def test_no_layer_s_parameters_bring_another_error(name, parameters):
    with contextlib.suppress(ModelError):
        from_data({"input": [4, 4, 1], "layers": [{name: parameters}, {"dense": 2}]})


def test_sizes_stand_for_dense_layers():
    assert from_sizes("64-32-10") == Model((1, 1, 64), [Dense(32, relu=True), Dense(10)])
    for wrong in ("64", "a-b", "64--10", ""):
        with pytest.raises(ModelError):
            from_sizes(wrong)
