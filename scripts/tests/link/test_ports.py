# SPDX-License-Identifier: Apache-2.0
"""Ports carry every byte unchanged, wait no longer than told, and say when the device is gone."""

from __future__ import annotations

import os
import pty
import socket
import time

import pytest

from tintin.link import LinkError
from tintin.link.ports import open_port

EVERY_BYTE = bytes(range(256))


class FarEnd:
    """The device's end of a port."""

    def __init__(self, name, read, write, close):
        self.name, self.read, self.write, self.close = name, read, write, close


@pytest.fixture(name="serial_end")
def _serial_end():
    master, slave = pty.openpty()
    name = os.ttyname(slave)
    ends = [master, slave]

    def close():
        while ends:
            os.close(ends.pop())

    yield FarEnd(name, lambda: os.read(master, 4096), lambda data: os.write(master, data), close)
    close()


def listening(server, name):
    accepted = []

    def connection():
        if not accepted:
            accepted.append(server.accept()[0])
        return accepted[0]

    def close():
        connection().close()

    return FarEnd(name, lambda: connection().recv(4096), lambda d: connection().sendall(d), close)


@pytest.fixture(name="tcp_end")
def _tcp_end():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield listening(server, f"socket://127.0.0.1:{server.getsockname()[1]}")


@pytest.fixture(name="unix_end")
def _unix_end(tmp_path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "port"))
        server.listen()
        yield listening(server, f"unix:{tmp_path}/port")


@pytest.fixture(name="far", params=["serial", "tcp", "unix"])
def _far(request):
    return request.getfixturevalue(f"{request.param}_end")


@pytest.fixture(name="port")
def _port(far):
    port = open_port(far.name)
    yield port
    port.close()


def read(source, size):
    """As much as was asked for, or what came within a second."""
    data, deadline = b"", time.monotonic() + 1
    while len(data) < size and time.monotonic() < deadline:
        data += source()
    return data


def test_every_byte_arrives_unchanged_in_both_directions(far, port):
    port.write(EVERY_BYTE)
    assert read(far.read, 256) == EVERY_BYTE
    far.write(EVERY_BYTE)
    assert read(lambda: port.read(0.1), 256) == EVERY_BYTE


def test_a_silent_port_is_waited_for_as_long_as_told(far, port):
    for timeout in (0, 0.1):
        began = time.monotonic()
        assert port.read(timeout) == b""
        assert timeout <= time.monotonic() - began < timeout + 0.5


def test_what_has_arrived_is_not_waited_for(far, port):
    far.write(b"here")
    began = time.monotonic()
    assert read(lambda: port.read(5), 4) == b"here"
    assert time.monotonic() - began < 2


def use(port):
    for _ in range(3):
        port.read(0.1)
        port.write(b"y")


def test_a_device_that_went_away_is_one_clear_error(far, port):
    far.write(b"x")
    assert read(lambda: port.read(0.1), 1) == b"x"
    far.close()
    with pytest.raises(LinkError, match="is gone"):
        use(port)


@pytest.mark.parametrize("name", ["nothing://at.all", "", "socket://127.0.0.1", "unix:"])
def test_what_is_no_port_is_one_clear_error(name):
    with pytest.raises(LinkError, match="cannot be opened"):
        open_port(name)
