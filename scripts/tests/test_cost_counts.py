# SPDX-License-Identifier: Apache-2.0
"""What the cost model counts is what a step does; what it assumes is near what is seen."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from strategies import models
from tintin import record as records
from tintin.cli import app
from tintin.cost import counts
from tintin.cost.assumed import assume
from tintin.cost.counts_pool import pool_live
from tintin.cost.energy import SUPPLIES
from tintin.cost.instructions import targets
from tintin.cost.observe import observe
from tintin.cost.passes import passes
from tintin.cost.trace import LayerTrace
from tintin.engine import Network
from tintin.model import AvgPool, Conv2d, Dense, MaxPool, Model, volume

FULL = np.ones


def run(*arguments):
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*arguments):
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    assert result.exit_code == 2
    return result.stderr


def samples(model, n=3, seed=1):
    rs = np.random.RandomState(seed)
    x = rs.randint(-127, 128, (n, model.input_length)) * (rs.uniform(size=model.input_length) < 0.6)
    return x.astype(np.int8), rs.randint(0, model.classes, n).astype(np.uint16)


def taps(wired):
    """Every (output position, input position) pair of a convolution, one by one."""
    layer, (h, w, _), (oh, ow, _) = wired.layer, wired.input, wired.output
    for y in range(oh):
        for x in range(ow):
            for ky in range(layer.kernel[0]):
                for kx in range(layer.kernel[1]):
                    iy = y * layer.stride[0] - layer.padding[0] + ky
                    ix = x * layer.stride[1] - layer.padding[1] + kx
                    if 0 <= iy < h and 0 <= ix < w:
                        yield (y, x), (iy, ix)


def macs(found, name=""):
    return 4 * found[f"{name}term_quads"] + found[f"{name}term_tails"]


@given(models())
def test_a_convolution_s_macs_are_its_errors_times_the_taps_that_they_reach(model):
    for wired in model.wired:
        if not isinstance(wired.layer, Conv2d):
            continue
        error = np.random.RandomState(3).uniform(size=wired.output) < 0.4
        met = LayerTrace(FULL(wired.input, bool), error)
        pairs = list(taps(wired))
        expected = sum(int(error[at].sum()) for at, _ in pairs) * wired.input[2]
        whole = int(error.sum()) * wired.fan_in  # on the sheet no window has an edge
        assert macs(counts.BACKWARD["conv2d"](wired, met)) == whole
        update = counts.UPDATE["conv2d"](wired, met)
        assert macs(update) + macs(update, "edge_") == expected


def products(found, prefix):
    parts = (("block", 4), ("pair", 2), ("single", 1))
    return sum(
        rows * (4 * found[f"{prefix}{name}_words"] + found[f"{prefix}{name}_tail"])
        for name, rows in parts
    )


@given(models())
def test_without_zeros_the_forward_products_are_the_engine_s_macs(model):
    network = Network(records.write(model, 1))
    for wired, info in zip(model.wired, network.layers, strict=True):
        if isinstance(wired.layer, Dense):
            found = counts.FORWARD["dense"](wired, LayerTrace(FULL(wired.input, bool)))
            assert products(found, "many_") == info.macs


@given(models())
def test_every_output_of_a_convolution_takes_a_whole_window_padding_too(model):
    for wired in model.wired:
        if not isinstance(wired.layer, Conv2d):
            continue
        found = counts.FORWARD["conv2d"](wired, LayerTrace(FULL(wired.input, bool)))
        expected = volume(wired.output) * wired.fan_in
        assert products(found, "words_") == expected
        assert products(found, "aligned_") + products(found, "odd_") == expected
        for lanes in ("wide_", "narrow_"):
            put = 4 * found[f"{lanes}put_quads"] + found[f"{lanes}put_ones"]
            assert put + found[f"{lanes}put_signed"] == volume(wired.output)


@given(models(), st.integers(0, 3))
def test_zeros_are_never_dearer(model, seed):
    """Fewer errors, fewer inputs: no count grows, but that of what is passed over."""
    rs = np.random.RandomState(seed)
    for wired in model.wired:
        error, mask = rs.uniform(size=wired.output) < 0.6, rs.uniform(size=wired.input) < 0.6
        more = LayerTrace(FULL(wired.input, bool), FULL(wired.output, bool), 0.5, 0.1)
        less = LayerTrace(mask, error, 0.5, 0.1)
        for table in (counts.FORWARD, counts.BACKWARD, counts.UPDATE):
            if wired.layer.kind in table:
                many, few = (table[wired.layer.kind](wired, met) for met in (more, less))
                shared = [n for n in few if n in many and n != "skipped"]
                assert all(few[n] <= many[n] for n in shared), (few, many)


def test_a_window_of_zeros_is_not_live():
    model = Model((4, 4, 1), [Conv2d(1, (1, 1), relu=True), MaxPool((2, 2)), Dense(2)])
    mask = np.zeros((4, 4, 1), bool)
    mask[0, 3] = True
    assert pool_live(model.wired[1], mask)[:, :, 0].tolist() == [[False, True], [False, False]]


@given(models())
def test_traces_are_those_of_the_step(model):
    """Forward masks lead from one layer to the next, and a layer moves only where it has errors."""
    start, (x, y) = records.write(model, 2), samples(model)
    for step, sample in zip(observe(start, x, y), x, strict=True):
        assert (step[0].input.reshape(-1) == (sample != 0)).all()
        for wired, met in zip(model.wired, step, strict=True):
            assert met.input.shape == wired.input
            assert met.error is None or met.error.shape == wired.output
            assert 0 <= met.carried <= met.moved <= 1
    learning = [isinstance(w.layer, Dense | Conv2d) for w in model.wired]
    assert all(
        value >= 0
        for p in passes(model, learning, observe(start, x, y))
        for value in p.counts.values()
    )


@given(models())
def test_what_is_assumed_has_the_shapes_of_a_step(model):
    learning = [isinstance(w.layer, Dense | Conv2d) for w in model.wired]
    for step in assume(model, learning):
        for wired, met in zip(model.wired, step, strict=True):
            assert met.input.shape == wired.input
            assert met.error.shape == wired.output


def test_behind_a_2x2_max_pool_three_of_four_errors_are_zero():
    model = Model((16, 16, 1), [Conv2d(8, (3, 3), relu=True), MaxPool((2, 2)), Dense(10)])
    for step in assume(model, [True, False, True]):
        pooled, below = step[1].error, step[0].error
        assert below.sum() == pooled.sum()
        assert below.mean() <= 0.25
        assert not (below & ~step[1].input).any()


@pytest.fixture
def preset(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("new", "digits")
    run("train", "digits.tt", "--data", "digits", "--epochs", 1, "-o", "learned.tt")


@pytest.mark.usefixtures("preset")
@pytest.mark.parametrize("target", targets())
def test_info_says_what_a_step_costs_and_where_the_figures_are_from(target):
    pytest.importorskip("sklearn")
    words = ("info", "learned.tt", "--target", target, "--json")
    assumed = json.loads(run(*words))["step_cost"]
    seen = json.loads(run(*words, "--data", "digits", "--nj", 0.5))["step_cost"]
    assert assumed["instructions"] == pytest.approx(seen["instructions"], rel=0.5)
    for cost in (assumed, seen):
        parts = sum(sum(layer.values()) for layer in cost["layers"]) + cost["other"]
        assert parts == pytest.approx(cost["instructions"], abs=10)
        energy = cost["instructions"] * cost["nanojoules_per_instruction"] / 1000
        assert cost["microjoules"] == pytest.approx(energy, rel=1e-3)
    assert assumed["energy_source"] == SUPPLIES[target].source
    assert seen["energy_source"] == "as given"
    assert seen["zeros_from"] == "32 samples of digits"
    assert seen["layers"][0]["backward"] == 0


@pytest.mark.usefixtures("preset")
def test_info_shows_the_step_by_layer_and_a_prediction_has_no_update():
    shown = run("info", "digits.tt", "--target", "cortex-m3")
    for words in ("forward", "backward", "update", "uJ", "assumed shares"):
        assert words in shown
    cost = json.loads(
        run("info", "digits.tt", "--target", "cortex-m3", "--train", "none", "--json")
    )["step_cost"]
    assert all(layer["backward"] == layer["update"] == 0 for layer in cost["layers"])
    last = json.loads(
        run("info", "digits.tt", "--target", "cortex-m3", "--train", "last", "--json")
    )["step_cost"]
    assert [layer["update"] > 0 for layer in last["layers"]] == [False, True]


@pytest.mark.usefixtures("preset")
def test_info_refuses_what_the_cost_model_does_not_know():
    assert "must be one of cortex-m0, cortex-m3" in refused(
        "info", "digits.tt", "--target", "cortex-m7"
    )
    assert "for --batch 1" in refused("info", "digits.tt", "--target", "cortex-m3", "--batch", 8)
    assert "--data: only with --target" in refused("info", "digits.tt", "--data", "digits")
    assert "--nj: only with --target" in refused("info", "digits.tt", "--nj", 1)


def test_every_kind_of_layer_has_its_counts():
    kinds = {Dense.kind, Conv2d.kind, MaxPool.kind, AvgPool.kind}
    assert set(counts.FORWARD) == set(counts.BACKWARD) == kinds
    assert set(counts.UPDATE) == {Dense.kind, Conv2d.kind}
