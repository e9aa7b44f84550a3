# SPDX-License-Identifier: Apache-2.0
"""RAM of an application's firmware: does it fit a part?"""

from __future__ import annotations

from tintin.engine import arena_size
from tintin.signals import learning
from tintin.signals.application import Application

# Zephyr, shell, stacks and what Tin-Tin's threads share: 12.1 to 14.7 KB of the eight applications,
# as the linker tells them for qemu_cortex_m3. The most, so that what is said to fit does.
GLUE = 15 * 1024


def firmware_ram(application: Application) -> int:
    """Bytes, at most about: network, front ends, learner and windows exactly, GLUE for the rest."""
    device, record = application.device, learning.untrained(application)
    length = application.description.length
    arena = arena_size(record, train=learning.layers(device), concurrent=device.concurrent)
    learner = learning.memory(device, record) if device.slots else 0
    windows = (device.history + device.queue) * length
    return GLUE + arena + application.description.memory + learner + windows
