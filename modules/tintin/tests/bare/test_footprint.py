# SPDX-License-Identifier: Apache-2.0
"""What the engine costs on each target: instructions, RAM, flash, and what is not in it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest
from test_bit_exact import ALL, built, learn_and_predict, stream

import bare
import nofloat

Model = Callable[[str], bytes]

# Most instructions for a training step and a prediction of 64-32-10, about 3 % above what was
# measured: a change that costs more has to say so here.
BUDGET = {"m0": (62500, 21000), "m3": (39200, 9600), "m4": (37200, 7100), "m55": (10900, 2150)}
MOST_STACK = 800
MOST_RAM = 6700  # with arena, sample, variables and stack
MOST_FLASH = {"m0": 29200, "m3": 26000, "m4": 26200, "m55": 25300}

# Functions of training by how their names begin; more by how they end.
TRAINING = ("tintin_learn", "tt_update", "tt_axpy", "tt_batch", "tt_step", "tt_rescale")
TRAINING_TOO = ("tt_scale_move", "tt_loss_error", "tt_master_bits", "tt_gather")


def known(figure: float | None) -> float:
    assert figure is not None
    return figure


@pytest.mark.parametrize("target", ALL)
def test_no_float_no_heap_no_long_division_in_library_or_image(target: str) -> None:
    image = built(target)
    assert nofloat.check([image.library, image.path]) == []


@pytest.mark.parametrize("target", ALL)
def test_the_counter_counts_instructions(target: str, model: Model) -> None:
    result = bare.run(built(target), bare.Job(model("mlp-8"), []))
    assert result.instructions_per_loop == pytest.approx(1_000_000, abs=200)


@pytest.mark.parametrize("target", ALL)
def test_a_step_of_the_digits_network_stays_within_its_budget(target: str, model: Model) -> None:
    job = bare.Job(model("mlp-8"), learn_and_predict(stream("mlp", 200)))
    one, again = bare.run(built(target), job), bare.run(built(target), job)
    assert one == again  # counts included
    step, predict = BUDGET[target]
    print(
        f"\n64-32-10 on {target}: {one.instructions_per_step:.0f} instructions a training step,"
        f" {one.instructions_per_predict:.0f} a prediction; RAM {one.ram} with arena {one.arena}"
        f" and stack {one.stack}, flash {one.flash} bytes"
    )
    assert known(one.instructions_per_step) <= step
    assert known(one.instructions_per_predict) <= predict
    assert known(one.stack) <= MOST_STACK
    assert known(one.ram) <= MOST_RAM
    assert known(one.flash) <= MOST_FLASH[target]


def in_slices(count: int) -> list[bare.Operation]:
    return [bare.learn_in_slices(x, label) for x, label in stream("mlp", count)]


@pytest.mark.parametrize("shift", [0, 3, 6])
def test_the_slices_of_a_step_add_up_to_it(shift: int, model: Model) -> None:
    image, whole = built("m3"), [bare.learn(x, label) for x, label in stream("mlp", 30)]
    step = bare.run(image, bare.Job(model("mlp-8"), whole), shift=shift)
    slices = bare.run(image, bare.Job(model("mlp-8"), in_slices(30)), shift=shift)
    each = slices.instructions_per_slice
    assert each is not None
    assert len(each) == 5  # forward twice, loss, backward twice
    assert min(each) > 500
    assert sum(each) == pytest.approx(known(step.instructions_per_step), rel=0.02)
    assert step.instructions_per_slice is None


def test_slices_that_a_step_does_not_come_to_do_not_count(model: Model) -> None:
    job = bare.Job(model("mlp-8"), in_slices(30), train=2)  # the last layer alone
    each = bare.run(built("m3"), job).instructions_per_slice
    assert each is not None
    assert len(each) == 4


def test_what_outlasts_the_counter_is_refused(model: Model) -> None:
    image, job = built("m3"), bare.Job(model("mlp-8"), [])  # the loop is timed all the same
    with pytest.raises(bare.BareError, match="lower the shift"):
        bare.run(image, job, shift=10)


def test_code_of_an_m0_counts_the_same_on_a_machine_with_more_memory(model: Model) -> None:
    job = bare.Job(model("mlp-8"), learn_and_predict(stream("mlp", 50)))
    small, large = (bare.run(built(target), job, shift=6) for target in ("m0", "m0-mps2"))
    assert large.record == small.record
    assert large.instructions_per_step == pytest.approx(known(small.instructions_per_step), abs=3)
    assert (large.ram, large.stack) == (small.ram, small.stack)


def symbols(image: bare.Image) -> list[str]:
    command = ["arm-none-eabi-nm", str(image.path)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return [line.split()[-1] for line in lines]


def is_training(symbol: str) -> bool:
    name = symbol.partition(".")[0]  # an optimizer appends to it
    return name.startswith(TRAINING + TRAINING_TOO) or name.endswith(("_backward", "_update"))


def test_inference_alone_has_no_training_in_it(model: Model) -> None:
    whole, inference = built("m3"), built("m3", training=False)
    assert len([s for s in symbols(whole) if is_training(s)]) > 10
    assert [s for s in symbols(inference) if is_training(s)] == []


def test_inference_alone_predicts_the_same_and_learns_nothing(model: Model) -> None:
    record = bare.run(
        built(bare.HOST), bare.Job(model("cnn-8"), learn_and_predict(stream("cnn", 100)))
    ).record
    job = bare.Job(record, [bare.predict(x) for x, _ in stream("cnn", 50, seed=2)], train=0)
    whole, inference = built("m3"), built("m3", training=False)
    expected, result = bare.run(whole, job), bare.run(inference, job)
    assert result.predictions == expected.predictions
    assert result.record == record
    assert result.arena == expected.arena
    assert known(result.flash) < known(expected.flash) * 0.7
    with pytest.raises(bare.BareError):
        bare.run(inference, bare.Job(record, [bare.learn(*stream("cnn", 1)[0])], train=0))
    with pytest.raises(bare.BareError):
        bare.run(inference, bare.Job(record, []))  # asks for layers to train
