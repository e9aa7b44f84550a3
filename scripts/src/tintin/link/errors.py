# SPDX-License-Identifier: Apache-2.0
"""What can go wrong between this computer and a device."""

from __future__ import annotations

from tintin.errors import TintinError


class LinkError(TintinError):
    """The device does not answer, or not as it should."""


class DeviceError(LinkError):
    """The device answered with an error of its own: a negative errno and its reason."""

    def __init__(self, errno: int, reason: str) -> None:
        super().__init__(f"the device says: {reason} ({errno})")
        self.errno = errno
        self.reason = reason
