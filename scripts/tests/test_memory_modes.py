# SPDX-License-Identifier: Apache-2.0
"""What `tintin info` says of memory is where the bytes are; modes are compared from one start."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from strategies import models
from tintin import record as records
from tintin.cli import app
from tintin.cost.compare import Course, compare_modes
from tintin.cost.memory import plan
from tintin.cost.modes import modes
from tintin.data import digits
from tintin.engine import Network, arena_size
from tintin.fractions import MODES, with_fraction_bits
from tintin.planes import masters_of
from tintin.presets import PRESETS
from tintin.training import train


def run(*arguments):
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def some(model, train):
    weighted = [w.index for w in model.wired if w.layer.kind in ("dense", "conv2d")]
    return {"all": weighted, "none": [], "last": weighted[-1:], "first": weighted[:1]}[train]


@given(models(), st.sampled_from(["all", "none", "last", "first"]), st.sampled_from([0, 2]))
def test_the_parts_of_the_arena_add_up_to_it_and_none_is_negative(model, train, batch_log2):
    network = Network(records.write(model, 3), train=some(model, train), batch_log2=batch_log2)
    parts = plan(network)
    assert parts.total == network.arena_size
    totals = [getattr(parts, name) for name in vars(parts) if name != "layers"]
    assert min(totals) >= 0
    for layer, info in zip(parts.layers, network.layers, strict=True):
        planes = layer.weights + layer.fractions + layer.biases + layer.gradient
        assert planes == info.arena_weights
        assert layer.input_kept + layer.indices == info.arena_kept


@given(models(), st.sampled_from(MODES))
def test_a_mode_keeps_the_int8_weights_and_all_bits_that_it_can(model, bits):
    before = records.read(records.write(model, 5))
    after = records.read(records.pack(with_fraction_bits(before, bits)))
    for wired, old, new in zip(model.wired, before.layers, after.layers, strict=True):
        if old.planes is None:
            assert new == old
            continue
        assert (old.planes.weight == new.planes.weight).all()
        assert (old.planes.bias == new.planes.bias).all()
        f = wired.layer.fraction_bits
        was, now = (masters_of(p, b) for p, b in ((old.planes, f), (new.planes, bits)))
        error = now * 2.0**-bits - was * 2.0**-f
        assert np.abs(error).max() <= (0.5 if bits == 0 else 2.0**-bits) * (bits < f)


@pytest.mark.parametrize("preset", PRESETS)
def test_the_modes_cost_what_networks_made_in_them_cost(preset):
    data = records.write(PRESETS[preset].make(), 1)
    rows = modes(data, "all", 0)
    assert [row.current for row in rows] == [True, False, False]
    for row in rows:
        made = records.pack(with_fraction_bits(records.read(data), row.fraction_bits))
        assert row.arena == arena_size(made)
        assert row.record == len(made)
    weights = sum(
        w.output[2] * w.fan_in
        for w in records.read(data).model.wired
        if w.layer.kind in ("dense", "conv2d")
    )
    assert rows[0].arena - rows[2].arena == pytest.approx(weights, abs=3 * 4)


def test_modes_start_equal_and_the_widest_learns_as_train_does():
    pytest.importorskip("sklearn")
    data, start = digits(), records.write(PRESETS["digits"].make(), 2)
    learned = list(compare_modes(start, data, Course(epochs=2, seed=3)))
    network = Network(start)
    assert [one.mode.fraction_bits for one in learned] == [8, 4, 0]
    assert learned[0].test_accuracy == list(train(network, data, 2, 3))[-1].test_accuracy
    assert len({one.epochs[0].running_accuracy for one in learned}) > 1


def test_compare_modes_answers_with_accuracy_and_ram_and_draws(tmp_path, monkeypatch):
    pytest.importorskip("sklearn")
    monkeypatch.chdir(tmp_path)
    run("new", "digits")
    words = ("train", "digits.tt", "--data", "digits", "--epochs", 8, "--compare-modes")
    values = json.loads(run(*words, "--plot", "modes.png", "--json"))
    assert [mode["fraction_bits"] for mode in values["modes"]] == [8, 4, 0]
    assert [mode["arena"] for mode in values["modes"]] == [5568, 4384, 3200]
    assert all(mode["test_accuracy"] > 0.93 for mode in values["modes"])
    assert Path("modes.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(p.name for p in Path().iterdir()) == ["digits.tt", "modes.png"]
    shown = run(*words, "--epochs", 1)
    assert "5,568" in shown
    assert "fraction bits" in shown


def test_compare_modes_refuses_to_name_a_record(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("new", "digits")
    words = ["train", "digits.tt", "--data", "digits", "--compare-modes", "-o", "x.tt"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2
    assert "writes no record" in result.stderr


def test_info_shows_the_parts_and_the_modes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("new", "lenet5")
    shown = run("info", "lenet5.tt")
    for words in ("RAM by part", "max-pool indices", "memory modes", "8 (now)", "1.5"):
        assert words in shown
    values = json.loads(run("info", "lenet5.tt", "--json"))
    memory = {k: v for k, v in values["memory"].items() if k != "layers"}
    assert sum(memory.values()) == values["arena"] == values["modes"][0]["arena"]
