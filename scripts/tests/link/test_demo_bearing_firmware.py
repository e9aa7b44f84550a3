# SPDX-License-Identifier: Apache-2.0
"""The demo's monitor on Zephyr: its firmware holds the course's network, and lives as the host."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tintin.demo import workspace, zephyr
from tintin.demo.bearing import device, firmware, host
from tintin.demo.bearing.course import Course, Part, bearing_course
from tintin.link.qemu import PROGRAM
from tintin.link.session import Samples
from tintin.link.view import View
from tintin.signals import learning

ROOT = Path(__file__).parents[3]
TREE = zephyr.find(ROOT, ROOT / workspace.DEPS)
COMPILER = "arm-none-eabi-gcc"


@pytest.fixture(name="course", scope="module")
def _course() -> Course:
    return bearing_course(2)


def options_of(text: str) -> dict[str, str]:
    """Of a configuration fragment."""
    return dict(line.split("=", 1) for line in text.splitlines() if line.startswith("CONFIG_"))


def test_the_folder_of_the_firmware_holds_the_courses_network_and_learner(
    course: Course, tmp_path: Path
) -> None:
    firmware.write(course, tmp_path)
    assert (tmp_path / "model.tt").read_bytes() == course.record
    assert (tmp_path / "model.centres").read_bytes() == course.centres
    found, how = options_of((tmp_path / "app.conf").read_text()), host.Twin(course).options
    assert found["CONFIG_APP_MODEL"] == f'"{tmp_path}/model.tt"'
    assert found["CONFIG_APP_CENTRES"] == f'"{tmp_path}/model.centres"'
    assert found["CONFIG_TINTIN_LEARNER_GUARD"] == found["CONFIG_TINTIN_LEARNER_DRIFT"] == "y"
    numbers = {"SLOTS": how.slots, "LOSS_BOUND": how.guard.loss_bound}
    numbers |= {"HITS_BOUND": how.guard.hits_bound}
    numbers |= {"MEMORY": learning.memory(course.application.device, course.record)}
    for name, value in numbers.items():
        assert found[f"CONFIG_TINTIN_LEARNER_{name}"] == str(value)


def test_what_is_the_same_is_not_built_anew(course: Course, tmp_path: Path) -> None:
    firmware.write(course, tmp_path)
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    firmware.write(course, tmp_path)
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before
    firmware.write(replace(course, centres=course.centres[::-1]), tmp_path)
    after = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert {name for name in after if after[name] != before[name]} == {"model.centres"}


def shortened(course: Course) -> Course:
    """The factory, six windows of load 3, and four of the fault; two windows an exam."""

    def few(part: Part, n: int) -> Part:
        return Part(part.name, Samples(part.samples.x[:n], part.samples.y[:n]))

    load, fault = course.meetings[-2:]
    exams = tuple(few(exam, 2) for exam in (course.exams[0], *course.exams[-2:]))
    return replace(course, meetings=(few(load, 6), few(fault, 4)), exams=exams, rests=2)


@pytest.mark.skipif(TREE is None, reason="no Zephyr tree: the demo's firmware is not built")
@pytest.mark.skipif(shutil.which(COMPILER) is None, reason=f"no {COMPILER}")
@pytest.mark.skipif(shutil.which(PROGRAM) is None, reason=f"no {PROGRAM}")
def test_the_firmware_saves_the_bytes_of_the_host_after_the_same_life(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert TREE is not None
    monkeypatch.setattr(firmware, "APPLICATION", tmp_path / "application")
    monkeypatch.setattr(firmware, "OUT", tmp_path / "bearing")
    elf, short = firmware.build(TREE, ROOT, course), shortened(course)
    with View("", short.total, quiet=True) as view:
        there = device.run(elf, short, view)
    with View("", short.total, quiet=True) as view:
        here = host.run(short, view)
    assert there.state == here.state
    assert there.state.record != course.record
    assert there.learner == here.learner
    assert there.learner["open_classes"] == 10
    assert (there.life.ends, there.life.own) == (here.life.ends, here.life.own)
    assert (there.life.hits, there.again) == (here.life.hits, here.again)
    assert set(there.measured) == set(here.measured)
    assert there.measured["ram_bytes"] + there.measured["sim_flash_bytes"] <= 64 * 1024
