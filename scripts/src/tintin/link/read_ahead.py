# SPDX-License-Identifier: Apache-2.0
"""A port that is read at all times, so that a device never waits for the host to listen.

A wire takes what a UART sends whether anybody reads it or not; a socket does not. QEMU stops the
whole machine, its control socket included, while a serial port's socket is full, and a Unix socket
is full with some 280 bytes sent one by one: two lines of the log on the shell, while the host
waits for the sensor.
"""

from __future__ import annotations

import threading

from tintin.link.errors import LinkError
from tintin.link.ports import Port

KEEP = 65536  # bytes that wait for a reader; of a device that says more the newest are kept
LOOK_UP = 0.05  # s between looks whether the port is to be closed


class ReadAhead:
    """A Port around another one, which is its own from now on."""

    def __init__(self, port: Port, keep: int = KEEP) -> None:
        self._port = port
        self._keep = keep
        self._arrived = b""
        self._error: LinkError | None = None
        self._news = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="tintin-read-ahead", daemon=True)
        self._thread.start()

    def read(self, timeout: float) -> bytes:
        """As Port.read(); what came before the device went away is still read."""
        with self._news:
            self._news.wait_for(lambda: self._arrived or self._error, timeout)
            data, self._arrived = self._arrived, b""
            if not data and self._error is not None:
                raise self._error
            return data

    def write(self, data: bytes) -> None:
        """As Port.write()."""
        self._port.write(data)

    def close(self) -> None:
        """As Port.close()."""
        self._closing = True
        self._thread.join()
        self._port.close()

    def _run(self) -> None:
        while not self._closing and self._error is None:
            self._listen()

    def _listen(self) -> None:
        data, error = b"", None
        try:
            data = self._port.read(LOOK_UP)
        except LinkError as gone:
            error = gone
        with self._news:
            self._arrived = (self._arrived + data)[-self._keep :]
            self._error = error
            if data or error:
                self._news.notify_all()
