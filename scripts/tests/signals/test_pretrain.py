# SPDX-License-Identifier: Apache-2.0
"""Applications as data, and networks trained for them before they go to a device."""

from __future__ import annotations

import copy
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from tintin import record as records
from tintin.cli.app import app
from tintin.engine import Network
from tintin.errors import DataError, ModelError
from tintin.signals import radio, recorded
from tintin.signals.application import NAMES, VARIANTS, from_json, load
from tintin.signals.pipeline import Pipeline
from tintin.signals.pretrain import prepare, train
from tintin.signals.recordings import Recordings
from tintin.signals.simulated import bearing


def description(name: str) -> dict[str, Any]:
    text = (files("tintin.signals") / "applications" / f"{name}.json").read_text()
    return dict(json.loads(text))


@pytest.mark.parametrize("name", NAMES)
def test_an_application_is_a_network_that_reads_what_its_pipeline_gives(name: str) -> None:
    application = load(name)
    record = records.write(application.model)
    network = Network(record)
    assert network.classes == len(application.classes)
    assert application.model.input_length == Pipeline(application.description).length
    # "every pipeline's whole firmware within 64 KB": what is the pipeline's and the network's
    assert application.description.memory + network.arena_size < 44 * 1024


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"classes": ["one", "two"]}, "2 classes, 10 outputs"),
        ({"input": [1, 1, 63]}, "96 features, input of 63"),
        ({"colour": "red"}, "bearing: colour: not known; there are classes, device"),
    ],
)
def test_a_description_that_does_not_fit_together_is_refused(
    change: dict[str, Any], reason: str
) -> None:
    data = copy.deepcopy(description("bearing")) | change
    with pytest.raises(ModelError, match=reason):
        from_json("bearing", data)


def test_a_machine_at_one_load_is_learned_and_a_new_load_is_harder() -> None:
    application = load("bearing")
    prepared = prepare(application, bearing())
    trained = train(application, prepared, seed=1)
    s = prepared.samples
    again = Network(trained.record).predict_many(s.vectors.features)
    hit = again == s.label
    assert hit[~s.test].mean() > 0.99
    assert trained.accuracy == pytest.approx(hit[s.test].mean())
    assert trained.by_domain[1] > 0.95
    assert 0.3 < trained.by_domain[3] < 0.9


def test_labels_that_mean_nothing_teach_nothing() -> None:
    application, r = load("bearing"), bearing()
    shuffled = np.random.default_rng(1).permutation(r.label)
    prepared = prepare(application, Recordings(r.readings, shuffled, r.domain, r.test, r.source))
    assert train(application, prepared, seed=1).accuracy < 0.35


def test_centres_give_training_features_their_range() -> None:
    s = prepare(load("bearing"), bearing()).samples
    features = s.vectors.features[~s.test].astype(float)
    assert np.abs(features.mean(axis=0)).max() < 3
    assert np.abs(features).mean(axis=0) == pytest.approx(25.5, abs=2)


def test_the_command_writes_a_record_and_centres_that_a_device_can_start_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TINTIN_DATA", raising=False)
    out = tmp_path / "motor.tt"
    arguments = ["pretrain", "bearing", "-o", str(out), "--passes", "4", "--json"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout.splitlines()[-1])
    assert answer["source"] == "model of a machine"
    assert answer["test_samples"] == 1800
    assert records.crc(records.load(out)) == int(answer["crc"], 16)
    pipeline = Pipeline(load("bearing").description)
    pipeline.restore(out.with_suffix(".centres").read_bytes())
    assert pipeline.centre.spread.min() > 1


def test_where_there_is_no_data_the_reason_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no spoken digits .*fsdd_audio\.npz"):
        recorded.words(tmp_path)


def test_recorded_bearings_reach_their_figures() -> None:
    try:
        recordings = recorded.bearing()
    except DataError as error:
        pytest.skip(str(error))
    application = load("bearing")
    trained = train(application, prepare(application, recordings), seed=1)
    assert trained.by_domain[1] >= 0.96
    assert trained.by_domain[2] >= 0.88
    assert trained.by_domain[3] >= 0.80


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_is_a_network_that_reads_what_its_pipeline_gives(name: str) -> None:
    application = load(name)
    network = Network(records.write(application.model))
    assert network.classes == len(application.classes)
    assert application.model.input_length == Pipeline(application.description).length


def test_energy_of_iq_samples_is_heard_as_well_as_theory_allows() -> None:
    application = load("spectrum-iq")
    trained = train(application, prepare(application, radio.segments()), seed=1)
    assert trained.detection is not None
    for ratio, share in trained.detection.items():
        assert share == pytest.approx(radio.detection(ratio), abs=0.1)


def test_without_a_signal_a_detector_has_but_its_false_alarms() -> None:
    assert radio.detection(-90) == pytest.approx(0.1, abs=1e-3)
    assert radio.detection(-90, 0.3) == pytest.approx(0.3, abs=1e-3)
    r = radio.segments()
    power = {True: [], False: []}  # of occupied, of idle
    for readings, label in zip(r.readings, r.label, strict=True):
        power[bool(label)].append((readings.astype(float) ** 2).sum(axis=1).mean())
    assert np.mean(power[False]) == pytest.approx(2 * radio.NOISE**2, rel=0.01)
    ratio = np.mean([10 ** (db / 10) for db in radio.RATIOS_DB])
    assert np.mean(power[True]) == pytest.approx(2 * radio.NOISE**2 * (1 + ratio), rel=0.02)
