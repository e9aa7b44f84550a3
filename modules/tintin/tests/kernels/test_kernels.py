# SPDX-License-Identifier: Apache-2.0
"""Every faster kernel does what the reference does, whatever the shape and the values."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

import kernels
from kernels import bare

ALL = (bare.HOST, *bare.TARGETS)
# Another seed in each run of CI would make failures come and go; set this to look further.
SEED = int(os.environ.get("TINTIN_KERNEL_SEED", "1"), 0)
# Enough to meet every extreme; kernels.py alone, or this set to thousands, goes on.
TRIALS = int(os.environ.get("TINTIN_KERNEL_TRIALS", "800"))


@cache
def built(target: str) -> bare.Image:
    reason = bare.missing(target) or bare.missing(bare.HOST)
    if reason:
        pytest.skip(reason)
    return kernels.build(target, strict=True)


@pytest.mark.parametrize("target", ALL)
def test_each_variant_equals_the_reference_in_every_byte(target: str) -> None:
    outcome = kernels.run(built(target), SEED, TRIALS)
    assert outcome.failures == []
    assert set(outcome.unequal.values()) == {0}


@pytest.mark.parametrize("target", ALL)
def test_no_variant_of_the_library_is_left_out(target: str) -> None:
    image = built(target)
    assert set(kernels.run(image, SEED, 1).unequal) == kernels.variants(image)


def test_zephyr_compiles_every_kernel() -> None:
    module = Path(__file__).parents[2]
    listed = (module / "CMakeLists.txt").read_text().split()
    files = {str(file.relative_to(module)) for file in module.glob("src/kernels/*.c")}
    assert files == {word for word in listed if word.startswith("src/kernels/")}


def test_the_test_finds_what_is_broken_and_replays_it() -> None:
    image = built("m3")
    outcome = kernels.run(image, SEED, TRIALS, broken=True)
    assert len(outcome.unequal) >= 7
    assert all(outcome.unequal.values()), outcome.unequal
    for failure in outcome.failures:
        name, seed = failure.split(":")[0], int(failure.partition("seed=")[2].split(";")[0])
        again = kernels.run(image, seed, 1, name, broken=True)
        assert again.failures == [failure]


def test_on_the_host_a_stray_access_ends_the_run_with_the_seed_that_replays_it() -> None:
    with pytest.raises(bare.BareError, match=r"broken_copies_too_much: .* outside .*; seed=\d+"):
        kernels.run(built(bare.HOST), SEED, TRIALS, "broken_copies_too_much", broken=True)
