# SPDX-License-Identifier: Apache-2.0
"""A device that runs the application: its sensor and its shell together."""

from __future__ import annotations

import contextlib
import errno
import time
from collections.abc import Iterable, Iterator
from typing import Any

from tintin.link.errors import DeviceError, LinkError
from tintin.link.ports import Closing, Port, open_port
from tintin.link.read_ahead import ReadAhead
from tintin.link.sensor import SensorFeed
from tintin.link.shell import ShellClient

PATIENCE = 10.0  # s that a device may take for what it has begun
PAUSE = 0.001
LATER = (-errno.EAGAIN, -errno.EBUSY)


class Board(Closing):
    """Feeds windows of readings, labels them, and reads what the device makes of them."""

    def __init__(self, shell: Port, sensor: Port, channels: int = 1) -> None:
        self._ports = (ReadAhead(shell), ReadAhead(sensor))
        self.shell = ShellClient(self._ports[0])
        self.sensor = SensorFeed(self._ports[1], channels)
        self._window = 0  # number of the window fed last
        self._length = 0  # values in one: readings * channels

    @classmethod
    def open(cls, shell: str, sensor: str, channels: int = 1) -> Board:
        """Open by the names of both ports, and wait until the device answers."""
        port = open_port(shell)
        try:
            board = cls(port, open_port(sensor), channels)
        except LinkError:
            port.close()
            raise
        try:
            board.start()
        except LinkError:
            board.close()
            raise
        return board

    def start(self) -> None:
        """Bring both sides to the beginning of a window."""
        self.shell.wait_ready()
        self.sensor.reset()
        self._length = int(self.shell.json("tintin sense restart")["window"])
        self._window = int(self.stats()["window"])

    def close(self) -> None:
        """Close both ports."""
        for port in self._ports:
            port.close()

    def predict(self, readings: Iterable[int]) -> int:
        """Feed one whole window; the class that the device predicts for it."""
        self._feed(readings)
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = self._ask("tintin predict")
            if answer["window"] == self._window:
                return int(answer["label"])
            if time.monotonic() > deadline:
                raise LinkError(
                    f"window {self._window} was fed, but the device stands at {answer['window']}"
                )

    def learn(self, readings: Iterable[int], label: int) -> int:
        """Feed one whole window and say its class; the class predicted before learning."""
        self._feed(readings)
        return int(self._ask(f"tintin label {label} {self._window}")["predicted"])

    def settle(self) -> dict[str, Any]:
        """Wait until everything labelled has been learned; the counters then."""
        deadline = time.monotonic() + PATIENCE
        while (stats := self.stats())["pending"]:
            if time.monotonic() > deadline:
                raise LinkError(f"{stats['pending']} labels are still not learned")
            time.sleep(PAUSE)
        return stats

    def stats(self) -> dict[str, Any]:
        """The device's counters."""
        return self.shell.json("tintin stats")

    def info(self) -> dict[str, Any]:
        """What the device's network is."""
        return self.shell.json("tintin info")

    def learner(self) -> dict[str, Any]:
        """How the device learns, and what happened to its learner."""
        return self.shell.json("tintin learner")

    def metrics(self) -> dict[str, Any]:
        """How often it was right before each label was learned, over its learner's life."""
        return self.shell.json("tintin metrics")

    def close_classes(self, label: int | None = None) -> None:
        """Have a class, or every one, wait for its first label."""
        self.shell.json(f"tintin learner close {'all' if label is None else label}")

    def idle(self) -> None:
        """Give it time to learn from its buffer, and wait for that."""
        self._ask("tintin train idle")
        self.settle()

    @contextlib.contextmanager
    def exam(self) -> Iterator[None]:
        """What is fed meanwhile is predicted, and leaves no trace in the learner."""
        self.settle()
        self.shell.json("tintin train off")
        try:
            yield
        finally:
            self.shell.json("tintin train on")

    def set_rate(self, rate: float) -> None:
        """Set the learning rate."""
        self.shell.json(f"tintin train rate {rate:.6f}")

    def save(self) -> dict[str, Any]:
        """Save to flash: step, bytes and crc of the record."""
        return self.shell.json("tintin save")

    def _feed(self, readings: Iterable[int]) -> None:
        values = list(readings)
        if len(values) != self._length:
            raise LinkError(f"the device's window takes {self._length} values, not {len(values)}")
        self.sensor.feed(values)
        self._window += 1

    def _ask(self, line: str) -> dict[str, Any]:
        """Ask until the device has got that far: a window not there yet, a full queue."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self.shell.json(line)
            except DeviceError as error:
                if error.errno not in LATER or time.monotonic() > deadline:
                    raise
            time.sleep(PAUSE)
