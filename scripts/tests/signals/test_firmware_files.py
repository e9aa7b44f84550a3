# SPDX-License-Identifier: Apache-2.0
"""The firmware's folders of the applications are what their descriptions say."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from tintin import record as records
from tintin.cli.app import app
from tintin.engine import Network
from tintin.errors import ModelError
from tintin.signals.application import NAMES, VARIANTS, Device, load
from tintin.signals.firmware import factory_record, files
from tintin.signals.learning import shipped
from tintin.signals.pipeline import Pipeline
from tintin.signals.synthetic import recordings

FOLDERS = Path(__file__).resolve().parents[3] / "app" / "applications"
BOARD = "qemu_cortex_m3.overlay"
RAM = 64 * 1024
STACKS_AND_GLUE = 12 * 1024  # of the application without network, learner and front ends


@pytest.mark.parametrize("name", NAMES + VARIANTS)
def test_committed_files_are_those_that_the_command_writes(name: str) -> None:
    application = load(name)
    record = (FOLDERS / name / "model.tt").read_bytes()
    for file, text in files(application, record).items():
        assert (FOLDERS / name / file).read_text() == text, f"{file}: run `tintin application`"


@pytest.mark.parametrize("name", NAMES + VARIANTS)
def test_a_committed_network_and_its_centres_fit_the_description(name: str) -> None:
    application = load(name)
    network = Network((FOLDERS / name / "model.tt").read_bytes())
    assert [info.kind for info in network.layers] == [
        layer.kind for layer in records.read(records.write(application.model)).model.layers
    ]
    Pipeline(application.description).restore((FOLDERS / name / "model.centres").read_bytes())


@pytest.mark.parametrize("name", NAMES + VARIANTS)
def test_network_front_ends_and_two_saves_fit_64_kb(name: str) -> None:
    text = (FOLDERS / name / "app.conf").read_text()
    values = dict(line.split("=") for line in text.splitlines() if line.startswith("CONFIG_"))
    sample = int(values["CONFIG_TINTIN_SAMPLE_SIZE"])
    windows = int(values["CONFIG_TINTIN_HISTORY"]) + int(values["CONFIG_TINTIN_QUEUE"])
    blocks = ("TINTIN_ARENA_SIZE", "APP_PIPELINE_SIZE", "TINTIN_LEARNER_MEMORY")
    static = sum(int(values.get(f"CONFIG_{block}", 1024)) for block in blocks)
    store = re.search(r"two slots of (\d+) KB", (FOLDERS / name / BOARD).read_text())
    assert store is not None
    total = STACKS_AND_GLUE + static + sample * windows + 2 * 1024 * int(store[1])
    assert total <= RAM


def test_layers_that_do_not_learn_lose_their_fractions_and_predictions_stay() -> None:
    application = load("words")
    whole = records.write(application.model, 3)
    bare = factory_record(application, whole)
    assert len(bare) < len(whole) * 0.6
    x = np.random.default_rng(1).integers(-127, 128, (50, 640)).astype(np.int8)
    learns = Network(bare, train=application.device.train)
    assert np.array_equal(learns.predict_many(x), Network(whole).predict_many(x))
    learns.learn(x[0], 1)
    assert len(learns.save()) == len(bare)


def test_a_device_keeps_fewer_fraction_bits_and_predicts_as_its_factory_taught() -> None:
    application = load("spectrum")
    assert application.device.fraction_bits == 0
    whole = records.write(application.model, 3)
    lean = shipped(application.device, whole)
    x = np.random.default_rng(1).integers(-127, 128, (50, 31)).astype(np.int8)
    small, large = Network(lean), Network(whole)
    assert small.arena_size <= large.arena_size - 31 * 16
    assert np.array_equal(small.predict_many(x), large.predict_many(x))
    small.learn(x[0], 1)
    assert len(small.save()) == len(lean)
    assert shipped(replace(application.device, fraction_bits=None), whole) == whole


@pytest.mark.parametrize("bits", [3, 16, True, 8.0, "8"])
def test_other_fraction_bits_of_a_device_are_refused(bits: object) -> None:
    with pytest.raises(ModelError, match="fraction_bits"):
        Device.of({"channels": ["GAS_RES"], "fraction_bits": bits})


@pytest.mark.parametrize("name", NAMES + VARIANTS)
def test_synthetic_signals_have_the_form_of_the_sensors(name: str) -> None:
    application = load(name)
    signals = recordings(application, seed=5)
    assert set(signals.label.tolist()) == set(range(len(application.classes)))
    assert set(signals.label[signals.test].tolist()) == set(signals.label.tolist())
    vectors = Pipeline(application.description).push(signals.readings[0])
    assert len(vectors.features) >= 1


def test_the_command_writes_a_folder_and_keeps_its_network(tmp_path: Path) -> None:
    out = tmp_path / "spectrum"
    run = CliRunner().invoke
    answer = run(app, ["application", "spectrum", "-o", str(out), "--synthetic", "--json"])
    assert answer.exit_code == 0, answer.output
    written = json.loads(answer.stdout)["written"]
    assert sorted(path.name for path in out.iterdir()) == written
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert run(app, ["application", "spectrum", "-o", str(out)]).exit_code == 0
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert 'CONFIG_APP_MODEL="./model.tt"' in before["app.conf"].decode()


def test_without_a_network_the_command_says_what_is_missing(tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["application", "gas", "-o", str(tmp_path / "gas")])
    assert answer.exit_code != 0
    assert "model.tt" in answer.output + str(answer.exception)


@pytest.mark.parametrize("values", [{}, {"channels": ["ACCEL_X"], "speed": 1}])
def test_a_device_that_is_not_known_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ModelError, match="device"):
        Device.of(values)
