# SPDX-License-Identifier: Apache-2.0
"""The firmware of a course: an application's folder with its network in it, built for QEMU."""

from __future__ import annotations

from pathlib import Path

from tintin.demo import zephyr
from tintin.demo.bearing.course import Course
from tintin.demo.repository import BUILD
from tintin.files import write_atomically
from tintin.signals.firmware import factory_record, files

APPLICATION = BUILD / "application" / "bearing"
OUT = BUILD / "bearing"


def write(course: Course, folder: Path) -> None:
    """What -DAPPLICATION=<folder> takes: texts, network and centres."""
    record = factory_record(course.application, course.record)
    texts = files(course.application, record, str(folder))
    contents = {name: text.encode() for name, text in texts.items()}
    contents |= {"model.tt": record, "model.centres": course.centres}
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in contents.items():
        path = folder / name
        # What is the same keeps its time, and is not built anew.
        if not path.is_file() or path.read_bytes() != data:
            write_atomically(path, data)


def build(tree: zephyr.Zephyr, root: Path, course: Course) -> Path:
    """Its zephyr.elf. Raises DemoError."""
    folder = (root / APPLICATION).resolve()
    write(course, folder)
    return zephyr.build(tree, root, root / OUT, f"-DAPPLICATION={folder}")
