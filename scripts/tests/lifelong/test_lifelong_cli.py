# SPDX-License-Identifier: Apache-2.0
"""tintin lifelong: one answer, one page, and one line for what is wrong."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from base64 import b64decode
from html.parser import HTMLParser

import pytest
from typer.testing import CliRunner

from tintin.cli.app import app

pytest.importorskip("sklearn", reason="the digits come with scikit-learn, not installed")

LIFE = ["lifelong", "label_noise", "--seeds", "2"]


def tintin(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_rows_as_json():
    result = tintin(*LIFE, "--method", "replay", "--json")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert answer["skipped"] == []
    row = next(r for r in answer["rows"] if r["metric"] == "average_accuracy")
    assert row["scenario"] == "label_noise"
    assert (row["method"], row["arithmetic"], row["seeds"]) == ("replay", "int8", [0, 1])
    assert 80 < row["value"] <= 100


def test_a_table_for_people():
    result = tintin(*LIFE, "--method", "naive")
    assert result.exit_code == 0
    assert re.search(r"label_noise +naive +int8 +\d\d\.\d", result.stdout)


class Page(HTMLParser):
    """What a page asks for, and its pictures."""

    def __init__(self):
        super().__init__()
        self.asked = []
        self.pictures = []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "img":
            self.pictures.append(attributes["src"])
        self.asked += [v for k, v in attributes.items() if k in ("src", "href", "srcset", "data")]


def test_the_report_needs_nothing_beside_it(tmp_path):
    path = tmp_path / "report.html"
    result = tintin(*LIFE, "--method", "naive,replay", "--arithmetic", "all", "--report", path)
    assert result.exit_code == 0
    page = Page()
    page.feed(path.read_text())
    assert all(asked.startswith(("data:", "#")) for asked in page.asked)
    assert "@import" not in path.read_text()
    assert len(page.pictures) == 4  # side by side, two over time, matrices
    for picture in page.pictures:
        kind, data = picture.split(",", 1)
        assert kind == "data:image/svg+xml;base64"
        assert ET.fromstring(b64decode(data)).tag.endswith("svg")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["nonsense"], "scenario nonsense: must be one of digits, mnist"),
        (["digits", "--method", "magic"], "--method magic: must be all or some of naive"),
        (["digits", "--arithmetic", "int4"], "--arithmetic int4: must be all or some of int8"),
        (["digits", "--rate", "0"], "learning rate 0"),
        (["mnist", "--data-dir", "/nowhere"], "mnist: no MNIST in /nowhere"),
        (["gas_drift", "--data-dir", "/nowhere"], "gas_drift: no gas sensor drift data in"),
        (["people", "--data-dir", "/nowhere"], "people: no HAPT in /nowhere"),
        (["bearing", "--data-dir", "/nowhere"], "bearing: no CWRU bearing data in /nowhere"),
    ],
)
def test_what_is_wrong_is_one_line(words, reason):
    result = tintin("lifelong", *words, "--seeds", "1")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"tintin: {reason}")
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_absent_data_are_skipped_with_one_line_where_others_are_there(tmp_path):
    result = tintin(*LIFE, "gas_drift", "--method", "naive", "--data-dir", tmp_path, "--json")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert {row["scenario"] for row in answer["rows"]} == {"label_noise"}
    assert len(answer["skipped"]) == 1
    assert answer["skipped"][0].startswith("gas_drift: no gas sensor drift data in")


def test_a_report_that_cannot_be_written_is_one_line(tmp_path):
    result = tintin(*LIFE, "--method", "naive", "--report", tmp_path / "no" / "such" / "r.html")
    assert result.exit_code == 2
    assert "there is no folder" in result.stderr
    assert result.stderr.count("\n") == 1
