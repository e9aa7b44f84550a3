# SPDX-License-Identifier: Apache-2.0
"""Why the demo cannot go on, or not on this computer."""

from __future__ import annotations

from tintin.errors import TintinError


class DemoError(TintinError):
    """Something failed that should not have."""


class NoZephyrError(TintinError):
    """There is no Zephyr here and none can be had: the reason, in one line."""
