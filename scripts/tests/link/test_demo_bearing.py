# SPDX-License-Identifier: Apache-2.0
"""The demo on a machine's model: no exam window is learned from, and what it shows is checked."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from tintin.cli import app
from tintin.demo.bearing import host, story
from tintin.demo.bearing.course import LABELS_A_LOAD, Course, bearing_course
from tintin.demo.errors import DemoError
from tintin.link.view import View


@pytest.fixture(name="course", scope="module")
def _course() -> Course:
    return bearing_course(1)


def rows(samples: Any) -> set[bytes]:
    return {x.tobytes() for x in samples.x}


def test_no_window_of_an_exam_is_ever_learned_from(course: Course) -> None:
    exams = set().union(*(rows(exam.samples) for exam in course.exams))
    learned = rows(course.remembered).union(*(rows(part.samples) for part in course.meetings))
    assert len(exams) == sum(len(exam.samples) for exam in course.exams)
    assert not exams & learned


def test_the_new_fault_is_met_last_and_by_nobody_before(course: Course) -> None:
    *known, fault = course.meetings
    assert set(fault.samples.y) == {course.closed}
    assert course.closed not in course.remembered.y
    for part in known:
        assert len(part.samples) == LABELS_A_LOAD
        counts = np.bincount(part.samples.y, minlength=10)
        assert counts[course.closed] == 0
        assert set(counts) <= {0, 2, 3}


def test_a_seed_repeats_its_course_and_life(course: Course) -> None:
    again = bearing_course(1)
    assert (again.record, again.centres) == (course.record, course.centres)
    records = []
    for one in (course, again):
        with View("", one.total, quiet=True) as view:
            records.append(host.run(one, view).record)
            assert view.accuracy.total == one.total
    assert records[0] == records[1]


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["demo", "bearing", *arguments])


@pytest.mark.parametrize("seed", [1, 2])
def test_the_demo_adapts_keeps_what_it_knew_and_learns_a_new_fault(
    seed: int, tmp_path: Any
) -> None:
    picture = tmp_path / "life" / "bearing.png"
    result = run("--json", "--seed", str(seed), "--picture", str(picture))
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    exams = told["exams"]
    assert list(exams) == ["load 0", "load 1", "load 2", "load 3", told["new_fault"]]
    assert exams["load 3"]["before"] < 0.75
    assert exams["load 3"]["after"] > exams["load 3"]["before"] + 0.2
    assert exams["load 0"]["after"] > exams["load 0"]["before"] - 0.03
    assert exams["outer-2"]["before"] == 0
    assert exams["outer-2"]["after"] > 0.8
    assert told["events"]["opened"] == 1
    assert sum(told["ram_bytes"].values()) < 40_000
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_without_json_a_table_tells_each_load_and_time(tmp_path: Any) -> None:
    result = run("--host", "--picture", str(tmp_path / "life.png"))
    assert result.exit_code == 0, result.output
    for word in ("as shipped", "load 3", "outer-2"):
        assert word in result.stderr


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"before": 0.5, "own": 0.7, "after": 0.9}, "70.0% after its labelled windows"),
        ({"before": 0.5, "own": 0.95, "after": 0.85}, "95.0% fell to 85.0%"),
    ],
)
def test_a_monitor_that_does_not_learn_or_forgets_fails_the_demo(
    values: dict[str, float], why: str
) -> None:
    story.check({"exams": {"load 2": {"before": 0.5, "own": 0.9, "after": 0.86}}})
    with pytest.raises(DemoError, match=why):
        story.check({"exams": {"load 2": values}})


def test_a_demo_that_there_is_not_is_refused() -> None:
    assert "must be digits or bearing" in CliRunner().invoke(app, ["demo", "gas"]).stderr
    assert run("--bare").exit_code == 2
