# SPDX-License-Identifier: Apache-2.0
"""Recordings and descriptions of the user's own."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from tintin.cli.app import app
from tintin.errors import DataError, ModelError
from tintin.signals.application import load
from tintin.signals.own import own
from tintin.signals.pretrain import recordings_of
from tintin.signals.simulated import bearing

APPLICATION = load("bearing")


def arrays(**changed: Any) -> dict[str, Any]:
    """Three recordings of one channel."""
    rng = np.random.default_rng(1)
    plain = {
        "readings": rng.integers(-999, 999, (5000, 1)).astype(np.int16),
        "offset": np.array([0, 1024, 3000, 5000]),
        "y": np.array([0, 1, 9]),
        "domain": np.array([7, 8, 8]),
        "test": np.array([False, False, True]),
    }
    return plain | changed


def saved(folder: Path, **changed: Any) -> Path:
    np.savez(
        folder / "bearing.npz", **{k: v for k, v in arrays(**changed).items() if v is not None}
    )
    return folder


def test_recordings_are_those_of_the_file(tmp_path: Path) -> None:
    r = recordings_of(APPLICATION, saved(tmp_path), 1)
    assert [len(x) for x in r.readings] == [1024, 1976, 2000]
    assert np.concatenate(r.readings).tolist() == arrays()["readings"].tolist()
    assert (r.label.tolist(), r.domain.tolist()) == ([0, 1, 9], [7, 8, 8])
    assert r.test.tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"offset": None}, "no offset in it"),
        ({"readings": np.zeros((5000, 2), np.int16)}, r"int16 \[N, 1\], not int16 \[5000, 2\]"),
        ({"readings": np.zeros((5000, 1))}, "int16"),
        ({"offset": np.array([0, 1024, 3000, 4000])}, "from 0 to 5000"),
        ({"offset": np.array([0, 3000, 1024, 5000])}, "offset rises"),
        ({"y": np.array([0, 1])}, "3 values each"),
        ({"y": np.array([0, 1, 10])}, r"of 0\.\.9"),
        ({"test": np.ones(3, bool)}, "nothing to learn from"),
        ({"test": np.zeros(3, bool)}, "nothing to test with"),
        ({"y": np.array([0, 1.5, 9])}, "y is whole numbers, not float64"),
        ({"y": np.array([0, np.nan, 9])}, "y is whole numbers"),
        ({"y": np.array([[0], [1], [9]])}, "3 values each"),
        ({"domain": np.array([0.5, 1, 2])}, "domain is whole numbers"),
        ({"test": np.array(["no", "no", "yes"])}, "test is whole numbers"),
        ({"offset": np.array([0, 0.5, 3000, 5000])}, "in whole numbers"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(
    changed: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=reason):
        own(saved(tmp_path, **changed) / "bearing.npz", APPLICATION)


def test_a_description_of_ones_own_is_pretrained_with_ones_own_data(tmp_path: Path) -> None:
    text = (files("tintin.signals") / "applications" / "bearing.json").read_text()
    data = json.loads(text)
    data["pipeline"] |= {"window": 512, "bands": 16}
    data["layers"][0]["dense"]["outputs"] = 12
    data["training"]["passes"] = 3
    (tmp_path / "pump.json").write_text(json.dumps(data))
    r = bearing()
    offset = np.cumsum([0, *(len(x) for x in r.readings)])
    facts = {"y": r.label, "domain": r.domain, "test": r.test}
    np.savez(tmp_path / "pump.npz", readings=np.concatenate(r.readings), offset=offset, **facts)
    out = tmp_path / "out.tt"
    words = ["pretrain", str(tmp_path / "pump.json"), "--data-dir", str(tmp_path), "-o", str(out)]
    result = CliRunner().invoke(app, [*words, "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout.splitlines()[-1])
    assert (told["application"], told["features"]) == ("pump", 16)
    assert told["source"] == "pump.npz"
    assert told["test_accuracy_by_domain"]["1"] > 0.6  # ten classes, three passes


def test_a_description_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("[1")
    with pytest.raises(ModelError, match=r"bad\.json"):
        load(str(tmp_path / "bad.json"))
    with pytest.raises(DataError, match=r"no .*pump\.npz"):
        recordings_of(replace(APPLICATION, name="pump"), tmp_path, 1)


def pretrained(*words: str) -> Any:
    return CliRunner().invoke(app, ["pretrain", *words, "--passes", "1", "-o", "out.tt"])


@pytest.mark.parametrize(
    ("offset", "reason"),
    [
        ([0, 500, 1000, 5000], "no recording to learn from is as long as the 1024 readings"),
        ([0, 1024, 4500, 5000], "no recording to test with is as long as the 1024 readings"),
    ],
)
def test_recordings_too_short_for_a_sample_are_refused(
    offset: list[int], reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    saved(tmp_path, offset=np.array(offset))
    result = pretrained("bearing", "--data-dir", ".", "--json")
    assert result.exit_code == 2
    assert reason in json.loads(result.stdout)["error"]
    assert not (tmp_path / "out.tt").exists()


def test_some_that_are_too_short_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    saved(tmp_path, offset=np.array([0, 1000, 3000, 5000]))
    told = json.loads(pretrained("bearing", "--data-dir", ".", "--json").stdout.splitlines()[-1])
    assert told["short_recordings"] == 1
    said = " ".join(pretrained("bearing", "--data-dir", ".").stdout.split())
    assert "left out, too short for a sample: 1" in said


@pytest.mark.parametrize("where", ["environment", "current"])
def test_ones_own_data_needs_no_option(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    monkeypatch.delenv("TINTIN_DATA", raising=False)
    monkeypatch.chdir(saved(tmp_path / "mine") if where == "current" else tmp_path)
    if where == "environment":
        saved(tmp_path / "mine")
        monkeypatch.setenv("TINTIN_DATA", "mine")
    result = pretrained("bearing", "--json")
    assert json.loads(result.stdout.splitlines()[-1])["source"] == "bearing.npz"


def test_data_lies_beside_its_description(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (files("tintin.signals") / "applications" / "bearing.json").read_text()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "pump.json").write_text(text)
    saved(tmp_path / "mine").joinpath("bearing.npz").rename(tmp_path / "mine" / "pump.npz")
    monkeypatch.delenv("TINTIN_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    result = pretrained("mine/pump.json", "--json")
    assert json.loads(result.stdout.splitlines()[-1])["source"] == "pump.npz"
    (tmp_path / "mine" / "pump.npz").unlink()
    result = pretrained("mine/pump.json")
    assert result.exit_code == 2
    assert "neither mine/pump.npz nor pump.npz" in " ".join(result.stderr.split())
