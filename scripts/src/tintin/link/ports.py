# SPDX-License-Identifier: Apache-2.0
"""Byte streams to a device: a serial port, a TCP socket or a Unix socket, by their names."""

from __future__ import annotations

import select
import socket
from types import TracebackType
from typing import Protocol

import serial

from tintin.link.errors import LinkError

BAUD = 115200
UNIX = "unix:"
CHUNK = 4096


class Port(Protocol):
    """A stream of bytes in both directions."""

    def read(self, timeout: float) -> bytes:
        """What has arrived, waiting at most `timeout` s for the first byte; b"" for none."""

    def write(self, data: bytes) -> None:
        """Send all of it."""

    def close(self) -> None:
        """Give the port back."""


class SerialPort:
    """A device path, or any URL that pyserial knows, such as socket://host:port."""

    def __init__(self, name: str) -> None:
        try:
            self._serial = serial.serial_for_url(name, baudrate=BAUD, timeout=0)
        except (serial.SerialException, ValueError) as error:
            raise LinkError(f"{name} cannot be opened: {error}") from None
        self._name = name

    def read(self, timeout: float) -> bytes:
        """As Port.read()."""
        try:
            self._serial.timeout = timeout
            first = self._serial.read(1)
            self._serial.timeout = 0
            return bytes(first + self._serial.read(CHUNK)) if first else b""
        except (serial.SerialException, OSError) as error:
            raise LinkError(f"{self._name} is gone: {error}") from None

    def write(self, data: bytes) -> None:
        """As Port.write()."""
        try:
            self._serial.write(data)
        except (serial.SerialException, OSError) as error:
            raise LinkError(f"{self._name} is gone: {error}") from None

    def close(self) -> None:
        """As Port.close()."""
        self._serial.close()


class SocketPort:
    """A connected socket: QEMU's serial ports are Unix sockets here."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection

    def read(self, timeout: float) -> bytes:
        """As Port.read()."""
        if not select.select([self._socket], [], [], timeout)[0]:
            return b""
        try:
            data = self._socket.recv(CHUNK)
        except OSError as error:
            raise LinkError(f"the device is gone: {error}") from None
        if not data:
            raise LinkError("the device is gone: it closed the connection")
        return data

    def write(self, data: bytes) -> None:
        """As Port.write()."""
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise LinkError(f"the device is gone: {error}") from None

    def close(self) -> None:
        """As Port.close()."""
        self._socket.close()


def open_port(name: str) -> Port:
    """Open a port: /dev/ttyACM0, COM3, socket://host:port or unix:/path. Raises LinkError."""
    if not name.startswith(UNIX):
        return SerialPort(name)
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(name.removeprefix(UNIX))
    except OSError as error:
        connection.close()
        raise LinkError(f"{name} cannot be opened: {error}") from None
    return SocketPort(connection)


class Closing:
    """Makes whatever has close() usable in a with statement."""

    def close(self) -> None:
        """Give everything back."""
        raise NotImplementedError

    def __enter__(self):  # type: ignore[no-untyped-def]  # Self needs Python 3.11
        """Itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()
