# SPDX-License-Identifier: Apache-2.0
"""Recordings of the model of a machine, for a computer without any data."""

from __future__ import annotations

import numpy as np

from tintin.signals.machine import CLASSES, LOADS, Machine, signal
from tintin.signals.recordings import Recordings

WINDOWS = 60
WINDOW = 1024
TRAIN_LOAD = 0


def bearing(seed: int = 1, machine: Machine | None = None) -> Recordings:
    """Ten classes at four loads, one recording each; loads 1, 2 and 3 are the test."""
    machine = machine or Machine()
    seconds = WINDOWS * WINDOW / machine.rate_hz
    cases = [(fault, load) for fault in CLASSES for load in LOADS]
    readings = [signal(machine, fault, load, seconds, seed)[:, None] for fault, load in cases]
    label = np.array([CLASSES.index(fault) for fault, _ in cases], np.uint16)
    domain = np.array([load for _, load in cases], np.int64)
    return Recordings(readings, label, domain, domain != TRAIN_LOAD, "model of a machine")
