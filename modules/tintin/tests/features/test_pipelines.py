# SPDX-License-Identifier: Apache-2.0
"""Every front end gives the same bytes on each core as on this computer, under sanitizers there."""

from __future__ import annotations

from functools import cache

import pipelines
import pytest
from pipelines import bare


@cache
def built(target: str) -> bare.Image:
    reason = bare.missing(target) or bare.missing(bare.HOST)
    if reason:
        pytest.skip(reason)
    return pipelines.build(target, strict=True)


@pytest.mark.parametrize("name", pipelines.NAMED)
@pytest.mark.parametrize("target", ["m0", "m3", "m4", "m55"])
def test_a_pipeline_is_equal_in_every_bit(target: str, name: str) -> None:
    description = pipelines.NAMED[name]
    readings = pipelines.readings_of(description, 12)
    device = pipelines.run(built(target), description, readings)
    host = pipelines.run(built(bare.HOST), description, readings)
    assert device.vectors == host.vectors > 1
    assert device.output == host.output


def test_another_reading_gives_another_output() -> None:
    description = pipelines.NAMED["32 bands of 1024"]
    readings = pipelines.readings_of(description, 2)
    one = pipelines.run(built(bare.HOST), description, readings)
    readings[1500] ^= 0x4000
    assert pipelines.run(built(bare.HOST), description, readings).output != one.output


def test_a_spectrum_of_1024_readings_takes_at_most_300_000_instructions_on_a_cortex_m3() -> None:
    description = pipelines.NAMED["32 bands of 1024"]
    outcome = pipelines.run(built("m3"), description, pipelines.readings_of(description, 12))
    assert 20_000 < outcome.instructions_per_vector < 300_000
