# SPDX-License-Identifier: Apache-2.0
"""The demo on a machine's model: no exam window is learned from, and what it shows is checked."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from tintin.cli import app
from tintin.demo.bearing import host, story
from tintin.demo.bearing.course import LABELS_A_LOAD, Course, bearing_course
from tintin.demo.bearing.outcome import Outcome
from tintin.demo.errors import DemoError, NoZephyrError
from tintin.learner import State
from tintin.link.view import View

ROOT = Path(__file__).parents[3]


@pytest.fixture(name="course", scope="module")
def _course() -> Course:
    return bearing_course(1)


def rows(samples: Any) -> set[bytes]:
    return {x.tobytes() for x in samples.x}


def test_no_window_of_an_exam_is_ever_learned_from(course: Course) -> None:
    exams = set().union(*(rows(exam.samples) for exam in course.exams))
    learned = rows(course.factory).union(*(rows(part.samples) for part in course.meetings))
    assert len(exams) == sum(len(exam.samples) for exam in course.exams)
    assert not exams & learned


def test_the_new_fault_is_met_last_and_by_nobody_before(course: Course) -> None:
    *known, fault = course.meetings
    assert set(fault.samples.y) == {course.closed}
    assert course.closed not in course.factory.y
    for part in known:
        assert len(part.samples) == LABELS_A_LOAD
        counts = np.bincount(part.samples.y, minlength=10)
        assert counts[course.closed] == 0
        assert set(counts) == {0, 3}


def test_a_seed_repeats_its_course_and_life(course: Course) -> None:
    again = bearing_course(1)
    assert (again.record, again.centres) == (course.record, course.centres)
    records = []
    for one in (course, again):
        with View("", one.total, quiet=True) as view:
            records.append(host.run(one, view).state)
            assert view.accuracy.total == one.total
    assert records[0] == records[1]


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["demo", "bearing", *arguments])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_demo_adapts_keeps_what_it_knew_and_learns_a_new_fault(
    seed: int, tmp_path: Any
) -> None:
    picture = tmp_path / "life" / "bearing.png"
    result = run("--host", "--json", "--seed", str(seed), "--picture", str(picture))
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    exams = told["exams"]
    assert list(exams) == ["load 0", "load 1", "load 2", "load 3", told["new_fault"]]
    assert told["place"] == "this computer"
    assert told["host_equal"] is None  # there was nothing to compare with
    assert exams["load 3"]["before"] < 0.75
    assert exams["load 3"]["after"] > exams["load 3"]["before"] + 0.2
    assert exams["load 0"]["after"] > exams["load 0"]["before"] - story.KEPT
    assert exams["outer-2"]["before"] == 0
    assert exams["outer-2"]["after"] > 0.8
    assert told["learner"]["open_classes"] == 10
    assert sum(told["parts_ram_bytes"].values()) < 24_000
    assert {told[name] for name in host.NOT_MEASURED} == {None}
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_without_json_a_table_tells_each_load_and_time(tmp_path: Any) -> None:
    result = run("--host", "--picture", str(tmp_path / "life.png"))
    assert result.exit_code == 0, result.output
    for word in ("as shipped", "load 3", "outer-2"):
        assert word in result.stderr


def test_one_wrong_bit_of_the_device_is_told(course: Course, tmp_path: Any) -> None:
    def learner(bit: int) -> story.Place:
        def run(course: Course, view: View) -> Outcome:
            outcome = host.run(course, view)
            wrong = bytearray(outcome.state.memory)
            wrong[-1] ^= bit
            return replace(outcome, state=State(outcome.state.record, bytes(wrong)))

        return story.Place("a device", run)

    picture = tmp_path / "life.png"
    assert story.tell(learner(0), course, picture, quiet=True)["host_equal"] is True
    assert story.tell(learner(1), course, picture, quiet=True)["host_equal"] is False


def test_without_zephyr_it_says_why_in_a_line_and_lives_here(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tree(*_: object) -> None:
        raise NoZephyrError("no network to https://example.org/zephyr")

    said: list[str] = []
    monkeypatch.setattr(story.workspace, "tree", tree)
    monkeypatch.chdir(ROOT)
    assert story.best_place(course, said.append) is story.HOST
    assert len(said) == 1
    assert "no network" in said[0]


def test_outside_a_checkout_it_lives_here_too(
    course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    said: list[str] = []
    monkeypatch.chdir(tmp_path)
    assert story.best_place(course, said.append) is story.HOST
    assert len(said) == 1
    assert "not inside a checkout" in said[0]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"own": 0.9, "after": 0.9, "after_power_cycle": 0.8}, "after the power cycle"),
        ({"before": 0.5, "own": 0.7, "after": 0.9}, "70.0% after its labelled windows"),
        ({"before": 0.5, "own": 0.95, "after": 0.85}, "95.0% fell to 85.0%"),
    ],
)
def test_a_monitor_that_does_not_learn_or_forgets_fails_the_demo(
    values: dict[str, float], why: str
) -> None:
    good = {"before": 0.5, "own": 0.9, "after": 0.86}
    story.check({"host_equal": None, "exams": {"load 2": good}})
    with pytest.raises(DemoError, match=why):
        story.check({"host_equal": True, "exams": {"load 2": values}})
    with pytest.raises(DemoError, match="differs from the host"):
        story.check({"host_equal": False, "exams": {"load 2": good}})


def test_a_demo_that_there_is_not_is_refused() -> None:
    assert "must be digits or bearing" in CliRunner().invoke(app, ["demo", "gas"]).stderr
    assert run("--bare").exit_code == 2
    assert "--bare is for the digits" in run("--bare").stderr
