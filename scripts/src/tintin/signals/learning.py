# SPDX-License-Identifier: Apache-2.0
"""How the firmware of an application learns: its layers, and the buffer of its learner.

With a buffer each label is followed by steps from it: of samples where the whole network learns,
of activations where only its last layers do, which are a fraction as long. Without another word
there is no guard: its held-out samples would be missed in so small a buffer. One that is wanted is
lenient: each of a dozen samples weighs a tenth, and the usual bounds would undo much for one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tintin import record as records
from tintin.engine import ALL, Train
from tintin.fractions import with_fraction_bits
from tintin.learner import memory_size
from tintin.learner_options import GuardOptions, Options
from tintin.signals.application import Application, Device

REPLAYS: Final = 7  # CONFIG_TINTIN_LEARNER_REPLAYS, as it is without another word
SHARE: Final = 4  # CONFIG_TINTIN_LEARNER_SHARE, where there is a guard
LOSS_BOUND: Final = 24  # CONFIG_TINTIN_LEARNER_LOSS_BOUND, in 1/128
HITS_BOUND: Final = 40  # CONFIG_TINTIN_LEARNER_HITS_BOUND, percent
SEED: Final = 1  # CONFIG_TINTIN_LEARNER_SEED


def layers(device: Device) -> Train:
    """Those that learn."""
    return ALL if device.train is None else device.train


def shipped(device: Device, record: bytes) -> bytes:
    """What the device starts from: the factory's int8 weights, and the fraction bits that it keeps.

    It predicts as the factory's record does, and learns in less RAM.
    """
    if device.fraction_bits is None:
        return record
    return records.pack(with_fraction_bits(records.read(record), device.fraction_bits))


def untrained(application: Application, seed: int = 1) -> bytes:
    """A record with random weights, of the size that the device has."""
    return shipped(application.device, records.write(application.model, seed))


def method(device: Device) -> str:
    """One of tintin.learner.METHODS."""
    if device.slots == 0:
        return "naive"
    return "replay" if device.train is None else "latent"


def options(device: Device, seed: int = SEED) -> Options:
    """Those of the learner that the firmware is built with."""
    how = Options(method(device), slots=device.slots, replays=REPLAYS, share=0, seed=seed)
    if device.guard:
        how = replace(how, share=SHARE, guard=GuardOptions(LOSS_BOUND, HITS_BOUND))
    if device.drift:
        return how
    unwatched = {name: replace(of, mode="off") for name, of in how.filled().drift.items()}
    return replace(how, drift=unwatched)


def memory(device: Device, record: bytes) -> int:
    """Bytes of the learner, in RAM and in each slot of the store."""
    return memory_size(record, options(device), train=layers(device))
