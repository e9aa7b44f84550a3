# SPDX-License-Identifier: Apache-2.0
"""A device with the lifelong learner, and its twin on the host."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from device import Device

from tintin.data import digits_pixels
from tintin.data.dataset import Dataset
from twin import Twins

sys.path.insert(0, str(Path(__file__).resolve().parent))


@pytest.fixture(scope="module")
def digits() -> Dataset:
    """scikit-learn's digits, pixels 0..16."""
    pytest.importorskip("sklearn", reason="the digits come with scikit-learn")
    return digits_pixels()


@pytest.fixture
def twins(device: Device, factory_record: bytes) -> Twins:
    """Both know nothing, not even that there are classes."""
    twins = Twins(device, factory_record)
    twins.close_classes()
    return twins
