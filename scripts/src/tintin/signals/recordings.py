# SPDX-License-Identifier: Apache-2.0
"""What an application learns from: recordings of one class each, some of them for the test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tintin.signals.pipeline import Description, Int16Array, Pipeline, Vectors

Labels = npt.NDArray[np.uint16]
Domains = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Recordings:
    """Readings int16 [readings, channels] of one class each.

    `domain` is what changes between recordings beside the class: load, person, month, radio.
    `test` says which are not to be learned from.
    """

    readings: list[Int16Array]
    label: Labels
    domain: Domains
    test: Flags
    source: str


@dataclass(frozen=True)
class Samples:
    """Vectors of recordings, with class, domain and part of each."""

    vectors: Vectors
    label: Labels
    domain: Domains
    test: Flags


def readings_of_a_vector(description: Description) -> int:
    """How many readings the first vector takes; a shorter recording gives none."""
    d = description
    return (d.frames - 1) * (d.hop or d.window) + d.window


def samples(description: Description, recordings: Recordings, state: bytes = b"") -> Samples:
    """Every recording through the pipeline, each from a fresh window and with these centres."""
    pipeline = Pipeline(description)
    parts = []
    for readings in recordings.readings:
        if state:
            pipeline.restore(state)
        pipeline.restart()
        parts.append(pipeline.push(readings))
    counts = [len(part.values) for part in parts]
    return Samples(
        Vectors(*(np.concatenate(part) for part in zip(*parts, strict=True))),
        np.repeat(recordings.label, counts),
        np.repeat(recordings.domain, counts),
        np.repeat(recordings.test, counts),
    )
