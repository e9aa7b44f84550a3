# SPDX-License-Identifier: Apache-2.0
"""The learner on the digits: it keeps what it knew, takes up what is new, and undoes what harms."""

from __future__ import annotations

import errno
from functools import cache

import numpy as np
import pytest

from tintin import record as records
from tintin.data.digits import digits
from tintin.engine import EngineError
from tintin.errors import DataError, InputError
from tintin.learner import METHODS, GuardOptions, Learner, Options, memory_size
from tintin.presets import digits as model

PRETRAINED = 700  # samples of a good start
SEEDS = range(4)
HARMED = range(10)  # whose mean has a standard error of 0.2 to 0.4 points


@cache
def data():
    try:
        return digits()
    except DataError as error:
        pytest.skip(str(error))


def accuracy(learner: Learner, classes=range(10)) -> float:
    chosen = np.isin(data().y_test, classes)
    right = learner.predict_many(data().x_test[chosen]) == data().y_test[chosen]
    return 100 * float(right.mean())


def fresh(seed: int, **options) -> Learner:
    learner = Learner(records.write(model(), seed + 1), Options(seed=seed + 1, **options))
    learner.close_classes()
    return learner


def class_incremental(seed: int, **options) -> Learner:
    """Five tasks of two classes, each sample once."""
    rs = np.random.RandomState(1000 + seed)
    learner, order = fresh(seed, **options), rs.permutation(10)
    for pair in order.reshape(5, 2):
        chosen = rs.permutation(np.flatnonzero(np.isin(data().y_train, pair)))
        learner.stream(data().x_train[chosen], data().y_train[chosen])
    learner.settle()
    return learner


def started(seed: int, **options):
    """A learner that is good already, and the samples that it has not seen."""
    order = np.random.RandomState(seed).permutation(len(data().y_train))
    seen, rest = order[:PRETRAINED], order[PRETRAINED:]
    learner = fresh(seed, **options)
    learner.stream(data().x_train[seen], data().y_train[seen])
    learner.settle()
    return learner, data().x_train[rest], data().y_train[rest].astype(int)


def test_replay_keeps_what_plain_learning_forgets() -> None:
    replay = [accuracy(class_incremental(s, slots=200)) for s in SEEDS]
    naive = [accuracy(class_incremental(s, method="naive", slots=0)) for s in SEEDS]
    print(f"replay {np.mean(replay):.1f} %, naive {np.mean(naive):.1f} %")
    assert np.mean(replay) >= 88
    assert np.mean(naive) <= 25


def test_ewc_keeps_more_than_plain_learning_without_a_buffer() -> None:
    ewc = [accuracy(class_incremental(s, method="ewc")) for s in range(8)]
    naive = [accuracy(class_incremental(s, method="naive")) for s in range(8)]
    print(f"ewc {np.mean(ewc):.1f} %, naive {np.mean(naive):.1f} %")
    assert np.mean(ewc) >= np.mean(naive) + 10


def test_without_a_guard_replay_is_as_good_as_in_float() -> None:
    # 100 slots: float32 has 90.8 % [87.8-91.4] with the same stream and steps.
    got = [accuracy(class_incremental(s, slots=100, share=0)) for s in SEEDS]
    print(f"{np.mean(got):.1f} %")
    assert np.mean(got) >= 89.5


def poison(kind: str, learner: Learner, x, y, seed: int):
    rs = np.random.RandomState(seed)
    if kind == "label noise of 40 %":
        wrong = rs.rand(len(y)) < 0.4
        y = np.where(wrong, rs.randint(0, 10, len(y)), y)
    elif kind == "constant labels":
        y = np.full_like(y, 3)
    elif kind == "adversarial order":
        order = np.argsort(y, kind="stable")
        x, y = x[order], y[order]
    else:
        learner.set_rate(float(learner.rate) * 2**learner.slow * 64)
    return x, y


@pytest.mark.parametrize(
    "kind",
    ["label noise of 40 %", "constant labels", "adversarial order", "a rate 64 times too high"],
)
def test_what_harms_ends_no_worse_than_it_began(kind: str) -> None:
    change = []
    for seed in HARMED:
        learner, x, y = started(seed)
        before = accuracy(learner)
        learner.stream(*poison(kind, learner, x, y, seed))
        learner.settle()
        change.append(accuracy(learner) - before)
    print(f"{kind}: {np.mean(change):+.1f} points, worst {min(change):+.1f}")
    assert np.mean(change) >= 0
    assert min(change) >= -3  # 14 of 450 test samples


def test_without_the_guard_the_same_does_harm() -> None:
    for kind in ("label noise of 40 %", "constant labels", "a rate 64 times too high"):
        learner, x, y = started(0, share=0)
        before = accuracy(learner)
        learner.stream(*poison(kind, learner, x, y, 0))
        assert accuracy(learner) < before - 5, kind


def test_after_harm_labels_that_contradict_are_not_believed() -> None:
    learner, x, y = started(0)
    learner.stream(*poison("constant labels", learner, x, y, 0))
    believing, x, y = started(0, guard=GuardOptions(doubt=0))
    believing.stream(*poison("constant labels", believing, x, y, 0))
    assert learner.counters.doubted > 300  # of 580 that are no threes
    assert believing.counters.doubted == 0
    right = [share_of_right_threes(who) for who in (learner, believing)]
    assert right[0] > right[1] + 0.3


def share_of_right_threes(learner: Learner) -> float:
    x, labels, _ = learner.buffer()
    truth = {row.tobytes(): label for row, label in zip(*known(), strict=True)}
    return float(np.mean([truth[row.tobytes()] == 3 for row in x[labels == 3]]))


def known():
    return data().x_train, data().y_train


@pytest.mark.parametrize("method", METHODS)
def test_the_guard_judges_what_replays_unless_told_otherwise(method: str) -> None:
    replays = method in ("replay", "latent")
    learner = fresh(0, method=method)
    learner.stream(data().x_train[:100], data().y_train[:100])
    assert bool(learner.buffer()[2].any()) == replays
    assert (learner.replay_size > 0) == replays
    assert fresh(0, method=method, share=4).replay_size > 0


def test_a_rollback_is_said_and_slows_down() -> None:
    learner, x, y = started(0)
    learner.events()
    learner.stream(*poison("constant labels", learner, x, y, 0))
    events = learner.events()
    rollbacks = [e for e in events if e.kind == "rolled_back"]
    assert rollbacks
    assert {e.what for e in rollbacks} <= {"loss", "hits", "collapse", "rescale", "patience"}
    assert learner.counters.rollbacks >= len(rollbacks)
    assert learner.slow > 0
    assert learner.events() == []


def few_shot(seed: int, new: int, **options):
    """Nine classes, then five samples of the tenth: accuracies of old and new, before and after."""
    rs = np.random.RandomState(seed)
    order = rs.permutation(len(data().y_train))
    is_new = data().y_train[order] == new
    old, few = order[~is_new][:PRETRAINED], order[is_new][:5]
    rest = [c for c in range(10) if c != new]
    learner = fresh(seed, **options)
    learner.stream(data().x_train[old], data().y_train[old])
    learner.settle()
    before = accuracy(learner, rest)
    learner.stream(data().x_train[few], data().y_train[few])
    learner.idle(128)
    return before, accuracy(learner, rest), accuracy(learner, [new])


def test_a_new_class_is_useful_after_five_samples() -> None:
    rows = [few_shot(s, c) for s in range(2) for c in (0, 2, 4, 8, 9)]
    before, old, new = np.mean(rows, axis=0)
    print(f"old classes {before:.1f} % before, {old:.1f} % after; the new one {new:.1f} %")
    assert new >= 45
    assert old >= before - 3


@pytest.mark.parametrize("method", METHODS)
def test_a_learner_resumed_gives_the_same_bits(method: str) -> None:
    options = Options(method=method, slots=60, seed=3)
    train = [1] if method == "latent" else "all"
    record = records.write(model(), 1)
    x, y = data().x_train, data().y_train
    first = Learner(record, options, train=train)
    first.close_classes()
    first.stream(x[:250], y[:250])
    state = first.save()
    second = Learner(state.record, options, train=train, memory=state.memory)
    one, other = first.stream(x[250:500], y[250:500]), second.stream(x[250:500], y[250:500])
    assert (one == other).all()
    assert first.save() == second.save()
    assert first.counters == second.counters


def test_a_memory_of_another_learner_is_refused() -> None:
    record = records.write(model(), 1)
    state = Learner(record, Options(slots=20)).save()
    for options in (Options(slots=21), Options(slots=20, method="naive")):
        with pytest.raises(EngineError) as refused:
            Learner(state.record, options, memory=state.memory)
        assert refused.value.errno == errno.ESTALE
    damaged = bytearray(state.memory)
    damaged[300] ^= 1
    with pytest.raises(EngineError) as refused:
        Learner(state.record, Options(slots=20), memory=bytes(damaged))
    assert refused.value.errno == errno.EBADMSG


def test_streams_samples_and_slices_learn_the_same() -> None:
    x, y = data().x_train[:120], data().y_train[:120]
    whole, sliced = fresh(1), fresh(1)
    predicted = whole.stream(x, y)
    for row, label, expected in zip(x, y, predicted, strict=True):
        assert sliced.observe(row, int(label)).label == expected
        while sliced.slice():
            pass
    assert whole.save() == sliced.save()


def test_latent_replay_stores_activations_and_costs_fewer_bytes() -> None:
    record = records.write(model(), 1)
    whole = memory_size(record, Options(slots=200))
    latent = memory_size(record, Options(slots=200, method="latent"), train=[1])
    assert whole - latent == 200 * (64 - 32)


def test_a_permit_refuses_and_idle_time_makes_up_for_it() -> None:
    allowed, asked = [False], []

    def permit(work: str) -> bool:
        asked.append(work)
        return allowed[0]

    learner = Learner(records.write(model(), 1), permit=permit)
    learner.close_classes()
    x, y = data().x_train[:200], data().y_train[:200]
    learner.stream(x, y)
    assert learner.counters.steps == 0
    assert set(asked) >= {"label", "replay"}
    assert any(e.kind == "refused" for e in learner.events())
    allowed[0] = True
    assert learner.idle(600) >= 600
    assert accuracy(learner) >= 60


def test_unlabelled_samples_are_predicted_and_watched_alone() -> None:
    learner, x, _ = started(0)
    before = learner.counters
    learner.stream(x[:100])
    after = learner.counters
    assert after.observed == before.observed + 100
    assert (after.labels, after.steps) == (before.labels, before.steps)


def test_a_sensor_that_drifts_raises_an_alarm() -> None:
    learner, x, _ = started(0)
    learner.stream(np.roll(x, 1, axis=0)[:300])
    learner.events()
    learner.stream((x[:300] // 2).astype(np.int8))
    signals = {e.what for e in learner.events() if e.kind == "drift"}
    assert signals & {"offset", "amplitude"}


def test_the_buffer_is_balanced_and_erasable() -> None:
    learner, _, _ = started(0)
    _, labels, held = learner.buffer()
    assert np.bincount(labels, minlength=10).tolist() == [20] * 10
    assert np.bincount(labels[held], minlength=10).tolist() == [5] * 10
    learner.erase(4)
    assert 4 not in learner.buffer()[1]
    learner.erase()
    assert len(learner.buffer()[1]) == 0


def test_bad_options_are_refused_in_one_sentence() -> None:
    record = records.write(model(), 1)
    for options in (Options(method="gem"), Options(slots=70000), Options(share=-1)):
        with pytest.raises(InputError):
            Learner(record, options)
    with pytest.raises(EngineError):
        Learner(record, Options(burst=0))
