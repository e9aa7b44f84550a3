# SPDX-License-Identifier: Apache-2.0
"""The demo's course is one for all learners, and its verdict cannot be bought."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from elftools.elf.elffile import ELFFile
from typer.testing import CliRunner

from tintin import record as records
from tintin.cli import app
from tintin.demo import bare, host, story
from tintin.demo import cli as demo_cli
from tintin.demo.course import RATES, Course, Outcome, digits_course
from tintin.demo.device import saved_record
from tintin.demo.errors import DemoError, NoZephyrError
from tintin.demo.footprint import footprint
from tintin.demo.repository import root
from tintin.link.picture import running_curve
from tintin.link.session import Samples
from tintin.link.view import RunningAccuracy, View, sparkline
from tintin.model import Dense, Model
from tintin.rate import Rate

ROOT = Path(__file__).parents[3]
TOLD = {
    "host_equal": True,
    "accuracy_after": 0.98,
    "accuracy_after_power_cycle": 0.98,
    "passes": len(RATES),
}


@pytest.fixture(name="digits", scope="module")
def _digits():
    pytest.importorskip("sklearn")
    return digits_course(1, len(RATES))


def short(digits, n=60):
    few = Samples(digits.train.x[:n], digits.train.y[:n])
    held_out = Samples(digits.held_out.x[:n], digits.held_out.y[:n])
    return Course(few, held_out, RATES[:2], 1)


def test_the_course_is_1347_digits_450_held_out_and_at_most_20_passes(digits):
    assert (len(digits.train), len(digits.held_out)) == (1347, 450)
    assert len(digits.rates) <= 20
    assert digits.total == len(digits.rates) * 1347


def test_a_course_repeats_by_its_seed_and_each_pass_has_its_own_order(digits):
    def orders(seed):
        return [lesson.samples.y.tolist() for lesson in digits_course(seed, 3).passes()]

    first = orders(1)
    assert orders(1) == first
    assert orders(2) != first
    assert first[0] != first[1]
    assert sorted(first[0]) == sorted(first[1])


def test_fewer_passes_still_end_at_the_lowest_rate(digits):
    assert digits_course(1, 2).rates == (RATES[0], RATES[-1])
    assert digits_course(1, 20).rates[-1] == RATES[-1]


@pytest.mark.parametrize("seed", range(1, 4))
def test_the_course_teaches_the_digits(seed):
    pytest.importorskip("sklearn")
    record = (ROOT / "app" / "models" / "digits.tt").read_bytes()
    outcome = host.run(record, digits_course(seed, len(RATES)))
    assert outcome.accuracy_before < 0.3
    assert outcome.accuracy_after >= 0.965  # the demo asks for 0.955
    assert outcome.accuracy_after_power_cycle == outcome.accuracy_after


def test_the_features_are_the_datas_own(digits):
    from tintin.data import digits as features  # noqa: PLC0415

    assert np.array_equal(host.features(digits.train.x), features().x_train)


def test_the_features_are_the_applications():
    pipeline = (ROOT / "app" / "boards" / "pipeline.dtsi").read_text()
    assert f"shift = <{host.FEATURE_SHIFT}>;" in pipeline


@pytest.mark.skipif(bool(bare.missing(ROOT)), reason="no bare Cortex-M3 here")
def test_a_bare_cortex_m3_ends_with_the_hosts_bytes(digits):
    few, record = short(digits), (ROOT / "app" / "models" / "digits.tt").read_bytes()
    with View("", few.total, quiet=True) as view:
        outcome = bare.run(ROOT, record, few, view)
    here = host.run(record, few)
    assert outcome.record == here.record != record
    assert outcome.accuracy_before == here.accuracy_before
    assert outcome.accuracy_after == outcome.accuracy_after_power_cycle == here.accuracy_after
    assert view.accuracy.total == few.total
    assert outcome.measured["instructions_per_step"] > 5000
    assert set(outcome.measured) == set(here.measured)


def run(*arguments):
    return CliRunner().invoke(app, ["demo", *arguments])


def test_the_demo_on_this_computer_ends_with_one_line_of_json(monkeypatch, tmp_path):
    pytest.importorskip("sklearn")
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(story.repository, "BUILD", tmp_path)
    result = run("--host", "--passes", "1")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["samples"] == 1347
    assert told["accuracy_after"] == told["accuracy_after_power_cycle"] > told["accuracy_before"]
    assert told["host_equal"] is None  # there was nothing to compare with
    assert {told[name] for name in host.NOT_MEASURED} == {None}
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")


def test_outside_a_checkout_the_demo_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("--json")
    assert result.exit_code != 0
    assert "not inside a checkout" in json.loads(result.stdout)["error"]
    assert root(ROOT / "app" / "src") == ROOT


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"host_equal": False}, "weights differ"),
        ({"accuracy_after_power_cycle": 0.979999}, "after the power cycle"),
        ({"accuracy_after": 0.9, "accuracy_after_power_cycle": 0.9}, "below 95.5%"),
    ],
)
def test_a_promise_that_was_not_kept_fails_the_demo(change, why):
    demo_cli._verdict(TOLD)
    with pytest.raises(DemoError, match=why):
        demo_cli._verdict({**TOLD, **change})


def test_one_wrong_bit_of_the_device_is_told(digits, monkeypatch, tmp_path):
    few = short(digits)
    demo = story.Demo(ROOT, few, lambda text: None)
    monkeypatch.setattr(story.repository, "BUILD", tmp_path)
    right = host.run(demo.record, few)
    wrong = bytearray(right.record)
    wrong[-20] ^= 1

    def learner(record):
        return lambda view: Outcome(bytes(record), 0.1, 0.5, 0.5, {})

    assert demo.tell(story.Place("a device", learner(right.record)), True)["host_equal"] is True
    assert demo.tell(story.Place("a device", learner(wrong)), True)["host_equal"] is False


def test_without_zephyr_it_says_why_and_goes_on(digits, monkeypatch):
    said = []
    demo = story.Demo(ROOT, digits, said.append)

    def firmware(self):
        raise NoZephyrError("no network to https://example.org/zephyr")

    monkeypatch.setattr(story.Demo, "firmware", firmware)
    monkeypatch.setattr(bare, "missing", lambda root: None)
    assert demo.best_place().name == "bare Cortex-M3 in QEMU"
    monkeypatch.setattr(bare, "missing", lambda root: "no compiler")
    assert demo.best_place().name == "this computer"
    assert len(said) == 3
    assert "no network" in said[0]
    assert "no compiler" in said[2]


def test_the_saved_record_is_found_in_the_flash_by_its_checksum():
    model = Model(input=(2, 2, 1), layers=[Dense(3)])
    old, new = records.write(model, 1), records.write(model, 2)
    flash = bytes(64) + old + bytes(100) + new + b"\xff" * 40
    for record in (old, new):
        crc = f"{int.from_bytes(record[-4:], 'little'):08x}"
        assert saved_record(flash, crc) == record
    with pytest.raises(DemoError, match="not in its flash"):
        saved_record(flash, "0badf00d")


@pytest.mark.skipif(shutil.which("arm-none-eabi-gcc") is None, reason="no compiler")
def test_an_image_that_is_not_zephyrs_is_not_measured(tmp_path):
    runner = bare.runner(ROOT)
    image = runner.build(bare.TARGET).path
    assert ELFFile(io.BytesIO(image.read_bytes()))["e_machine"] == "EM_ARM"
    with pytest.raises(DemoError, match="_image_ram_end"):
        footprint(image)


def test_the_running_accuracy_looks_back_on_its_window():
    accuracy = RunningAccuracy()
    for hit in [False] * 300 + [True] * 100:
        accuracy.see(hit)
    assert accuracy.now == 0.5
    assert accuracy.samples[-1] == accuracy.total == 400
    assert running_curve(accuracy, {"after": 0.5}, "title").startswith(b"\x89PNG")


def test_a_sparkline_fits_its_width_and_rises():
    line = sparkline([i / 999 for i in range(1000)], 60)
    assert len(line) <= 60
    assert line[0] == " "
    assert list(line) == sorted(line)
    assert sparkline([]) == ""


def test_without_a_terminal_a_line_says_how_it_goes(capsys):
    with View("learning", 2) as view:
        view.describe("pass 1")
        view.see(True)
        view.see(False)
        view.describe("after")
    said = capsys.readouterr().err.splitlines()
    assert said == ["pass 1: 0 of 2 samples", "after: 2 of 2 samples, running accuracy 50.0%"]


def test_the_rates_are_ones_that_the_shell_carries_exactly():
    for rate in RATES:
        assert Rate.of(float(f"{rate:.6f}")) == Rate.of(rate)
