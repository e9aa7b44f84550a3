# SPDX-License-Identifier: Apache-2.0
"""The replay buffer's choices, once more: which sample gets a slot, and which is drawn.

src/replay_choice.c decides the same, bit for bit (a test compares), so that a float learner sees
the same samples in the same order as the integer one. Here a slot holds a sample's number.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass, field

from tintin.initial import xorshift32

SEEN_MAX = 0xFFFF


@dataclass
class _Class:
    seen: int = 0
    free: list[int] = field(default_factory=list)  # slots to learn from, ascending
    held: list[int] = field(default_factory=list)  # slots held out, ascending

    @property
    def count(self) -> int:
        return len(self.free) + len(self.held)


class Reservoir:
    """Class-balanced reservoir sampling; one in `share` of a class's samples is held out."""

    def __init__(self, slots: int, classes: int, share: int, seed: int) -> None:
        self.slots = slots
        self.share = share
        self.sample: list[int] = []
        self.label: list[int] = []
        self._classes = [_Class() for _ in range(classes)]
        self._words = xorshift32(seed or 1)

    @property
    def held(self) -> int:
        """Samples that are held out."""
        return sum(len(c.held) for c in self._classes)

    @property
    def present(self) -> int:
        """Classes that have samples."""
        return sum(c.count > 0 for c in self._classes)

    def claim(self, sample: int, label: int) -> tuple[bool, bool]:
        """A new sample: is it stored, and is it held out?"""
        c = self._classes[label]
        c.seen = min(c.seen + 1, SEEN_MAX)
        largest = max(self._classes, key=lambda k: k.count)
        held = len(c.held) < self._share_of(c.count + 1)
        if len(self.sample) < self.slots:
            slot = len(self.sample)
            self.sample.append(sample)
            self.label.append(label)
        elif c.count + 1 < largest.count:
            slot = self._give_way(largest)
        else:
            at = self._below(c.seen)
            if at >= c.count:
                return False, False
            held = at >= len(c.free)
            slot = c.held.pop(at - len(c.free)) if held else c.free.pop(at)
        insort(c.held if held else c.free, slot)
        self.sample[slot], self.label[slot] = sample, label
        return True, held

    def draw(self) -> int | None:
        """The number of a random sample to learn from; None when there is none."""
        present = [c for c in self._classes if c.free]
        if not present:
            return None
        c = present[self._below(len(present))]
        return self.sample[c.free[self._below(len(c.free))]]

    def contents(self) -> list[tuple[int, int, bool]]:
        """Sample number, label, held out: slot by slot."""
        held = sorted(slot for c in self._classes for slot in c.held)
        return [(self.sample[i], self.label[i], _in(held, i)) for i in range(len(self.sample))]

    def _give_way(self, largest: _Class) -> int:
        give = (
            largest.held if len(largest.held) > self._share_of(largest.count - 1) else largest.free
        )
        return give.pop(self._below(len(give)))

    def _share_of(self, count: int) -> int:
        return count // self.share if self.share else 0

    def _below(self, n: int) -> int:
        return (next(self._words) >> 16) * n >> 16


def _in(ascending: list[int], value: int) -> bool:
    at = bisect_left(ascending, value)
    return at < len(ascending) and ascending[at] == value
