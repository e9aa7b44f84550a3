# SPDX-License-Identifier: Apache-2.0
"""A network or centres of another application go into no firmware."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tintin import record as records
from tintin.cli.app import app
from tintin.model import Dense, Model
from tintin.signals.application import load
from tintin.signals.fits import check_network
from tintin.signals.pipeline import Pipeline


def put(folder: Path, network: str, centres: str, cut: int = 0) -> Path:
    """A record of one application and centres of another."""
    path = folder / "mine.tt"
    path.write_bytes(records.write(load(network).model, 1))
    saved = Pipeline(load(centres).description).save()
    path.with_suffix(".centres").write_bytes(saved[: len(saved) - cut])
    return path


def run(*words: object) -> Any:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.mark.parametrize(
    ("of", "reason"),
    [
        (("gas", "bearing"), "128 inputs, and bearing has 96 features"),
        (("bearing-raw", "bearing"), "1024 inputs, and bearing has 96 features"),
        (("bearing", "gas"), r"mine\.centres: no centres of bearing: "),
        (("bearing", "bearing", 1), r"mine\.centres: no centres of bearing: "),
        (("bearing", "bearing", 10**6), r"mine\.centres: no centres of bearing: "),
    ],
)
def test_what_is_anothers_is_one_line_and_nothing_is_written(
    of: tuple[Any, ...], reason: str, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    result = run("application", "bearing", "--model", put(tmp_path, *of), "-o", out)
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert re.search(reason, line)
    assert not out.exists()


def test_what_fits_is_written(tmp_path: Path) -> None:
    model = put(tmp_path, "bearing", "bearing")
    assert run("application", "bearing", "--model", model, "-o", tmp_path / "out").exit_code == 0
    assert run("info", model, "--application", "bearing").exit_code == 0


def test_info_of_another_applications_network_is_refused(tmp_path: Path) -> None:
    result = run("info", put(tmp_path, "bearing", "bearing"), "--application", "words")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "96 inputs, and words has" in result.stderr


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (Model((1, 1, 96), [Dense(32, relu=True), Dense(9)], input_exp=-5), "9 outputs"),
        (Model((1, 1, 96), [Dense(32, relu=True), Dense(10)]), r"inputs \* 2\^-7"),
        (Model((1, 1, 96), [Dense(33, relu=True), Dense(10)], input_exp=-5), "other layers"),
        (Model((1, 1, 96), [Dense(32), Dense(10)], input_exp=-5), "other layers"),
    ],
)
def test_outputs_scale_and_layers_must_be_the_descriptions(model: Model, reason: str) -> None:
    with pytest.raises(Exception, match=reason):
        check_network(load("bearing"), records.write(model, 1), "mine.tt")


def test_fraction_bits_may_be_fewer() -> None:
    for bits in (0, 4, 8):
        layers = [Dense(o, relu=o == 40, fraction_bits=bits) for o in (40, 10)]
        check_network(
            load("bearing"), records.write(Model((1, 1, 96), layers, input_exp=-5), 1), "mine.tt"
        )
