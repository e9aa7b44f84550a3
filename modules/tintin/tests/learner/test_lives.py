# SPDX-License-Identifier: Apache-2.0
"""A learner lives the same life on each core as on this computer, and its slices are short."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import lives
import pytest
from lives import Options, bare

Model = Callable[[str], bytes]

# Most instructions on a Cortex-M3 of a slice that judges one held-out sample with 64-32-10, about
# 5 % above what was measured.
MOST_JUDGEMENT = 10_500
MOST_STACK = 950


@cache
def built(target: str) -> bare.Image:
    reason = bare.missing(target) or bare.missing(bare.HOST)
    if reason:
        pytest.skip(reason)
    return lives.build(target, strict=True)


@cache
def samples(n: int) -> list[lives.Sample]:
    return lives.stream(64, 10, n)


@pytest.mark.parametrize(
    ("target", "method"),
    [*(("m3", method) for method in lives.METHODS), ("m0-mps2", "replay"), ("m55", "replay")],
)
def test_a_life_is_equal_in_every_bit(target: str, method: str, model: Model) -> None:
    options = Options(method, share=4)  # with a guard
    device = lives.run(built(target), model("mlp-8"), options, samples(120))
    host = lives.run(built(bare.HOST), model("mlp-8"), options, samples(120))
    assert device.counters == host.counters
    assert device.output == host.output


def test_a_life_has_all_that_the_learner_does(model: Model) -> None:
    counters = lives.run(built(bare.HOST), model("mlp-8"), Options(burst=32), samples(600)).counters
    for name in ("replayed", "judged", "kept", "rollbacks", "doubted"):
        assert counters[name] > 0, name


def test_a_judgement_costs_hardly_more_than_the_predictions_it_makes(model: Model) -> None:
    image = built("m3")
    life = lives.run(image, model("mlp-8"), Options(burst=32), samples(120))
    one = bare.Job(model("mlp-8"), [bare.predict(x) for _, x in samples(120)[:20]])
    predict = bare.run(bare.build("m3"), one).instructions_per_predict
    judgement = life.kinds["judgement"]
    print(
        f"\na judgement's slice: {judgement.mean:.0f} instructions, {judgement.most:.0f} at most;"
        f" a prediction {predict:.0f}; other slices {life.kinds['other'].most:.0f} at most,"
        f" stack {life.stack} bytes"
    )
    assert predict is not None
    assert judgement.runs == life.counters["judged"] > 50
    assert judgement.mean < predict * 1.1
    assert judgement.most < MOST_JUDGEMENT
    assert life.stack <= MOST_STACK
