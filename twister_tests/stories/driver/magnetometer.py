# SPDX-License-Identifier: Apache-2.0
"""QEMU's LSM303DLHC: fields that its registers hold exactly, and what Zephyr's driver says then."""

from __future__ import annotations

import json
import socket
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

PER_GAUSS = {"x": 1100, "y": 1100, "z": 980}  # register's units at +-1.3 gauss
UNIT = 100_000  # of QEMU's properties, to the gauss
MILLION = 1_000_000


def field(registers: np.ndarray) -> np.ndarray:
    """Readings in 1/1000 gauss, int16 [3]: the driver's millionths, then whole thousandths."""
    gauss = zip(registers.tolist(), PER_GAUSS.values(), strict=True)
    return np.array([_toward_0(_toward_0(r * MILLION, g), 1000) for r, g in gauss], np.int16)


def _toward_0(a: int, b: int) -> int:
    return abs(a) // b * (1 if a >= 0 else -1)


class Magnetometer:
    """The emulated sensor, through QEMU's control socket."""

    def __init__(self, qmp: Path) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="tt-")
        link = Path(self._folder.name) / "qmp"  # a path short enough for a socket's name
        link.symlink_to(qmp)
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(10)
        self._socket.connect(str(link))
        self._lines = self._socket.makefile("r")
        self._lines.readline()  # the greeting
        self._execute("qmp_capabilities", {})

    def show(self, registers: np.ndarray) -> None:
        """A field that gives these values of the three registers."""
        for (axis, gain), value in zip(PER_GAUSS.items(), registers.tolist(), strict=True):
            size = -(-value * UNIT // gain)  # up: QEMU rounds down
            path = "/machine/peripheral/magnetometer"
            given = {"path": path, "property": f"mag-{axis}", "value": size}
            self._execute("qom-set", given)

    def close(self) -> None:
        """Hang up."""
        self._lines.close()
        self._socket.close()

    def _execute(self, name: str, arguments: dict[str, Any]) -> None:
        self._socket.sendall(json.dumps({"execute": name, "arguments": arguments}).encode())
        while "return" not in (answer := json.loads(self._lines.readline())):
            assert "error" not in answer, answer
