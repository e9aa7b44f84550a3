# SPDX-License-Identifier: Apache-2.0
"""The records in the repository are what the tool makes, byte for byte."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tintin import record
from tintin.description import from_sizes
from tintin.presets import PRESETS
from tintin.rate import Rate

ROOT = Path(__file__).resolve().parents[2]


def test_the_applications_factory_record_is_new_digits_with_seed_1() -> None:
    made = record.write(PRESETS["digits"].make(), 1)
    assert made == (ROOT / "app" / "models" / "digits.tt").read_bytes()


def test_the_samples_record_is_new_dense_4_8_3_with_seed_1() -> None:
    made = record.write(replace(from_sizes("4-8-3"), rate=Rate.of(0.0625)), 1)
    assert made == (ROOT / "modules/tintin/samples/minimal/model.tt").read_bytes()
